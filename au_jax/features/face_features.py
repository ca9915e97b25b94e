"""The computed features of faces by name: HOG, Gabor magnitudes, shape, blendshapes."""

import dataclasses
from collections.abc import Callable

import jax.numpy as jnp
import numpy as np

from au_jax.faces.blendshapes import BLENDSHAPES, blendshapes
from au_jax.faces.mean_shape import STABLE_POINTS
from au_jax.features import gabor_magnitudes as gabor
from au_jax.features import orientation_histograms as hog
from au_jax.features.shape import shape_features
from au_jax.models.preprocessing import resize_faces
from au_jax.settings import FeatureKind

_LUMINANCE = np.array([0.299, 0.587, 0.114], np.float32)
"""Grey of a coloured pixel, ITU-R BT.601."""


@dataclasses.dataclass(frozen=True)
class FeatureExtractor:
    """A kind of features for faces of one shape.

    Attributes:
        group: int64 `[feature]`, the patch, square, landmark or blendshape that each value
            describes, from 0.
        extract: takes faces uint8 `[n, height, width, channel]` and landmarks float32
            `[n, 49, 2]`, and returns float32 `[n, feature]`.
    """

    group: np.ndarray
    extract: Callable[[np.ndarray, np.ndarray], np.ndarray]


def feature_extractor(kind: FeatureKind, face_shape: tuple[int, int, int]) -> FeatureExtractor:
    """Return how features of a kind are computed.

    Args:
        kind: which features.
        face_shape: height, width and channels of the faces.
    """
    height, width, _ = face_shape
    points = len(STABLE_POINTS)
    if kind is FeatureKind.HOG_LANDMARKS:
        cell = hog.scaled_pixels(hog.PATCH_CELL, height)
        per_patch = hog.CELLS**2 * hog.ORIENTATIONS
        return FeatureExtractor(
            np.repeat(np.arange(points), per_patch),
            lambda faces, landmarks: np.asarray(
                hog.landmark_histograms(grey(faces), jnp.asarray(landmarks), cell=cell)
            ),
        )
    if kind is FeatureKind.HOG_FACE:
        cell = hog.scaled_pixels(hog.FACE_CELL, height)
        return FeatureExtractor(
            hog.face_blocks(height, width, cell),
            lambda faces, _: np.asarray(hog.face_histograms(grey(faces), cell=cell)),
        )
    if kind is FeatureKind.GABOR:
        return FeatureExtractor(
            gabor.gabor_squares(),
            lambda faces, _: np.asarray(gabor.gabor_magnitudes(grey(faces, gabor.SIZE))),
        )
    if kind is FeatureKind.BLENDSHAPES:
        each = np.arange(len(BLENDSHAPES))
        return FeatureExtractor(each, lambda faces, _: blendshapes(faces))
    return FeatureExtractor(
        np.repeat(np.arange(points), 2), lambda _, landmarks: shape_features(landmarks)
    )


def grey(faces: np.ndarray, size: int | None = None) -> jnp.ndarray:
    """Return faces in grey, float32 `[n, height, width]` in [0, 1].

    Args:
        faces: uint8 `[n, height, width, channel]`, one channel or three.
        size: height and width that they are resized to; None leaves them.
    """
    values = jnp.asarray(faces).astype(jnp.float32) / 255
    values = values[..., 0] if faces.shape[3] == 1 else values @ _LUMINANCE
    if size is None or values.shape[1:] == (size, size):
        return values
    return resize_faces(values[..., None], size)[..., 0]
