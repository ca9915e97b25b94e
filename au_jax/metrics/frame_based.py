"""F1 over frames, and the average over action units."""

import dataclasses
import warnings

import numpy as np


@dataclasses.dataclass(frozen=True)
class Counts:
    """Decisions counted per AU over the labelled frames; int64 `[aus]` each."""

    true_positive: np.ndarray
    false_positive: np.ndarray
    false_negative: np.ndarray
    true_negative: np.ndarray


def count_decisions(labels: np.ndarray, scores: np.ndarray) -> Counts:
    """Count hits, false alarms, misses and correct rejections per AU.

    Args:
        labels: int8 `[frames, aus]` in {−1, 0, +1}.
        scores: real `[frames, aus]`; present where above 0.

    Raises:
        ValueError: if the shapes differ.
    """
    if labels.shape != scores.shape:
        raise ValueError(f"labels {labels.shape} and scores {scores.shape} differ in shape")
    present, absent, detected = labels > 0, labels < 0, scores > 0
    return Counts(
        true_positive=(present & detected).sum(axis=0),
        false_positive=(absent & detected).sum(axis=0),
        false_negative=(present & ~detected).sum(axis=0),
        true_negative=(absent & ~detected).sum(axis=0),
    )


def f1_frame(labels: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """Return F1-frame = 2RP / (R + P) per AU (paper, section 4.2), float64 `[aus]`.

    Without a true positive it is 0, as the averages of the paper's tables count it. An AU without
    any label has no F1: NaN.

    Args:
        labels: int8 `[frames, aus]` in {−1, 0, +1}.
        scores: real `[frames, aus]`; present where above 0.
    """
    counts = count_decisions(labels, scores)
    found = 2 * counts.true_positive
    total = found + counts.false_positive + counts.false_negative
    f1 = np.divide(found, total, out=np.zeros(len(total)), where=total > 0)
    return np.where((labels != 0).any(axis=0), f1, np.nan)


def mean_over_aus(values: np.ndarray) -> float:
    """Return the mean over the AUs for which the metric is defined; NaN if there is none."""
    return float(mean_of_known(values, axis=0))


def mean_of_known(values: np.ndarray, axis: int) -> np.ndarray:
    """Return the mean along an axis without its NaN; NaN if there is nothing else."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Mean of empty slice", RuntimeWarning)
        return np.nanmean(values, axis=axis)
