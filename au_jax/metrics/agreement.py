"""Area under the ROC curve and balanced accuracy, per action unit."""

import numpy as np

from au_jax.metrics.frame_based import count_decisions


def auc(labels: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """Return the area under the ROC curve per AU, float64 `[aus]`; ties count half.

    Args:
        labels: int8 `[frames, aus]` in {−1, 0, +1}.
        scores: real `[frames, aus]`.

    Returns:
        NaN where an AU is present, or absent, in all labelled frames.

    Raises:
        ValueError: if the shapes differ.
    """
    if labels.shape != scores.shape:
        raise ValueError(f"labels {labels.shape} and scores {scores.shape} differ in shape")
    areas = np.full(labels.shape[1], np.nan)
    for au in range(labels.shape[1]):
        labelled = labels[:, au] != 0
        present = labels[labelled, au] > 0
        if present.any() and not present.all():
            areas[au] = _area(present, scores[labelled, au])
    return areas


def _area(present: np.ndarray, scores: np.ndarray) -> float:
    """Return the share of pairs of a present and an absent frame that scores put in order.

    H. B. Mann and D. R. Whitney, Ann. Math. Statist. 18, 1947: it follows from the ranks.
    """
    from scipy.stats import rankdata

    positives = int(present.sum())
    above = rankdata(scores)[present].sum() - positives * (positives + 1) / 2
    return float(above / (positives * (len(present) - positives)))


def balanced_accuracy(labels: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """Return the mean of sensitivity and specificity per AU, float64 `[aus]`.

    Args:
        labels: int8 `[frames, aus]` in {−1, 0, +1}.
        scores: real `[frames, aus]`; present where above 0.

    Returns:
        NaN where an AU is present, or absent, in all labelled frames.
    """
    counts = count_decisions(labels, scores)
    positive = counts.true_positive + counts.false_negative
    negative = counts.true_negative + counts.false_positive
    undefined = np.full(len(positive), np.nan)
    defined = (positive > 0) & (negative > 0)
    sensitivity = np.divide(counts.true_positive, positive, out=undefined.copy(), where=defined)
    specificity = np.divide(counts.true_negative, negative, out=undefined.copy(), where=defined)
    return (sensitivity + specificity) / 2
