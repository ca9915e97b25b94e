"""The plane in which faces are described, and how pictures and fields are sampled in it.

Canonical coordinates are those of `au_jax.faces.mean_shape`: pixels of a 200×200 aligned face, x to
the right, y down, eye centres at (60, 62) and (140, 62). The plane reaches `MARGIN` beyond the
picture on every side, so that a turned or shifted head still finds skin, hair and neck.

Three grids lie in it:

* the fine grid, one point per unit, on which subjects are drawn once;
* maps, the fine grid reduced to the pixel pitch of the wanted picture;
* the coarse grid, for smooth displacements, which are inverted there.
"""

import math

import jax
import jax.numpy as jnp
import numpy as np

from au_jax.faces.mean_shape import FACE_SIZE

MARGIN = 24
EXTENT = FACE_SIZE + 2 * MARGIN
"""Points of the fine grid along each side."""

COARSE_STEP = 4.0
COARSE_EXTENT = int(EXTENT / COARSE_STEP) + 1
"""Nodes of the coarse grid along each side."""


def fine_points() -> np.ndarray:
    """Return the points of the fine grid, float32 `[EXTENT * EXTENT, 2]` as (x, y)."""
    return _lattice(-MARGIN + np.arange(EXTENT))


def coarse_points() -> np.ndarray:
    """Return the nodes of the coarse grid, float32 `[COARSE_EXTENT ** 2, 2]` as (x, y)."""
    return _lattice(-MARGIN + COARSE_STEP * np.arange(COARSE_EXTENT))


def picture_points(size: int) -> np.ndarray:
    """Return the canonical positions of pixel centres, float32 `[size, size, 2]`.

    A pixel of a small picture covers a square of the 200×200 picture, as in downscaling by area.
    """
    return _lattice(picture_axis(size)).reshape(size, size, 2)


def picture_axis(size: int) -> np.ndarray:
    """Return the canonical coordinate of each pixel along one axis, `[size]`."""
    return (np.arange(size) + 0.5) * FACE_SIZE / size - 0.5


def map_extent(size: int) -> int:
    """Return the number of texels along each side of a map for pictures of `size` pixels."""
    return math.ceil(EXTENT * size / FACE_SIZE)


def reduce_to_map(fields: jax.Array, size: int) -> jax.Array:
    """Average fine fields over the texels of a map.

    Args:
        fields: `[..., EXTENT * EXTENT]`.
        size: pixels along a side of the picture.

    Returns:
        `[..., n * n]` with `n = map_extent(size)`.
    """
    leading, texels = fields.shape[:-1], map_extent(size)
    fields = fields.reshape(-1, EXTENT, EXTENT)
    if EXTENT % texels == 0:
        step = EXTENT // texels
        reduced = fields.reshape(-1, texels, step, texels, step).mean(axis=(2, 4))
    else:
        weights = jnp.asarray(_area_weights(texels))
        reduced = jnp.einsum("nax,bx->nab", jnp.einsum("ay,nyx->nax", weights, fields), weights)
    return reduced.reshape(*leading, texels * texels)


def to_texels(points: jax.Array, size: int) -> jax.Array:
    """Convert canonical positions to texel positions of a map for pictures of `size` pixels."""
    pitch = EXTENT / map_extent(size)
    return (points + (MARGIN + 0.5)) / pitch - 0.5


def bilinear(texture: jax.Array, positions: jax.Array) -> jax.Array:
    """Sample a texture between its texels; positions outside take the nearest border.

    Args:
        texture: `[height, width, channels]`.
        positions: `[..., 2]` as (x, y) in texels.

    Returns:
        `[..., channels]`.
    """
    height, width, channels = texture.shape
    x = jnp.clip(positions[..., 0], 0.0, width - 1.001)
    y = jnp.clip(positions[..., 1], 0.0, height - 1.001)
    left, top = jnp.floor(x), jnp.floor(y)
    right, down = x - left, y - top
    index = top.astype(jnp.int32) * width + left.astype(jnp.int32)
    flat = texture.reshape(height * width, channels)

    def add_corner(number: jax.Array, total: jax.Array) -> jax.Array:
        to_right, to_below = number % 2, number // 2
        weight = jnp.where(to_right == 1, right, 1.0 - right)
        weight = weight * jnp.where(to_below == 1, down, 1.0 - down)
        texel = flat.at[index + to_below * width + to_right].get(mode="promise_in_bounds")
        return total + weight[..., None] * texel

    # A loop, not four terms: XLA would repeat the look-ups for every use of their result.
    start = jnp.zeros((*positions.shape[:-1], channels), texture.dtype)
    return jax.lax.fori_loop(0, 4, add_corner, start)


def interpolation(nodes: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Return the weights of linear interpolation between evenly spaced nodes, `[at, nodes]`."""
    distance = np.abs(at[:, None] - nodes[None, :]) / (nodes[1] - nodes[0])
    return np.maximum(0.0, 1.0 - distance).astype(np.float32)


def _lattice(axis: np.ndarray) -> np.ndarray:
    x, y = np.meshgrid(axis, axis)
    return np.stack([x.ravel(), y.ravel()], axis=-1).astype(np.float32)


def _area_weights(texels: int) -> np.ndarray:
    """Return the share of each fine point in each texel, float32 `[texels, EXTENT]`."""
    if texels >= EXTENT:
        position = np.clip((np.arange(texels) + 0.5) * EXTENT / texels - 0.5, 0, EXTENT - 1)
        return np.maximum(0, 1 - abs(position[:, None] - np.arange(EXTENT))).astype(np.float32)
    pitch = EXTENT / texels
    start = np.arange(texels)[:, None] * pitch
    points = np.arange(EXTENT)[None, :]
    overlap = np.minimum(start + pitch, points + 1) - np.maximum(start, points)
    return (np.maximum(overlap, 0) / pitch).astype(np.float32)
