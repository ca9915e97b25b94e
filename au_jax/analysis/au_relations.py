"""Which AUs go together in labels, in what a detector decides, and in what it gets wrong."""

import dataclasses

import numpy as np


@dataclasses.dataclass(frozen=True)
class AuRelations:
    """Correlations of every two AUs over the same frames; float64 `[au, au]`, NaN if undefined.

    Attributes:
        labels: phi coefficients of what is there.
        decisions: phi coefficients of what the detector says.
        residuals: correlations of label (0 or 1) − probability: what of a relation the detector
            has not learned; NaN throughout where it gives no probabilities.
    """

    labels: np.ndarray
    decisions: np.ndarray
    residuals: np.ndarray


def pairwise_correlations(values: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Return Pearson's correlation of every two columns over the rows in which both are known.

    Of two binary columns it is the phi coefficient.

    Args:
        values: real `[frame, au]`.
        known: bool `[frame, au]`, where values count.

    Returns:
        float64 `[au, au]`, symmetric; NaN where one of the two never changes in those rows.
    """
    weight = known.astype(np.float64)
    # Moments around the mean of each column: sums of large numbers would cancel.
    centre = np.divide(
        np.where(known, values, 0).sum(axis=0),
        known.sum(axis=0),
        out=np.zeros(known.shape[1]),
        where=known.any(axis=0),
    )
    x = np.where(known, values - centre, 0).astype(np.float64)
    rows = weight.T @ weight
    first, squares = x.T @ weight, (x * x).T @ weight
    spread = rows * squares - first**2  # [a, b]: rows² × variance of a where b is known, too
    shared = rows * (x.T @ x) - first * first.T
    # What rounding leaves of a column that does not change.
    changes = spread > 1e-12 * np.maximum(rows**2, 1)
    below = np.sqrt(np.where(changes & changes.T, spread * spread.T, 1))
    return np.where(changes & changes.T, np.clip(shared / below, -1, 1), np.nan)


def au_relations(
    labels: np.ndarray, scores: np.ndarray, probabilities: np.ndarray | None = None
) -> AuRelations:
    """Return how AUs go together in labels, decisions and residuals.

    Args:
        labels: int8 `[frame, au]` in {−1, 0, +1}; pairs with a missing label are left out.
        scores: real `[frame, au]`; present where above 0.
        probabilities: `[frame, au]` in [0, 1]; None, or NaN, where there are none.
    """
    known = labels != 0
    undefined = np.full((labels.shape[1],) * 2, np.nan)
    residuals = undefined
    if probabilities is not None:
        given = known & np.isfinite(probabilities)
        wrong = (labels > 0) - np.where(given, probabilities, 0)
        residuals = pairwise_correlations(wrong, given)
    return AuRelations(
        labels=pairwise_correlations((labels > 0).astype(np.float64), known),
        decisions=pairwise_correlations((scores > 0).astype(np.float64), known),
        residuals=residuals,
    )


@dataclasses.dataclass(frozen=True)
class RelationSummary:
    """How far a detector's relations are those of the labels, over pairs that are defined.

    Attributes:
        pairs: number of pairs of AUs with a coefficient in labels and decisions.
        agreement: correlation over pairs of the coefficients of labels and decisions; NaN with
            fewer than three.
        difference: mean absolute difference of the two.
        labels: mean absolute coefficient of the labels.
        decisions: of the decisions.
        residuals: mean absolute correlation of the residuals; NaN without probabilities.
    """

    pairs: int
    agreement: float
    difference: float
    labels: float
    decisions: float
    residuals: float


def summarise(relations: AuRelations) -> RelationSummary:
    """Return what the matrices of a detector come to."""
    pairs = np.triu_indices(len(relations.labels), k=1)
    of_labels, of_decisions = relations.labels[pairs], relations.decisions[pairs]
    both = np.isfinite(of_labels) & np.isfinite(of_decisions)
    of_labels, of_decisions = of_labels[both], of_decisions[both]
    of_residuals = relations.residuals[pairs]
    enough = len(of_labels) > 2 and of_labels.std() > 0 and of_decisions.std() > 0
    return RelationSummary(
        pairs=len(of_labels),
        agreement=float(np.corrcoef(of_labels, of_decisions)[0, 1]) if enough else np.nan,
        difference=_mean(np.abs(of_labels - of_decisions)),
        labels=_mean(np.abs(of_labels)),
        decisions=_mean(np.abs(of_decisions)),
        residuals=_mean(np.abs(of_residuals[np.isfinite(of_residuals)])),
    )


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if len(values) else float("nan")
