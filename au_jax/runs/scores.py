"""Scores of a method on the test frames of a fold, as tables and pages read them."""

import dataclasses
from collections.abc import Callable, Sequence

import numpy as np
from etils import epath

from au_jax.datasets.dataset import Dataset
from au_jax.metrics.calibration import Calibration, Threshold
from au_jax.system import atomic_files


@dataclasses.dataclass(frozen=True)
class Scores:
    """Scores of one method on test frames, beside the coder's labels; not who made them.

    Attributes:
        scores: float32 `[frames, aus]`, decision at 0.
        tuned: float32 `[frames, aus]`, decision at 0 where validation subjects have the highest F1;
            NaN for a method that cannot be calibrated.
        probabilities: float32 `[frames, aus]`, calibrated on validation subjects; NaN likewise.
        labels: int8 `[frames, aus]`.
        frames: int64 `[frames]`, rows of the frames table.
        recordings: str `[frames]`.
        subjects: str `[frames]`.
        aus: the AUs of the columns.
    """

    scores: np.ndarray
    tuned: np.ndarray
    probabilities: np.ndarray
    labels: np.ndarray
    frames: np.ndarray
    recordings: np.ndarray
    subjects: np.ndarray
    aus: tuple[int, ...]

    def of_rows(self, first: int, last: int) -> "Scores":
        """Return the scores of the rows of the frames table from `first` to before `last`."""
        inside = (first <= self.frames) & (self.frames < last)
        return self if inside.all() else self._by_column(lambda name: getattr(self, name)[inside])

    def _by_column(self, make: Callable[[str], np.ndarray]) -> "Scores":
        names = [field.name for field in dataclasses.fields(self) if field.name != "aus"]
        return dataclasses.replace(self, **{name: make(name) for name in names})


def pooled(parts: Sequence[Scores]) -> Scores:
    """Return the test frames of several folds as one."""
    return parts[0]._by_column(lambda name: np.concatenate([getattr(part, name) for part in parts]))


def save_scores(
    file: epath.Path,
    dataset: Dataset,
    test: np.ndarray,
    scores: np.ndarray,
    calibration: Calibration | None = None,
) -> None:
    """Write scores of test frames.

    Args:
        file: `MethodFolder.test_scores`.
        dataset: gives labels, times and names.
        test: int64 `[test]`, rows of its frames table.
        scores: `[test, au]`, as the method gives them.
        calibration: what the scores mean, and how they are smoothed; None if nobody knows.
    """
    table = dataset.frames
    tuned = probabilities = np.full(scores.shape, np.nan, np.float32)
    if calibration is not None:
        scores = calibration.smoothed(scores, table.time[test], table.recording[test])
        tuned = calibration.margins(scores, Threshold.F1)
        probabilities = calibration.probabilities(scores)
    atomic_files.write_arrays(
        file,
        {
            "scores": scores.astype(np.float32),
            "tuned": tuned,
            "probabilities": probabilities,
            "labels": table.labels[test],
            "frames": test,
            "recordings": np.array(table.recordings)[table.recording[test]],
            "subjects": np.array(table.subjects)[table.subject[test]],
            "aus": np.array(dataset.aus),
        },
    )


def load_scores(file: epath.Path) -> Scores:
    """Read what `save_scores` wrote."""
    arrays = atomic_files.read_arrays(file)
    return Scores(**{**arrays, "aus": tuple(arrays["aus"].tolist())})
