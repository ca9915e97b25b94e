"""Linear SVMs on computed features as a method: one for each AU, its cost chosen in validation."""

import numpy as np

from au_jax.methods.fold_features import fold_features, standardised_components
from au_jax.methods.fold_run import FoldRun, Method
from au_jax.methods.squared_hinge import SquaredHinge, fit_squared_hinge
from au_jax.metrics import f1_frame
from au_jax.system import atomic_files
from au_jax.training.losses import balanced_class_weights

MODEL_FILE = "model.npz"


def run(fold_run: FoldRun) -> np.ndarray:
    """Train on the training subjects and return the scores of the test frames."""
    features = fold_features(fold_run)
    components = standardised_components(fold_run, features)
    return svm_scores(fold_run, "svm", components, features.train, features.validation)


def svm_scores(
    fold_run: FoldRun,
    name: str,
    features: np.ndarray,
    train: np.ndarray,
    validation: np.ndarray,
) -> np.ndarray:
    """Train linear SVMs and return the scores of the test frames, float32 `[test, aus]`.

    An AU that has a single kind of label in training scores that label for every frame.

    Args:
        fold_run: the fold; `experiment.svm` holds the settings.
        name: the method, in whose folder the model is kept.
        features: float32 `[frame, feature]` of every row of the frames table.
        train: rows to train on.
        validation: rows that choose the cost of each AU.
    """
    labels, settings = fold_run.dataset.frames.labels, fold_run.experiment.svm
    costs = np.asarray(settings.costs, np.float32)
    known = labels[train].astype(np.float32)
    aus = known.shape[1]
    class_weights = np.ones((2, aus), np.float32)
    if settings.balanced:
        class_weights = np.asarray(balanced_class_weights(labels[train]))
    row_weights = np.where(known > 0, class_weights[1], class_weights[0])
    problem = SquaredHinge(
        with_offset(features[train]),
        labels=np.tile(known, (1, len(costs))),
        costs=(row_weights[:, None, :] * costs[None, :, None]).reshape(len(train), -1),
    )
    weights = fit_squared_hinge(problem).reshape(-1, len(costs), aus)
    f1 = [
        f1_frame(labels[validation], with_offset(features[validation]) @ weights[:, index])
        for index in range(len(costs))
    ]
    chosen = np.nan_to_num(np.array(f1), nan=-1.0).argmax(axis=0)
    best = weights[:, chosen, np.arange(aus)]
    single = [np.unique(column[column != 0]) for column in known.T]
    for au, kinds in enumerate(single):
        if len(kinds) < 2:
            best[:, au] = 0
            best[-1, au] = kinds[0] if len(kinds) else -1
    atomic_files.write_arrays(
        fold_run.folder(name) / MODEL_FILE, {"weights": best, "costs": costs[chosen]}
    )
    return with_offset(features[fold_run.fold.test]) @ best


def with_offset(features: np.ndarray) -> np.ndarray:
    """Return features with a column of ones, whose weight is the offset, float32."""
    ones = np.ones((len(features), 1), np.float32)
    return np.concatenate([np.asarray(features, np.float32), ones], axis=1)


SVM = Method(name="svm", requires=(), run=run)
