"""Training subsequences of the LSTM: windows of consecutive frames of one subject.

The paper (section 4.2) draws ten subsequences of 1300 frames for each update. No recording of BP4D
is that long, so a window runs through one subject's recordings in order; where a recording begins,
the state of the LSTM is reset. A subject with fewer frames than a window gives one padded window.
"""

import dataclasses

import numpy as np

from au_jax.errors import InputError
from au_jax.sampling.plan import random_generator

PADDING = -1
"""Stands in a window where there is no frame."""

_TRIES = 50


@dataclasses.dataclass(frozen=True)
class WindowPlan:
    """`plan[step]` gives int64 `[batch, window]`, indices of frames or `PADDING`.

    Each window starts at a uniformly drawn frame of the training data, so that long streams give
    more windows. A window with fewer active AUs per labelled frame than `min_active_aus` is drawn
    anew, at most 50 times; the last draw is taken as it is.

    Attributes:
        streams: for each subject the indices of its frames in order of time.
        labels: int8 `[frames, aus]`; the indices of `streams` point into it.
        window: frames of a window.
        batch_size: windows of a step.
        min_active_aus: least mean number of active AUs over the labelled frames of a window.
        seed: decides all draws.
    """

    streams: tuple[np.ndarray, ...]
    labels: np.ndarray
    window: int
    batch_size: int
    min_active_aus: float
    seed: int

    def __post_init__(self) -> None:
        """Refuse an empty plan."""
        if not any(len(stream) for stream in self.streams):
            raise InputError("there is no training frame to draw LSTM windows from")

    def __getitem__(self, step: int) -> np.ndarray:
        """Return the windows of `step`."""
        return np.stack([self._draw(step, row) for row in range(self.batch_size)])

    def _draw(self, step: int, row: int) -> np.ndarray:
        generator = random_generator(self.seed, step, row)
        starts = np.array([max(len(s) - self.window + 1, min(len(s), 1)) for s in self.streams])
        ends = np.cumsum(starts)
        frames = np.empty(0, np.int64)
        for _ in range(_TRIES):
            drawn = int(generator.integers(ends[-1]))
            stream = int(np.searchsorted(ends, drawn, side="right"))
            start = drawn - int(ends[stream] - starts[stream])
            frames = self.streams[stream][start : start + self.window]
            if active_aus_per_frame(self.labels[frames]) >= self.min_active_aus:
                break
        padded = np.full(self.window, PADDING, np.int64)
        padded[: len(frames)] = frames
        return padded


def active_aus_per_frame(labels: np.ndarray) -> float:
    """Return the mean number of present AUs over the frames that have a label, 0 if none has.

    Args:
        labels: int8 `[frames, aus]`.
    """
    labelled = (labels != 0).any(axis=1)
    if not labelled.any():
        return 0.0
    return float((labels[labelled] > 0).sum(axis=1).mean())


def subject_streams(subject: np.ndarray, frames: np.ndarray) -> tuple[np.ndarray, ...]:
    """Group sorted frame indices by subject.

    Args:
        subject: int `[all frames]`, the subject of each frame of the data set.
        frames: int64 `[n]`, the indices to group.

    Returns:
        One array of indices for each subject that occurs, in the order of the data set.
    """
    ordered = np.sort(frames)
    order = np.argsort(subject[ordered], kind="stable")
    boundaries = np.flatnonzero(np.diff(subject[ordered][order])) + 1
    return tuple(np.split(ordered[order], boundaries)) if len(ordered) else ()


def recording_starts(recording: np.ndarray, window: np.ndarray) -> np.ndarray:
    """Mark where a recording begins inside windows.

    Args:
        recording: int `[all frames]`, the recording of each frame of the data set.
        window: int64 `[batch, time]`, indices or `PADDING`.

    Returns:
        bool `[batch, time]`; True at the first frame of each window and wherever the recording is
        another one than at the frame before.
    """
    ids = np.where(window == PADDING, -1, recording[window])
    starts = np.ones(window.shape, bool)
    starts[:, 1:] = ids[:, 1:] != ids[:, :-1]
    return starts
