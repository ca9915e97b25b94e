"""Similarity transforms: rotation, one scale and a shift, fitted to landmarks by least squares."""

import numpy as np

from au_jax.faces.mean_shape import FACE_SIZE, MEAN_SHAPE, STABLE_POINTS


def target_points(size: int = FACE_SIZE) -> np.ndarray:
    """Return where the 49 stable points lie in a face of `size` pixels, float64 `[49, 2]`."""
    return (MEAN_SHAPE[STABLE_POINTS] + 0.5) * (size / FACE_SIZE) - 0.5


def fit_similarity(points: np.ndarray, target: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Fit rotation, one scale and shift from points to a target by least squares.

    The closed form of S. Umeyama, "Least-squares estimation of transformation parameters between
    two point patterns", PAMI 13 (4), 1991, for the plane and without reflection: with points as
    complex numbers around their mean, z → a z with a = Σ conj(z) w / Σ |z|².

    Args:
        points: `[frame, point, 2]`.
        target: `[point, 2]`.

    Returns:
        transforms, float64 `[frame, 2, 3]`, and the root mean square distance that is left, float64
        `[frame]`; not finite where the points are not, or all lie in one place.
    """
    mean, target_mean = points.mean(axis=1, dtype=np.float64), target.mean(axis=0)
    centred = points - mean[:, None]
    z = centred[..., 0] + 1j * centred[..., 1]
    w = (target - target_mean) @ np.array([1, 1j])
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        a = (z.conj() * w).sum(axis=1) / (np.abs(z) ** 2).sum(axis=1)
        residual = np.sqrt((np.abs(a[:, None] * z - w) ** 2).mean(axis=1))
        linear = np.stack([a.real, -a.imag, a.imag, a.real], axis=-1).reshape(-1, 2, 2)
        shift = target_mean - np.einsum("nij,nj->ni", linear, mean)
    return np.concatenate([linear, shift[..., None]], axis=-1), residual


def transform_points(transforms: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Return points `[frame, point, 2]` taken by transforms `[frame, 2, 3]`, one per frame."""
    return np.einsum("nij,npj->npi", transforms[:, :, :2], points) + transforms[:, None, :, 2]
