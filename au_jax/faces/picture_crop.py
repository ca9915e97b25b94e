"""Squares cut out of a picture, turned and scaled, as input of the networks.

Coordinates here are those of the picture's area: the top left corner of the top left pixel is
(0, 0), so that the centre of that pixel is (0.5, 0.5).
"""

import dataclasses
import functools
import math

import jax
import jax.numpy as jnp
import numpy as np
from PIL import Image

from au_jax.faces.affine_warp import cut_square
from au_jax.system.devices import on_cpu


@dataclasses.dataclass(frozen=True)
class Square:
    """A square in a picture.

    Attributes:
        x: its centre, to the right.
        y: its centre, down.
        side: length of its sides, in pixels.
        angle: how far it is turned, in radians; positive turns x towards y, so clockwise as seen.
    """

    x: float
    y: float
    side: float
    angle: float = 0.0

    def to_picture(self, points: np.ndarray) -> np.ndarray:
        """Return points `[..., 2]`, given in shares of the square from 0 to 1, in the picture."""
        cos, sin = math.cos(self.angle) * self.side, math.sin(self.angle) * self.side
        centred = points - 0.5
        x, y = centred[..., 0], centred[..., 1]
        return np.stack([self.x + cos * x - sin * y, self.y + sin * x + cos * y], axis=-1)


def crop_square(image: np.ndarray, square: Square, size: int) -> np.ndarray:
    """Return the square as a picture of its own; edges of the picture are repeated outwards.

    Bilinear. Where the square is more than twice as large as the result, whole blocks of pixels are
    averaged first: single pixels picked out of a large face would make its landmarks tremble. What
    it costs does not depend on the size of the picture.

    Args:
        image: uint8 `[height, width, 3]`.
        square: the square.
        size: height and width of the result.

    Returns:
        uint8 `[size, size, 3]`.
    """
    # The upright square around the turned one, with a pixel more for interpolation. Its size is one
    # of few, since the sampling is compiled for each.
    half = square.side / 2 * (abs(math.cos(square.angle)) + abs(math.sin(square.angle))) + 1
    shrink = max(1, math.floor(square.side / size))
    left, top = math.floor(square.x - half), math.floor(square.y - half)
    pixels = math.ceil((2 * half + 1) / shrink / _STEP) * _STEP
    window = cut_square(image, left, top, pixels * shrink)
    if shrink > 1:
        window = np.asarray(Image.fromarray(window).reduce(shrink))
    step = square.side / size / shrink
    cos, sin = math.cos(square.angle) * step, math.sin(square.angle) * step
    x, y = (square.x - left) / shrink, (square.y - top) / shrink
    with on_cpu():
        crop = _sample(window, np.array([cos, sin, x, y], np.float32), size=size)
        return np.asarray(crop)


_STEP = 64
"""Pixels from one size of a window to the next."""


@functools.partial(jax.jit, static_argnames="size")
def _sample(window: jax.Array, place: jax.Array, *, size: int) -> jax.Array:
    """Return pixels of a window `[side, side, 3]` around a point, in steps, turned.

    Args:
        window: uint8.
        place: the step along a row of the result, in x and y; the point, in the window's area.
        size: height and width of the result.
    """
    cos, sin, centre_x, centre_y = place
    # Whole grids: of rows and columns XLA makes slower code.
    down, along = jnp.mgrid[:size, :size].astype(jnp.float32) - (size - 1) / 2
    # From the area, where the first pixel has its centre at a half.
    x = cos * along - sin * down + centre_x - 0.5
    y = sin * along + cos * down + centre_y - 0.5
    side = window.shape[0]
    column, row = (jnp.clip(jnp.floor(value), 0, side - 2) for value in (x, y))
    right, below = (x - column)[..., None], (y - row)[..., None]
    pixels = window.reshape(-1, 3)
    first = row.astype(jnp.int32) * side + column.astype(jnp.int32)

    def at(index: jax.Array) -> jax.Array:
        return pixels.at[index].get(mode="promise_in_bounds").astype(jnp.float32)

    upper = at(first) + (at(first + 1) - at(first)) * right
    lower = at(first + side) + (at(first + side + 1) - at(first + side)) * right
    return jnp.floor(upper + (lower - upper) * below + 0.5).astype(jnp.uint8)
