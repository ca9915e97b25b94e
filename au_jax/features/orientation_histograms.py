"""Histograms of oriented gradients (HOG), around landmarks or over the whole face.

Source: N. Dalal and B. Triggs, "Histograms of oriented gradients for human detection", CVPR 2005:
unsigned orientations, no interpolation between bins or cells, L2-normalised blocks. At landmarks
the settings are those of the AFAR toolbox (https://github.com/AffectAnalysisGroup/AFARtoolbox):
a patch of 32 px of a 200 px face in 4×4 cells and 8 orientations, 128 numbers for each landmark.
"""

import functools

import jax
import jax.numpy as jnp
import numpy as np

from au_jax.faces.mean_shape import FACE_SIZE

ORIENTATIONS = 8
CELLS = 4
"""Cells of a patch, across and down."""
PATCH_CELL = 8
"""Pixels of a cell of a patch, on a face of `FACE_SIZE`."""
FACE_CELL = 16
"""Pixels of a cell of the whole face, on a face of `FACE_SIZE`."""

_EPSILON = 1e-5


def scaled_pixels(pixels: int, face_size: int) -> int:
    """Return a length on a face of `FACE_SIZE` in pixels of a face of another size, 1 at least."""
    return max(1, round(pixels * face_size / FACE_SIZE))


def gradient_channels(grey: jax.Array) -> jax.Array:
    """Return the gradient's magnitude in the channel of its orientation, and 0 in the others.

    Args:
        grey: float32 `[n, height, width]`.

    Returns:
        float32 `[n, height, width, ORIENTATIONS]`; gradients are central differences, 0 at the
        borders.
    """
    down = jnp.pad(grey[:, 2:] - grey[:, :-2], ((0, 0), (1, 1), (0, 0)))
    right = jnp.pad(grey[:, :, 2:] - grey[:, :, :-2], ((0, 0), (0, 0), (1, 1)))
    magnitude = jnp.hypot(down, right)
    degrees = jnp.rad2deg(jnp.arctan2(down, right)) % 180
    bins = jnp.minimum(jnp.floor(degrees * (ORIENTATIONS / 180)), ORIENTATIONS - 1)
    return jax.nn.one_hot(bins.astype(jnp.int32), ORIENTATIONS) * magnitude[..., None]


@functools.partial(jax.jit, static_argnames="cell")
def landmark_histograms(grey: jax.Array, points: jax.Array, *, cell: int) -> jax.Array:
    """Return the histograms of the patches around landmarks.

    Args:
        grey: float32 `[n, height, width]`.
        points: float32 `[n, landmark, 2]` as (x, y) in pixels; a patch is centred on the nearest
            corner between pixels, and what sticks out of the face is empty.
        cell: height and width of a cell in pixels; a patch has `CELLS` of them each way.

    Returns:
        float32 `[n, landmark · 128]`, each patch as cells from top left to bottom right with
        `ORIENTATIONS` values each, of norm 1, or 0 where there is no gradient.
    """
    n, height, width = grey.shape
    margin = CELLS * cell
    channels = jnp.pad(
        gradient_channels(grey), ((0, 0), (margin, margin), (margin, margin), (0, 0))
    )
    sums = _box_sums(channels, cell)
    first = jnp.round(points + 0.5).astype(jnp.int32) - CELLS * cell // 2 + margin
    # A landmark far outside has an empty patch wherever it is; it must not wrap around.
    left = jnp.clip(first[:, :, 0], 0, width + margin)[:, :, None, None]
    top = jnp.clip(first[:, :, 1], 0, height + margin)[:, :, None, None]
    steps = cell * jnp.arange(CELLS)
    columns, rows = left + steps[None, None, None, :], top + steps[None, None, :, None]
    patches = jax.vmap(lambda one, row, column: one[row, column])(sums, rows, columns)
    return _normalise(patches.reshape(n, points.shape[1], -1)).reshape(n, -1)


@functools.partial(jax.jit, static_argnames="cell")
def face_histograms(grey: jax.Array, *, cell: int) -> jax.Array:
    """Return the histograms of the whole face: cells, in overlapping blocks of 2×2.

    Args:
        grey: float32 `[n, height, width]`; what is left of the last cell is not used.
        cell: height and width of a cell in pixels.

    Returns:
        float32 `[n, block · 4 · ORIENTATIONS]`, blocks from top left to bottom right.
    """
    n, height, width = grey.shape
    down, across = height // cell, width // cell
    channels = gradient_channels(grey)[:, : down * cell, : across * cell]
    cells = channels.reshape(n, down, cell, across, cell, ORIENTATIONS).sum(axis=(2, 4))
    corners = [cells[:, i : down - 1 + i, j : across - 1 + j] for i in (0, 1) for j in (0, 1)]
    blocks = jnp.stack(corners, axis=3).reshape(n, -1, 4 * ORIENTATIONS)
    return _normalise(blocks).reshape(n, -1)


def face_blocks(height: int, width: int, cell: int) -> np.ndarray:
    """Return the number of the block of each value of `face_histograms`, int64 `[feature]`."""
    blocks = (height // cell - 1) * (width // cell - 1)
    return np.repeat(np.arange(blocks), 4 * ORIENTATIONS)


def _box_sums(channels: jax.Array, size: int) -> jax.Array:
    """Return for each pixel the sum of the `size`×`size` pixels that start there."""
    height, width = channels.shape[1] - size + 1, channels.shape[2] - size + 1
    rows = functools.reduce(jnp.add, [channels[:, i : i + height] for i in range(size)])
    return functools.reduce(jnp.add, [rows[:, :, j : j + width] for j in range(size)])


def _normalise(blocks: jax.Array) -> jax.Array:
    return blocks / jnp.sqrt((blocks**2).sum(axis=-1, keepdims=True) + _EPSILON**2)
