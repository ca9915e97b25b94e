"""Furrows, the second primitive that faces are made of: a groove in the skin and its rims.

A furrow runs along a gently bent line. Across it the skin sinks like a Gaussian and may swell on
either side. Furrows are written down for the left half of the picture; `mirrored` adds the right.
"""

from collections.abc import Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from au_jax.synthetic.primitives.bumps import MIDLINE, bell

RIM_DISTANCE = 2.3
"""Distance of the crest of a rim from the bottom of the groove, in groove widths."""
RIM_WIDTH = 1.4
"""Standard deviation of a rim, in groove widths."""


class Furrow(NamedTuple):
    """One furrow, in units of the canonical plane.

    Attributes:
        x: middle of the line.
        y: middle of the line.
        angle: direction of the line in degrees, 0 to the right, 90 down.
        length: half of its length.
        bend: how far its ends lie off the tangent at the middle, towards `angle + 90`.
        width: standard deviation of the groove.
        depth: depth of the groove.
        far: height of the rim on the side `angle + 90`.
        near: height of the rim on the other side.
    """

    x: float
    y: float
    angle: float
    length: float
    bend: float
    width: float
    depth: float
    far: float = 0.0
    near: float = 0.0


class FurrowArrays(NamedTuple):
    """Furrows as arrays.

    Attributes:
        lines: `[n, 9]`, the attributes of `Furrow` in order, angle in radians.
        flip: `[n]`, -1 for mirror images (their far side is to the other hand).
        owner: `[n]`, the index of the parameter that drives it.
    """

    lines: np.ndarray
    flip: np.ndarray
    owner: np.ndarray


def mirrored(tables: Sequence[Sequence[Furrow]], separate_sides: bool) -> FurrowArrays:
    """Stack the furrows of several parameters and add their mirror images.

    Args:
        tables: for each parameter its furrows in the left half.
        separate_sides: as for `bumps.mirrored`.
    """
    rows, flips, owners = [], [], []
    for index, table in enumerate(tables):
        for furrow in table:
            for side, sign in enumerate((1.0, -1.0)):
                # The mirror image keeps its angle; `line_coordinates` mirrors the plane instead.
                rows.append((*furrow[:2], np.deg2rad(furrow.angle), *furrow[3:]))
                flips.append(sign)
                owners.append(2 * index + side if separate_sides else index)
    return FurrowArrays(np.array(rows, np.float32), np.array(flips, np.float32), np.array(owners))


def heights(lines: jax.Array, flip: np.ndarray, points: jax.Array) -> tuple[jax.Array, jax.Array]:
    """Draw furrows.

    Args:
        lines: `[n, 9]`, the lines of `FurrowArrays`, perhaps varied for a subject.
        flip: `[n]`, -1 where the furrow is a mirror image.
        points: `[p, 2]`.

    Returns:
        The change of height and the depth of the groove (never negative), both `[n, p]`.
    """
    x, y, angle, length, bend, width, depth, far, near = jnp.split(lines, 9, axis=1)
    mirrored_x = MIDLINE + jnp.asarray(flip)[:, None] * (points[None, :, 0] - MIDLINE)
    right, down = mirrored_x - x, points[None, :, 1] - y
    along = (right * jnp.cos(angle) + down * jnp.sin(angle)) / length
    across = -right * jnp.sin(angle) + down * jnp.cos(angle) - bend * along**2
    across = across / width
    fade = jnp.exp(-(along**4))

    groove = depth * bell(across, 0.0, 1.0) * fade
    far_rim = far * bell(across, RIM_DISTANCE, RIM_WIDTH)
    near_rim = near * bell(across, -RIM_DISTANCE, RIM_WIDTH)
    return (far_rim + near_rim) * fade - groove, groove
