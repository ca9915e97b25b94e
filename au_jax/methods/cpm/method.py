"""The confidence preserving machine as a method: it adapts to each test subject of a fold."""

import numpy as np
from etils import epath

from au_jax.datasets.row_selection import evenly_spaced
from au_jax.methods.cpm.adaptation import subject_scores
from au_jax.methods.cpm.parallel import map_on_cores
from au_jax.methods.cpm.training import TrainedCpm, train_au, with_one
from au_jax.methods.features import ON_FEATURES, fitted_components, fold_rows
from au_jax.methods.method import Method, Task
from au_jax.system import atomic_files
from au_jax.system.progress import progress_bar

_TRAINED_FILE = "trained.npz"


def _adapt(task: Task) -> np.ndarray:
    """Adapt to each test subject and return the scores of the test frames.

    The labels of test subjects are not looked at. A subject is adapted to by all frames with a
    tracked face; the other frames score 0, which is no detection. An AU with a single kind of label
    in training scores that label for every frame.
    """
    (source,) = task.inputs
    found, rows = source.outputs().known_features(), fold_rows(task.run).train
    features = fitted_components(task.run, found[rows]).project(found)
    train = evenly_spaced(rows, task.run.experiment.cpm.training_frames)
    scores = _adapted_scores(task, features, _trained(task, features, train))
    # What a stopped run would go on from.
    (task.folder.path / _TRAINED_FILE).unlink(missing_ok=True)
    task.folder.subjects.rmtree(missing_ok=True)
    return scores


def _trained(task: Task, features: np.ndarray, train: np.ndarray) -> TrainedCpm:
    """Return what a stopped run left of training, or train."""
    file, config = task.folder.path / _TRAINED_FILE, task.run.experiment.cpm
    samples, labels = with_one(features[train]), task.run.dataset.frames.labels[train]
    if not file.exists():
        with progress_bar(labels.shape[1], f"{task.title} training", "AU") as bar:
            parts = []
            for part in map_on_cores(lambda column: train_au(samples, column, config), labels.T):
                parts.append(part)
                bar.update()
        confident, thresholds = zip(*parts, strict=True)
        arrays = {"confident": np.stack(confident), "thresholds": np.array(thresholds)}
        atomic_files.write_arrays(file, arrays)
    return TrainedCpm(samples, labels, **atomic_files.read_arrays(file))


def _adapted_scores(task: Task, features: np.ndarray, trained: TrainedCpm) -> np.ndarray:
    """Return the scores of the test frames; those of subjects done by a stopped run are read."""
    table, test = task.run.dataset.frames, task.run.fold.test
    scores = np.zeros((len(test), table.labels.shape[1]), np.float32)
    subjects = np.unique(table.subject[test])
    with progress_bar(len(subjects), task.title, "subject") as bar:
        for subject in subjects:
            rows = test[table.subject[test] == subject]
            rows = rows[table.tracked[rows]]
            file = task.folder.subjects / f"{subject}.npy"
            scores[np.isin(test, rows)] = _subject_scores(file, task, features, trained, rows)
            bar.update()
    single = trained.single_labels()
    return np.where(single == 0, scores, single).astype(np.float32)


def _subject_scores(
    file: epath.Path, task: Task, features: np.ndarray, trained: TrainedCpm, rows: np.ndarray
) -> np.ndarray:
    if not file.exists():
        table = task.run.dataset.frames
        scores = subject_scores(
            trained,
            with_one(features[rows]),
            table.recording[rows],
            table.frame[rows],
            task.run.experiment.cpm,
        )
        atomic_files.write_array(file, scores)
    return atomic_files.read_array(file)


CPM = Method(name="cpm", adapt=_adapt, builds_on=(ON_FEATURES,), sections=("cpm", "features"))
