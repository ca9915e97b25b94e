"""What a method is given, and what it gives back."""

import dataclasses
from collections.abc import Callable

import numpy as np
from etils import epath

from au_jax.datasets.dataset import Dataset
from au_jax.protocol.folds import Fold
from au_jax.settings import Experiment, LossWeighting
from au_jax.system import atomic_files
from au_jax.training.losses import balanced_class_weights


@dataclasses.dataclass(frozen=True)
class FoldRun:
    """One fold of an experiment: the data, the settings, and the folder to leave results in.

    Attributes:
        experiment: the settings.
        dataset: the data set with the experiment's AUs.
        fold: its training, validation and test frames.
        number: which fold it is, from 0.
        directory: `<workdir>/<experiment>/fold_<number>`; each method has a folder in it.
        name: what progress bars call it, for example `fold 1 of 3`.
        pretraining: where the CNN is trained first, on other data; None starts from scratch.
        transfer: where the CNN is trained whose features `anet_t` takes; None if nobody asks.
        loader_workers: processes that read faces for training; never changes results.
    """

    experiment: Experiment
    dataset: Dataset
    fold: Fold
    number: int
    directory: epath.Path
    name: str
    pretraining: "FoldRun | None" = None
    transfer: "FoldRun | None" = None
    loader_workers: int = 0

    def folder(self, method: str) -> epath.Path:
        """Return the folder of a method, the own one or one that it builds on."""
        return self.directory / method

    def title(self, method: str) -> str:
        """Return what progress bars call the training of a method."""
        return f"{self.name} {method}"

    def class_weights(self) -> np.ndarray:
        """Return the weights of absent and present labels in the losses, float32 `[2, aus]`."""
        labels = self.dataset.frames.labels[self.fold.train]
        if self.experiment.loss_weighting is LossWeighting.BALANCED:
            return balanced_class_weights(labels)
        return np.ones((2, labels.shape[1]), np.float32)

    def seed(self, purpose: int) -> int:
        """Return a seed that belongs to the experiment's seed, this fold and a purpose."""
        sequence = np.random.SeedSequence((self.experiment.seed, self.number, purpose))
        return int(sequence.generate_state(1)[0])


@dataclasses.dataclass(frozen=True)
class Method:
    """A detector under a name.

    Attributes:
        name: as in tables and folders.
        requires: methods that must have run in the same fold.
        run: fits on the fold and returns scores of its test frames, float32 `[test, aus]`, with
            the decision at 0. It keeps what later methods build on in its own folder, and goes on
            from what a stopped run left there.
    """

    name: str
    requires: tuple[str, ...]
    run: Callable[[FoldRun], np.ndarray]


@dataclasses.dataclass(frozen=True)
class Scores:
    """Scores of one method on the test frames of one fold, beside the coder's labels.

    Attributes:
        scores: float32 `[frames, aus]`, decision at 0.
        labels: int8 `[frames, aus]`.
        frames: int64 `[frames]`, rows of the frames table.
        recordings: str `[frames]`.
        subjects: str `[frames]`.
        aus: the AUs of the columns.
    """

    scores: np.ndarray
    labels: np.ndarray
    frames: np.ndarray
    recordings: np.ndarray
    subjects: np.ndarray
    aus: tuple[int, ...]


def scores_file(directory: epath.Path, method: str) -> epath.Path:
    """Return where the scores of a method lie in a fold's folder."""
    return directory / method / "scores.npz"


def save_scores(run: FoldRun, method: str, scores: np.ndarray) -> None:
    """Write the scores of the test frames; that file marks a method as finished."""
    table, test = run.dataset.frames, run.fold.test
    atomic_files.write_arrays(
        scores_file(run.directory, method),
        {
            "scores": scores.astype(np.float32),
            "labels": table.labels[test],
            "frames": test,
            "recordings": np.array(table.recordings)[table.recording[test]],
            "subjects": np.array(table.subjects)[table.subject[test]],
            "aus": np.array(run.dataset.aus),
        },
    )


def load_scores(path: epath.Path) -> Scores:
    """Read what `save_scores` wrote."""
    arrays = atomic_files.read_arrays(path)
    return Scores(**{**arrays, "aus": tuple(arrays["aus"].tolist())})
