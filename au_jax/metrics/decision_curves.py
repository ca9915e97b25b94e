"""What moving the decision from strict to generous does: ROC and precision-recall curves."""

import dataclasses

import numpy as np


@dataclasses.dataclass(frozen=True)
class DecisionCurves:
    """Rates of one AU at every decision, from none detected to all.

    Attributes:
        false_positive_rate: float64 `[decision]`, not decreasing.
        recall: float64 `[decision]`, the true positive rate, not decreasing.
        precision: float64 `[decision]`; 1 where nothing is detected.
        average_precision: the sum of precision over steps of recall; NaN if undefined.
    """

    false_positive_rate: np.ndarray
    recall: np.ndarray
    precision: np.ndarray
    average_precision: float


def decision_curves(labels: np.ndarray, scores: np.ndarray) -> DecisionCurves | None:
    """Return the curves of one AU.

    Args:
        labels: int8 `[frame]` in {−1, 0, +1}; missing ones do not count.
        scores: real `[frame]`, higher is more likely present; where NaN nothing counts.

    Returns:
        None without a present or without an absent label.
    """
    from sklearn.metrics import roc_curve

    known = (labels != 0) & np.isfinite(scores)
    present = labels[known] > 0
    positives, negatives = int(present.sum()), int((~present).sum())
    if not positives or not negatives:
        return None
    false_rate, recall, _ = roc_curve(present, scores[known], drop_intermediate=False)
    hits, alarms = recall * positives, false_rate * negatives
    detected = hits + alarms
    precision = np.divide(hits, detected, out=np.ones_like(hits), where=detected > 0)
    average = float((np.diff(recall) * precision[1:]).sum())
    return DecisionCurves(false_rate, recall, precision, average)


def thinned(x: np.ndarray, y: np.ndarray, most: int) -> np.ndarray:
    """Return the places of up to `most` points that keep the course of a curve, int64.

    They are evenly spaced along it, the first and the last among them.

    Args:
        x: real `[point]`.
        y: real `[point]`.
        most: points at most, at least two.
    """
    if len(x) <= most:
        return np.arange(len(x))
    way = np.concatenate([[0.0], np.cumsum(np.abs(np.diff(x)) + np.abs(np.diff(y)))])
    wanted = np.linspace(0, way[-1], most)
    places = np.minimum(np.searchsorted(way, wanted), len(x) - 1)
    places[0], places[-1] = 0, len(x) - 1
    return np.unique(places)
