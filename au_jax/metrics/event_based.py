"""F1 over events: the area under F1-event against the overlap that counts as a hit.

Definition after the second author's MATLAB code, https://github.com/l2ior/metrics (getF1E.m), for
X. Ding, W.-S. Chu, F. De la Torre, J. F. Cohn, Q. Wang, "Facial action unit event detection by
cascade of tasks", ICCV 2013:

1. An event is a maximal run of frames labelled present; a detected event is a maximal run of
   frames with a score above 0.
2. A true event's overlap is the share of its own frames that are detected; a detected event's
   overlap is the share of its own frames that are labelled present. One long detected event may
   serve several true events.
3. For thresholds t = 0, 0.01, …, 1: ER(t) is the share of true events with overlap ≥ t, EP(t) the
   share of detected events with overlap ≥ t, and F1-event(t) = 2 ER EP / (ER + EP).
4. The value is the area under that curve by left rectangles: its mean over t = 0.00 … 0.99.
"""

from typing import Literal

import numpy as np

THRESHOLDS = np.arange(100) / 100.0
"""Overlaps t = 0.00 … 0.99 over which the area is taken."""


def f1_event(
    labels: np.ndarray,
    scores: np.ndarray,
    recordings: np.ndarray,
    gap: Literal["split", "delete"] = "split",
) -> np.ndarray:
    """Return the area under the F1-event curve per AU, float64 `[aus]`.

    Events never run over the border of a recording. Frames without a label never count.

    Args:
        labels: int8 `[frames, aus]` in {−1, 0, +1}, each recording's frames in order of time.
        scores: real `[frames, aus]`; detected where above 0.
        recordings: `[frames]`, the recording of each frame.
        gap: what unlabelled frames do to an event around them: `split` ends it; `delete` removes
            those frames first, which joins what was on either side, as the original code does.

    Returns:
        NaN for an AU without a true event; 0 where nothing was detected.

    Raises:
        ValueError: for shapes that do not fit or an unknown `gap`.
    """
    return f1_event_curve(labels, scores, recordings, gap).mean(axis=0)


def f1_event_curve(
    labels: np.ndarray,
    scores: np.ndarray,
    recordings: np.ndarray,
    gap: Literal["split", "delete"] = "split",
) -> np.ndarray:
    """Return F1-event at each of `THRESHOLDS`, float64 `[100, aus]`; see `f1_event`."""
    if labels.shape != scores.shape or recordings.shape != labels.shape[:1]:
        raise ValueError(
            f"labels {labels.shape}, scores {scores.shape} and recordings {recordings.shape} "
            "must be [frames, aus], [frames, aus] and [frames]"
        )
    if gap not in ("split", "delete"):
        raise ValueError(f"gap is {gap!r}; allowed are 'split' and 'delete'")
    codes = np.unique(recordings, return_inverse=True)[1]
    columns = [_curve(labels[:, au], scores[:, au] > 0, codes, gap) for au in range(len(labels.T))]
    return np.stack(columns, axis=1)


def _curve(
    labels: np.ndarray, detected: np.ndarray, recordings: np.ndarray, gap: str
) -> np.ndarray:
    labelled = labels != 0
    if gap == "delete":
        labels, detected, recordings = labels[labelled], detected[labelled], recordings[labelled]
        labelled = labels != 0
    present, detected = labels > 0, detected & labelled
    true_overlap = _overlaps(present, detected, recordings)
    detected_overlap = _overlaps(detected, present, recordings)
    if len(true_overlap) == 0:
        return np.full(len(THRESHOLDS), np.nan)
    recall = _share_at_least(true_overlap)
    precision = _share_at_least(detected_overlap)
    total = recall + precision
    return np.divide(2 * recall * precision, total, out=np.zeros(len(total)), where=total > 0)


def _overlaps(runs: np.ndarray, other: np.ndarray, recordings: np.ndarray) -> np.ndarray:
    """Return, for each maximal run of True in `runs`, the share of its frames True in `other`."""
    begins = runs.copy()
    begins[1:] &= ~runs[:-1] | (recordings[1:] != recordings[:-1])
    event = np.cumsum(begins)[runs] - 1
    length = np.bincount(event)
    return np.bincount(event, weights=other[runs]) / length if len(length) else np.empty(0)


def _share_at_least(overlaps: np.ndarray) -> np.ndarray:
    """Return the share of overlaps ≥ t for each t of `THRESHOLDS`; zeros if there are none."""
    if len(overlaps) == 0:
        return np.zeros(len(THRESHOLDS))
    # 1e-9 lets an overlap such as 0.29 count at t = 0.29 in spite of rounding.
    below = np.searchsorted(np.sort(overlaps), THRESHOLDS - 1e-9, side="left")
    return 1.0 - below / len(overlaps)
