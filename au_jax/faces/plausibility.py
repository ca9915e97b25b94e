"""Which fitted landmarks can be a face: by its size, its pose, its place, and how it moved."""

import numpy as np

from au_jax.faces.affine_warp import invert_transforms
from au_jax.faces.mean_shape import FACE_SIZE, INTER_OCULAR_DISTANCE, STABLE_POINTS
from au_jax.faces.similarity import target_points, transform_points

MAX_RESIDUAL = 15.0
"""Root mean square distance of the points to the mean shape at most, in pixels of a 200 px face.

Faces near frontal have 3 to 7, with all expressions; an ellipsoid head with a nose reaches 14 when
turned by 45°; mirrored or random points have 50.
"""

MIN_EYE_DISTANCE = 8.0
"""Distance of the eyes in the picture at least, in pixels; below, the face shows nothing."""


MAX_JUMP = 80.0
"""How far the points may move from one frame to the next, in pixels of a 200 px face (root mean
square over the points, so also by turning or growing): the distance of the eyes. That is 1.6 m/s at
25 frames per second, more than heads do; another person or a false hit is farther away."""

JUMP_SECONDS = 0.04
"""Time between frames that `MAX_JUMP` is about; over longer gaps it grows in proportion."""


def is_plausible(
    transforms: np.ndarray, residual: np.ndarray, size: int, picture_size: tuple[int, int]
) -> np.ndarray:
    """Tell which fits can be a face that is of use.

    Args:
        transforms: `[frame, 2, 3]` from `fit_similarity`, to faces of `size` pixels.
        residual: `[frame]`, from `fit_similarity`.
        size: height and width of the faces.
        picture_size: height and width of the pictures.

    Returns:
        bool `[frame]`: the fit is finite, its residual at most `MAX_RESIDUAL`, the distance of the
        eyes between `MIN_EYE_DISTANCE` and the picture's longer side, and the centre of the face
        inside the picture.
    """
    height, width = picture_size
    unit = size / FACE_SIZE
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        eye_distance = (
            INTER_OCULAR_DISTANCE * unit / np.hypot(transforms[:, 0, 0], transforms[:, 1, 0])
        )
    good = (
        np.isfinite(transforms).all(axis=(1, 2))
        & (residual <= MAX_RESIDUAL * unit)
        & (eye_distance >= MIN_EYE_DISTANCE)
        & (eye_distance <= max(height, width))
    )
    x, y = np.zeros((2, len(transforms)))
    middle = np.array([*target_points(size).mean(axis=0), 1.0])
    x[good], y[good] = (invert_transforms(transforms[good]) @ middle).T
    return good & (x >= 0) & (x <= width - 1) & (y >= 0) & (y <= height - 1)


def has_jumped(transforms: np.ndarray, good: np.ndarray, time: np.ndarray, size: int) -> np.ndarray:
    """Tell where the face is too far from where it was in the last good frame before.

    A false hit is found twice, coming and going; where the face stays in its new place, as behind a
    cut, it is lost for one frame.

    Args:
        transforms: `[frame, 2, 3]` from `fit_similarity`.
        good: bool `[frame]`, from `is_plausible`; the others are neither compared nor compared to.
        time: `[frame]`, seconds.
        size: height and width of the faces.

    Returns:
        bool `[frame]`.
    """
    jumped = np.zeros(len(good), bool)
    rows = np.flatnonzero(good)
    if len(rows) > 1:
        before, after = rows[:-1], rows[1:]
        allowed = np.maximum((time[after] - time[before]) / JUMP_SECONDS, 1) * MAX_JUMP
        moved = _distance_between(transforms[before], transforms[after], size)
        jumped[after] = moved > allowed * (size / FACE_SIZE)
    return jumped


def _distance_between(first: np.ndarray, second: np.ndarray, size: int) -> np.ndarray:
    """Return how far the points of one face lie from their places for the other, float64 `[frame]`.

    The larger of both ways round, so that growing counts as much as shrinking.
    """
    target = np.broadcast_to(target_points(size), (len(first), len(STABLE_POINTS), 2))
    ways = [
        transform_points(one, transform_points(invert_transforms(other), target)) - target
        for one, other in ((first, second), (second, first))
    ]
    return np.sqrt((np.stack(ways) ** 2).sum(axis=-1).mean(axis=-1)).max(axis=0)
