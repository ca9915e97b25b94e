"""How balanced the AUs are between and within the batches of a plan (Fig. 6 of the paper)."""

import dataclasses
from collections.abc import Iterable

import numpy as np

from au_jax.errors import InputError
from au_jax.sampling.label_patterns import check_labels


@dataclasses.dataclass(frozen=True)
class Balance:
    """The AUs in a series of batches.

    Attributes:
        counts: int64 `[steps, aus]`, the frames of each batch in which each AU is present.
        variation: float64 `[aus]`, how much the count of an AU varies between batches: standard
            deviation / mean over all steps; NaN for an AU that is in none of them.
        mean_variation: the mean of `variation` over the AUs that are in any batch.
        imbalance: how unequal AUs are within a batch: the greatest mean count of an AU over the
            smallest, of AUs with a positive in the data; infinite if one of these is never drawn.
        coverage: the share of the labelled frames that are in any batch.
        repeats_within_batch: the share of draws that repeat a frame of the same batch.
        repeats: the share of draws that repeat a frame of any batch so far.
        frames_without_au: int64 `[steps]`, the frames of each batch in which no AU is present.
    """

    counts: np.ndarray
    variation: np.ndarray
    mean_variation: float
    imbalance: float
    coverage: float
    repeats_within_batch: float
    repeats: float
    frames_without_au: np.ndarray


def measure_balance(labels: np.ndarray, batches: Iterable[np.ndarray]) -> Balance:
    """Measure the balance of some batches.

    Args:
        labels: int8 `[frames, aus]` in {−1, 0, +1}.
        batches: int64 arrays of indices into `labels`, such as `plan[step]` of some steps.

    Raises:
        InputError: if the labels cannot be used, there is no batch, or no AU in any batch.
    """
    check_labels(labels)
    counts, without_au = [], []
    uses = np.zeros(len(labels), np.int64)
    draws = within = 0
    for batch in batches:
        present = labels[batch] > 0
        counts.append(present.sum(axis=0))
        without_au.append(int((~present.any(axis=1)).sum()))
        draws += len(batch)
        within += len(batch) - len(np.unique(batch))
        np.add.at(uses, batch, 1)
    table = np.array(counts, np.int64).reshape(len(counts), labels.shape[1])
    if not table.any():
        raise InputError(f"no AU is present in any of {len(table)} batches; nothing to measure")
    means = table.mean(axis=0)
    drawn = means > 0
    variation = np.full(len(means), np.nan)
    variation[drawn] = table.std(axis=0)[drawn] / means[drawn]
    in_data = means[(labels > 0).any(axis=0)]
    return Balance(
        counts=table,
        variation=variation,
        mean_variation=float(variation[drawn].mean()),
        imbalance=float(in_data.max() / in_data.min()) if in_data.min() > 0 else float("inf"),
        coverage=np.count_nonzero(uses) / np.count_nonzero((labels != 0).any(axis=1)),
        repeats_within_batch=within / draws,
        repeats=(draws - np.count_nonzero(uses)) / draws,
        frames_without_au=np.array(without_au, np.int64),
    )
