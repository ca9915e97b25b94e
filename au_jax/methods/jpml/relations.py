"""Relations between AUs, mined from the labels of a training fold."""

import dataclasses

import numpy as np


@dataclasses.dataclass(frozen=True)
class AuRelations:
    """Weights of related pairs of AUs; float32 `[au, au]` each, symmetric, 0 where unrelated.

    Attributes:
        positive: |phi| of AUs that occur together; the pull on their predictions.
        negative: |phi| of AUs that exclude each other; the price of detecting both.
    """

    positive: np.ndarray
    negative: np.ndarray


def phi_coefficients(labels: np.ndarray) -> np.ndarray:
    """Return the phi coefficient of each pair of AUs, float64 `[au, au]`.

    It is the Pearson correlation of two binary variables, here over the frames in which both are
    labelled. Where one of them never changes in those frames it is 0: such labels say nothing.

    Args:
        labels: int8 `[frame, au]` in {−1, 0, +1}, 0 where missing.
    """
    present = (labels > 0).astype(np.float64)
    absent = (labels < 0).astype(np.float64)
    both, neither = present.T @ present, absent.T @ absent
    only_first, only_second = present.T @ absent, absent.T @ present
    spread = np.sqrt(
        (both + only_first)
        * (both + only_second)
        * (neither + only_first)
        * (neither + only_second)
    )
    agreement = both * neither - only_first * only_second
    return np.divide(agreement, spread, out=np.zeros_like(spread), where=spread > 0)


def mine_relations(
    labels: np.ndarray,
    positive_correlation: float,
    negative_correlation: float,
    competing_pairs: int,
) -> AuRelations:
    """Return the pairs of AUs that occur together, and those that exclude each other.

    Args:
        labels: int8 `[frame, au]` in {−1, 0, +1}, of training frames only.
        positive_correlation: pairs with a phi coefficient of at least this occur together.
        negative_correlation: pairs with a phi coefficient of at most this may compete.
        competing_pairs: of those, so many with the most negative coefficients do.
    """
    phi = phi_coefficients(labels)
    first, second = np.triu_indices(len(phi), k=1)
    values = phi[first, second]
    strongest = np.argsort(values, kind="stable")[:competing_pairs]
    competing = np.zeros(len(values), bool)
    competing[strongest] = values[strongest] <= negative_correlation

    def symmetric(chosen: np.ndarray) -> np.ndarray:
        weights = np.zeros(phi.shape, np.float32)
        weights[first[chosen], second[chosen]] = np.abs(values[chosen])
        return weights + weights.T

    return AuRelations(
        positive=symmetric(values >= positive_correlation), negative=symmetric(competing)
    )
