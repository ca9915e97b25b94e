"""Scores over time: the mean of the frames around each, and how many of them help.

A detector that looks at single frames flickers, which breaks one event into several. A mean over a
fraction of a second mends that, at the cost of events that are shorter.
"""

import numpy as np

from au_jax.metrics.event_based import f1_event
from au_jax.metrics.frame_based import f1_frame, mean_over_aus

WINDOWS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.6, 0.8, 1.2, 1.6)
"""Seconds that `best_window` chooses from; 0 smooths nothing. Events last 0.5 s and more."""

_TOLERANCE = 1e-6
"""Seconds by which time stamps may be rounded."""


def smoothed(
    scores: np.ndarray, times: np.ndarray, recordings: np.ndarray, seconds: float
) -> np.ndarray:
    """Return the mean scores of the frames around each frame of its recording.

    Args:
        scores: real `[frames, aus]`; NaN does not count, and stays.
        times: float `[frames]`, presentation times in seconds, increasing in each recording.
        recordings: `[frames]`, the recording of each frame, whose frames lie together.
        seconds: length of the window around a frame, half before and half after it; 0 returns the
            scores as they are.

    Returns:
        float32 `[frames, aus]`.
    """
    scores = np.asarray(scores, np.float32)
    if seconds <= 0 or not len(scores):
        return scores
    borders = 1 + np.flatnonzero(recordings[1:] != recordings[:-1])
    parts = zip(np.split(scores, borders), np.split(times, borders), strict=True)
    return np.concatenate([_of_recording(part, at, seconds / 2) for part, at in parts])


def _of_recording(scores: np.ndarray, times: np.ndarray, reach: float) -> np.ndarray:
    known = ~np.isnan(scores)
    first = np.searchsorted(times, times - reach - _TOLERANCE, side="left")
    last = np.searchsorted(times, times + reach + _TOLERANCE, side="right")

    def sums(values: np.ndarray) -> np.ndarray:
        before = np.concatenate([np.zeros((1, values.shape[1])), values.cumsum(axis=0)])
        return before[last] - before[first]

    counts = sums(known.astype(np.float64))
    totals = sums(np.where(known, scores, 0).astype(np.float64))
    nothing = np.full(scores.shape, np.nan)
    return np.divide(totals, counts, out=nothing, where=known).astype(np.float32)


def best_window(
    labels: np.ndarray, scores: np.ndarray, times: np.ndarray, recordings: np.ndarray
) -> float:
    """Return the one of `WINDOWS` with the highest sum of mean F1-frame and mean F1-event.

    Args:
        labels: int8 `[frames, aus]` in {−1, 0, +1}, of people who did not train.
        scores: real `[frames, aus]`, decision at 0.
        times: as of `smoothed`.
        recordings: as of `smoothed`.

    Returns:
        the shortest of equally good ones; 0 without labels.
    """

    def worth(seconds: float) -> float:
        found = smoothed(scores, times, recordings, seconds)
        f1 = f1_frame(labels, found), f1_event(labels, found, recordings)
        return sum(map(mean_over_aus, f1))

    return WINDOWS[int(np.nan_to_num([worth(seconds) for seconds in WINDOWS]).argmax())]
