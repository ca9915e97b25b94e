"""Features that are computed from faces and landmarks, as a step of a program."""

from collections.abc import Sequence

import jax
import jax.numpy as jnp
import numpy as np

from au_jax.detector.computed_features import ComputedFeatures
from au_jax.errors import InputError
from au_jax.exporting.precision import rounded
from au_jax.exporting.steps import Frames, Step, Traced
from au_jax.faces.similarity import target_points
from au_jax.features import gabor_magnitudes as gabor
from au_jax.features import orientation_histograms as hog
from au_jax.features.face_features import grey
from au_jax.settings import FeatureKind
from au_jax.system.pytree import PyTree

_OF_LANDMARKS = (FeatureKind.HOG_LANDMARKS, FeatureKind.SHAPE)


def computed_step(model: ComputedFeatures, face_shape: tuple[int, int, int]) -> Step:
    """Return the features of a kind for faces of one shape.

    Raises:
        InputError: for features of a network that is not JAX's.
    """
    kind = model.feature_kind
    if kind is FeatureKind.BLENDSHAPES:
        raise InputError(
            "blendshapes come from a network of MediaPipe's that cannot be exported; export a "
            "method on other features"
        )

    def apply(
        parameters: PyTree, frames: Frames, inputs: Sequence[Traced], state: jax.Array
    ) -> tuple[Traced, jax.Array]:
        del parameters, inputs
        features = _features(kind, frames, face_shape[0])
        return Traced(features=rounded(features, model.STORED_FEATURES)), state

    return Step(apply, takes_landmarks=kind in _OF_LANDMARKS)


def _features(kind: FeatureKind, frames: Frames, size: int) -> jax.Array:
    """Return features float32 `[frame, feature]`, as `features.face_features` computes them."""
    if kind is FeatureKind.HOG_FACE:
        cell = hog.scaled_pixels(hog.FACE_CELL, size)
        return hog.face_histograms(_grey(frames), cell=cell)
    if kind is FeatureKind.GABOR:
        return gabor.gabor_magnitudes(_grey(frames, gabor.SIZE))
    assert frames.landmarks is not None
    if kind is FeatureKind.SHAPE:
        return _shape(frames.landmarks)
    # A face that was not tracked is aligned as its neighbours are, to the mean shape.
    usual = jnp.asarray(target_points(size), jnp.float32)[None]
    landmarks = jnp.where(jnp.isfinite(frames.landmarks), frames.landmarks, usual)
    cell = hog.scaled_pixels(hog.PATCH_CELL, size)
    return hog.landmark_histograms(_grey(frames), landmarks, cell=cell)


def _grey(frames: Frames, size: int | None = None) -> jax.Array:
    # Written for arrays in memory, it does to traced ones the same.
    return grey(frames.faces, size)  # pyright: ignore[reportArgumentType]


def _shape(points: jax.Array) -> jax.Array:
    """Return `features.shape.shape_features` of traced landmarks."""
    centred = points - points.mean(axis=1, keepdims=True)
    spread = jnp.sqrt((centred**2).sum(axis=(1, 2), keepdims=True) / points.shape[1])
    values = (centred / spread).reshape(points.shape[0], -1)
    return jnp.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0).astype(np.float32)
