"""The confidence preserving machine as a method: it adapts to each test subject of a fold."""

import numpy as np
from etils import epath

from au_jax.datasets.row_selection import evenly_spaced
from au_jax.methods.cpm.adaptation import subject_scores
from au_jax.methods.cpm.parallel import map_on_cores
from au_jax.methods.cpm.training import TrainedCpm, train_au, with_one
from au_jax.methods.fold_features import fold_features, standardised_components
from au_jax.methods.fold_run import FoldRun, Method
from au_jax.system import atomic_files
from au_jax.system.progress import progress_bar

SCORES_FILE = "test_scores.npy"
TRAINED_FILE = "trained.npz"
SUBJECTS_FOLDER = "subjects"


def run(fold_run: FoldRun) -> np.ndarray:
    """Adapt to each test subject and return the scores of the test frames.

    The labels of test subjects are not looked at. A subject is adapted to by all frames with a
    tracked face; the other frames score 0, which is no detection. An AU with a single kind of label
    in training scores that label for every frame.
    """
    folder = fold_run.folder("cpm")
    file = folder / SCORES_FILE
    if not file.exists():
        found = fold_features(fold_run)
        features = standardised_components(fold_run, found)
        train = evenly_spaced(found.train, fold_run.experiment.cpm.training_frames)
        scores = _adapted_scores(fold_run, features, _trained(fold_run, features, train))
        atomic_files.write_array(file, scores)
        (folder / TRAINED_FILE).unlink(missing_ok=True)
        (folder / SUBJECTS_FOLDER).rmtree(missing_ok=True)
    return np.array(atomic_files.read_array(file))


def _trained(fold_run: FoldRun, features: np.ndarray, train: np.ndarray) -> TrainedCpm:
    """Return what a stopped run left of training, or train."""
    file, config = fold_run.folder("cpm") / TRAINED_FILE, fold_run.experiment.cpm
    samples, labels = with_one(features[train]), fold_run.dataset.frames.labels[train]
    if not file.exists():
        with progress_bar(labels.shape[1], fold_run.title("cpm training"), "AU") as bar:
            parts = []
            for part in map_on_cores(lambda column: train_au(samples, column, config), labels.T):
                parts.append(part)
                bar.update()
        confident, thresholds = zip(*parts, strict=True)
        arrays = {"confident": np.stack(confident), "thresholds": np.array(thresholds)}
        atomic_files.write_arrays(file, arrays)
    return TrainedCpm(samples, labels, **atomic_files.read_arrays(file))


def _adapted_scores(fold_run: FoldRun, features: np.ndarray, trained: TrainedCpm) -> np.ndarray:
    """Return the scores of the test frames; those of subjects done by a stopped run are read."""
    table, test = fold_run.dataset.frames, fold_run.fold.test
    folder = fold_run.folder("cpm") / SUBJECTS_FOLDER
    scores = np.zeros((len(test), len(fold_run.dataset.aus)), np.float32)
    subjects = np.unique(table.subject[test])
    with progress_bar(len(subjects), fold_run.title("cpm"), "subject") as bar:
        for subject in subjects:
            rows = test[table.subject[test] == subject]
            rows = rows[table.tracked[rows]]
            scores[np.isin(test, rows)] = _subject_scores(
                folder / f"{subject}.npy", fold_run, features, trained, rows
            )
            bar.update()
    single = trained.single_labels()
    return np.where(single == 0, scores, single).astype(np.float32)


def _subject_scores(
    file: epath.Path,
    fold_run: FoldRun,
    features: np.ndarray,
    trained: TrainedCpm,
    rows: np.ndarray,
) -> np.ndarray:
    if not file.exists():
        table = fold_run.dataset.frames
        scores = subject_scores(
            trained,
            with_one(features[rows]),
            table.recording[rows],
            table.frame[rows],
            fold_run.experiment.cpm,
        )
        atomic_files.write_array(file, scores)
    return atomic_files.read_array(file)


CPM = Method(name="cpm", requires=(), run=run)
