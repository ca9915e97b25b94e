"""Computed features of all frames of an experiment, shared by the methods that are not networks."""

import dataclasses

import numpy as np

from au_jax.datasets.row_selection import evenly_spaced, usable_rows
from au_jax.detector.block import Block
from au_jax.detector.computed_features import ComputedFeatures
from au_jax.features.standardised_components import (
    StandardisedComponents,
    fit_standardised_components,
)
from au_jax.methods.method import FoldRun, Method, Source, Task

_PCA_FRAMES = 4000
"""Training frames that principal components are fitted on: their number bounds the cost."""


def _fit(task: Task) -> Block:
    return Block(ComputedFeatures(task.run.experiment.features.kind))


FEATURES = Method(name="features", fit=_fit, sections=("features",), shared=True)
"""Not in tables: it has no scores. Computed once for all folds."""

ON_FEATURES = Source(FEATURES.name)


@dataclasses.dataclass(frozen=True)
class FoldRows:
    """The rows of the frames table that methods on features learn from.

    Attributes:
        train: int64 `[row]`, training frames with a label and a tracked face, at most as many as
            the settings say, evenly spaced.
        validation: int64 `[row]`, the same of the validation subjects.
    """

    train: np.ndarray
    validation: np.ndarray


def fold_rows(run: FoldRun) -> FoldRows:
    """Return the rows to train on and those that choose settings.

    Raises:
        InputError: if a part has no usable frames.
    """
    most = run.experiment.features.training_frames
    train, validation = (
        evenly_spaced(usable_rows(run.dataset, rows), most)
        for rows in (run.fold.train, run.fold.validation)
    )
    return FoldRows(train, validation)


def fitted_components(run: FoldRun, train: np.ndarray) -> StandardisedComponents:
    """Fit components, as many as the settings say, on features of training rows `[row, feature]`.

    All rows give the scale, evenly spaced ones the components.
    """
    settings = run.experiment.features
    sample = np.asarray(evenly_spaced(train, _PCA_FRAMES), np.float32)
    return fit_standardised_components(sample, train, settings.pca_components, settings.pca_energy)
