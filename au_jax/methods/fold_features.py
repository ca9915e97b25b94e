"""Computed features of all frames of an experiment, shared by the methods that are not networks."""

import dataclasses

import numpy as np

from au_jax.methods.fold_run import FoldRun


@dataclasses.dataclass(frozen=True)
class FoldFeatures:
    """Features of every row of the frames table, and the rows a fold trains on.

    Attributes:
        features: float `[frame, feature]`, standardised by nobody yet; may lie on disk.
        group: int64 `[feature]`, the patch that each feature describes, from 0.
        train: int64 `[row]`, training frames with a label and a tracked face.
        validation: int64 `[row]`, the same of the validation subjects.
    """

    features: np.ndarray
    group: np.ndarray
    train: np.ndarray
    validation: np.ndarray


def fold_features(fold_run: FoldRun) -> FoldFeatures:
    """Compute, or read, the features that the experiment's settings name."""
    raise NotImplementedError
