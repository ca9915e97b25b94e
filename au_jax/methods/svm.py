"""Linear SVMs as methods: one for each AU, its cost chosen in validation.

`svm` takes computed features. `anet_t`, ANet^T of the paper, takes those of a CNN that was trained
on another data set (section 4.3: HOG is not trained, so that for fairness the learned features must
not come from the training subjects either).
"""

import numpy as np

from au_jax.detector.block import Block
from au_jax.detector.linear import LinearModel, with_offset
from au_jax.methods.features import ON_FEATURES, fitted_components, fold_rows
from au_jax.methods.method import TRANSFER, FoldRun, Method, Source, Task
from au_jax.methods.squared_hinge import SquaredHinge, fit_squared_hinge
from au_jax.metrics import f1_frame
from au_jax.training.losses import balanced_class_weights


def _fit(task: Task) -> Block:
    """Train on the features of the training subjects."""
    (source,) = task.inputs
    features, rows = source.outputs().known_features(), fold_rows(task.run)
    train = features[rows.train]
    components = fitted_components(task.run, train)
    weights, costs = _weights_and_costs(
        task.run,
        components.project(train),
        components.project(features[rows.validation]),
        task.run.dataset.frames.labels[rows.train],
        task.run.dataset.frames.labels[rows.validation],
    )
    return Block(LinearModel(components, weights, costs), (source.block,))


def _weights_and_costs(
    run: FoldRun,
    train: np.ndarray,
    validation: np.ndarray,
    labels: np.ndarray,
    validation_labels: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the weights of each AU `[component + 1, au]`, and its cost `[au]`.

    An AU that has a single kind of label in training scores that label for every frame.

    Args:
        run: the fold; `experiment.svm` holds the settings.
        train: float32 `[row, component]`.
        validation: float32 `[row, component]`, which chooses the cost of each AU.
        labels: int8 `[row, au]` of the training rows.
        validation_labels: of the others.
    """
    settings = run.experiment.svm
    costs = np.asarray(settings.costs, np.float32)
    known = labels.astype(np.float32)
    aus = known.shape[1]
    class_weights = np.ones((2, aus), np.float32)
    if settings.balanced:
        class_weights = np.asarray(balanced_class_weights(labels))
    row_weights = np.where(known > 0, class_weights[1], class_weights[0])
    problem = SquaredHinge(
        with_offset(train),
        labels=np.tile(known, (1, len(costs))),
        costs=(row_weights[:, None, :] * costs[None, :, None]).reshape(len(train), -1),
    )
    weights = fit_squared_hinge(problem).reshape(-1, len(costs), aus)
    f1 = [
        f1_frame(validation_labels, with_offset(validation) @ weights[:, index])
        for index in range(len(costs))
    ]
    chosen = np.nan_to_num(np.array(f1), nan=-1.0).argmax(axis=0)
    best = weights[:, chosen, np.arange(aus)]
    single = [np.unique(column[column != 0]) for column in known.T]
    for au, kinds in enumerate(single):
        if len(kinds) < 2:
            best[:, au] = 0
            best[-1, au] = kinds[0] if len(kinds) else -1
    return best, costs[chosen]


SVM = Method(name="svm", fit=_fit, builds_on=(ON_FEATURES,), sections=("svm",))
ANET_T = Method(
    name="anet_t", fit=_fit, builds_on=(Source("cnn", data=TRANSFER),), sections=("svm", "features")
)
