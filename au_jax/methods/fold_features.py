"""Computed features of all frames of an experiment, shared by the methods that are not networks."""

import dataclasses

import numpy as np
from etils import epath

from au_jax.datasets.dataset import Dataset
from au_jax.datasets.row_selection import evenly_spaced, usable_rows
from au_jax.errors import InputError
from au_jax.faces.similarity import target_points
from au_jax.features.face_features import feature_extractor
from au_jax.features.pca import fit_principal_components
from au_jax.methods.fold_run import FoldRun
from au_jax.sampling.loader import iterate_batches
from au_jax.sampling.planned_batches import PlannedBatches
from au_jax.sampling.random import SequentialPlan
from au_jax.settings import FeatureKind
from au_jax.system import atomic_files
from au_jax.system.progress import progress_bar

_BATCH = 64
_PCA_FRAMES = 4000
"""Training frames that principal components are fitted on: their number bounds the cost."""
_PROJECTED_AT_ONCE = 4096


@dataclasses.dataclass(frozen=True)
class FoldFeatures:
    """Features of every row of the frames table, and the rows a fold trains on.

    Attributes:
        features: float `[frame, feature]`, not standardised; may lie on disk.
        group: int64 `[feature]`, the patch that each feature describes, from 0.
        train: int64 `[row]`, training frames with a label and a tracked face, at most as many as
            the settings say, evenly spaced.
        validation: int64 `[row]`, the same of the validation subjects.
    """

    features: np.ndarray
    group: np.ndarray
    train: np.ndarray
    validation: np.ndarray


def fold_features(fold_run: FoldRun) -> FoldFeatures:
    """Return the features that the settings name; computed once for all folds of an experiment.

    Raises:
        InputError: if they are of landmarks and the data set has none, or a fold has no usable
            frames.
    """
    dataset, settings = fold_run.dataset, fold_run.experiment.features
    extractor = feature_extractor(settings.kind, dataset.faces.face_shape)
    file = fold_run.directory.parent / "features" / f"{settings.kind.value}.npy"
    if not file.exists():
        _write_features(dataset, settings.kind, file)
    train, validation = fold_rows(fold_run)
    return FoldFeatures(atomic_files.read_array(file), extractor.group, train, validation)


def fold_rows(fold_run: FoldRun) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows to train on and those that choose settings, as `FoldFeatures` has them.

    Raises:
        InputError: if a part has no usable frames.
    """
    most = fold_run.experiment.features.training_frames
    train, validation = (
        evenly_spaced(usable_rows(fold_run.dataset, rows), most)
        for rows in (fold_run.fold.train, fold_run.fold.validation)
    )
    return train, validation


def standardised_components(fold_run: FoldRun, features: FoldFeatures) -> np.ndarray:
    """Return principal components of standardised features, float32 `[frame, component]`.

    Every feature is standardised by the fold's training frames. As many components are kept as the
    settings say, and all are divided by one number, so that training rows have a mean square of 1
    and a weight of regularisation means the same for all features.

    Args:
        fold_run: the fold; its settings say how many components.
        features: features of the fold.
    """
    settings = fold_run.experiment.features
    sample = np.asarray(features.features[evenly_spaced(features.train, _PCA_FRAMES)], np.float32)
    mean, deviation = sample.mean(axis=0), sample.std(axis=0)
    scale = np.where(deviation > 0, 1 / np.maximum(deviation, 1e-6), 0).astype(np.float32)
    pca = fit_principal_components(
        (sample - mean) * scale, settings.pca_components, settings.pca_energy
    )
    basis = pca.components * scale
    offset = (mean * scale + pca.mean) @ pca.components.T
    projected = np.concatenate(
        [
            np.asarray(features.features[first : first + _PROJECTED_AT_ONCE], np.float32) @ basis.T
            - offset
            for first in range(0, len(features.features), _PROJECTED_AT_ONCE)
        ]
    )
    norm = np.sqrt((projected[features.train] ** 2).sum(axis=1).mean())
    return projected / np.float32(max(norm, 1e-12))


def _landmarks(dataset: Dataset, kind: FeatureKind) -> np.ndarray:
    """Return the landmarks of every frame, float32 `[frame, 49, 2]`.

    Where they were not tracked they are those of the mean shape, to which faces are aligned; the
    shape is then no feature.
    """
    tracked = dataset.frames.landmarks
    if tracked is None and kind is FeatureKind.SHAPE:
        raise InputError(
            f"data set '{dataset.name}' keeps no landmarks, so faces have no shape to measure; "
            "prepare it again with landmarks, or choose another --experiment.features.kind"
        )
    usual = target_points(dataset.faces.face_shape[0]).astype(np.float32)
    if tracked is None:
        return np.broadcast_to(usual, (len(dataset.frames), *usual.shape))
    if kind is FeatureKind.SHAPE:
        return tracked
    return np.where(np.isfinite(tracked), tracked, usual)


def _write_features(dataset: Dataset, kind: FeatureKind, file: epath.Path) -> None:
    """Write features of all frames in half precision, as histograms lie in [0, 1]."""
    extractor = feature_extractor(kind, dataset.faces.face_shape)
    landmarks = _landmarks(dataset, kind)
    count = len(dataset.frames)
    plan = SequentialPlan(np.arange(count), _BATCH)
    planned = PlannedBatches(plan, lambda rows: {"faces": dataset.faces[rows]})
    batches = iterate_batches(planned, first=0, last=len(plan), name="faces")
    atomic_files.remove_leftovers(file)
    with (
        atomic_files.writing_rows(file, (count, len(extractor.group)), np.float16) as append,
        progress_bar(count, f"{kind.value} features", "frame") as bar,
    ):
        for step, batch in enumerate(batches):
            faces, rows = batch["faces"], plan[step]
            # Padded, so that it is compiled for one size.
            padding = [(0, _BATCH - len(faces)), (0, 0), (0, 0)]
            padded = np.pad(faces, [*padding, (0, 0)])
            append(extractor.extract(padded, np.pad(landmarks[rows], padding))[: len(faces)])
            bar.update(len(faces))
