"""Head pose, and the alignment that undoes most of it.

Faces are seen in weak perspective. As for real videos, the picture is then aligned: the similarity
transform that brings the landmarks closest to the mean shape is undone, and with it whatever an
expression does to the landmarks. What remains of yaw and pitch, and errors of the landmark tracker,
stays in the picture.
"""

from typing import NamedTuple

import jax
import jax.numpy as jnp

from au_jax.faces.mean_shape import MEAN_SHAPE, STABLE_POINTS

_PIVOT = (100.0, 110.0)


class Similarity(NamedTuple):
    """The map from the aligned picture to the unaligned view: q = matrix (p - start) + goal.

    Attributes:
        real, imaginary: scaled rotation as a complex number.
        start, goal: `[2]`.
    """

    real: jax.Array
    imaginary: jax.Array
    start: jax.Array
    goal: jax.Array


def project(points: jax.Array, depth: jax.Array, turn: jax.Array) -> jax.Array:
    """Turn the head and look at it along the line of sight.

    Args:
        points: `[..., 2]` on the subject's face.
        depth: `[...]`, height of the face there.
        turn: `[2]`, yaw (positive: towards the right of the picture) and pitch (positive: up), in
            radians.

    Returns:
        `[..., 2]`, positions in the unaligned view.
    """
    yaw, pitch = turn[0], turn[1]
    x, y = points[..., 0] - _PIVOT[0], points[..., 1] - _PIVOT[1]
    across = x * jnp.cos(yaw) + depth * jnp.sin(yaw)
    forward = depth * jnp.cos(yaw) - x * jnp.sin(yaw)
    down = y * jnp.cos(pitch) - forward * jnp.sin(pitch)
    return jnp.stack([across + _PIVOT[0], down + _PIVOT[1]], axis=-1)


def undo_alignment(landmarks: jax.Array, jitter: jax.Array) -> Similarity:
    """Return where each point of the aligned picture comes from.

    Args:
        landmarks: `[49, 2]`, the landmarks of `STABLE_POINTS` in the unaligned view.
        jitter: `[4]`, error of the alignment: shift right and down, log of scale, rotation.
    """
    target = jnp.asarray(MEAN_SHAPE[STABLE_POINTS], jnp.float32)
    start, goal = target.mean(axis=0), landmarks.mean(axis=0)
    a, b = landmarks - goal[None], target - start[None]
    size = jnp.sum(a * a)
    real = jnp.sum(a * b) / size
    imaginary = jnp.sum(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]) / size
    scale, cosine, sine = jnp.exp(jitter[2]), jnp.cos(jitter[3]), jnp.sin(jitter[3])
    real, imaginary = (
        scale * (real * cosine - imaginary * sine),
        scale * (real * sine + imaginary * cosine),
    )
    square = real**2 + imaginary**2
    return Similarity(real / square, -imaginary / square, start + jitter[:2], goal)


def apply(similarity: Similarity, points: jax.Array) -> jax.Array:
    """Map points `[..., 2]` of the aligned picture to the unaligned view."""
    x = points[..., 0] - similarity.start[0]
    y = points[..., 1] - similarity.start[1]
    return jnp.stack(
        [
            similarity.real * x - similarity.imaginary * y + similarity.goal[0],
            similarity.imaginary * x + similarity.real * y + similarity.goal[1],
        ],
        axis=-1,
    )
