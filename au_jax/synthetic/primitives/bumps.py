"""Smooth local displacements, the first of the two primitives that faces are made of.

A bump pushes the skin around its centre by a vector (right, down, towards the camera) and may
redden or blanch it, weakening like a Gaussian. Bumps are written down for the left half of the
picture; `mirrored` adds the right half. A bump may act on one lid or one lip only: then it fades
towards the corners of the eye or mouth, where lids and lips meet.
"""

from collections.abc import Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

BOTH = 0
UPPER_LID = 1
LOWER_LID = 2
UPPER_LIP = 3
LOWER_LIP = 4

MIDLINE = 100.0


class Bump(NamedTuple):
    """One bump, in units of the canonical plane.

    Attributes:
        x: centre.
        y: centre.
        rx: standard deviation along x.
        ry: standard deviation along y.
        dx: displacement to the right at the centre.
        dy: displacement down at the centre.
        dz: displacement towards the camera at the centre.
        blood: reddening (negative: blanching) at the centre.
        part: `BOTH` sides of the openings, or one lid or lip.
    """

    x: float
    y: float
    rx: float
    ry: float
    dx: float = 0.0
    dy: float = 0.0
    dz: float = 0.0
    blood: float = 0.0
    part: int = BOTH


class BumpArrays(NamedTuple):
    """Bumps as arrays.

    Attributes:
        centre: `[n, 2]`.
        radius: `[n, 2]`.
        effect: `[n, 4]`, displacement and reddening.
        part: `[n]`, what the bump acts on.
        owner: `[n]`, the index of the parameter that drives it.
    """

    centre: np.ndarray
    radius: np.ndarray
    effect: np.ndarray
    part: np.ndarray
    owner: np.ndarray


def mirrored(tables: Sequence[Sequence[Bump]], separate_sides: bool) -> BumpArrays:
    """Stack the bumps of several parameters and add their mirror images.

    Args:
        tables: for each parameter its bumps in the left half or on the midline. A bump on the
            midline counts half on either side.
        separate_sides: if true parameter `i` owns index `2 i` (left) and `2 i + 1` (right),
            otherwise both halves belong to index `i`.
    """
    rows, owners = [], []
    for index, table in enumerate(tables):
        for bump in table:
            share = 0.5 if bump.x == MIDLINE else 1.0
            effect = share * np.array([bump.dx, bump.dy, bump.dz, bump.blood])
            for side, sign in enumerate((1.0, -1.0)):
                x = MIDLINE + sign * (bump.x - MIDLINE)
                flipped = effect * np.array([sign, 1.0, 1.0, 1.0])
                rows.append((x, bump.y, bump.rx, bump.ry, *flipped, bump.part))
                owners.append(2 * index + side if separate_sides else index)
    data = np.array(rows, np.float32)
    return BumpArrays(
        data[:, 0:2], data[:, 2:4], data[:, 4:8], data[:, 8].astype(np.int32), np.array(owners)
    )


def bell(value: jax.Array, centre: jax.Array | float, spread: jax.Array | float) -> jax.Array:
    """Return a Gaussian of height 1 with standard deviation `spread` around `centre`."""
    return jnp.exp(-0.5 * ((value - centre) / spread) ** 2)


def profiles(bumps: BumpArrays, points: jax.Array) -> jax.Array:
    """Return the height of each bump's bell, 1 at its centre, `[n, p]` for points `[p, 2]`."""
    centre, radius = jnp.asarray(bumps.centre), jnp.asarray(bumps.radius)
    along_x = (points[None, :, 0] - centre[:, :1]) / radius[:, :1]
    along_y = (points[None, :, 1] - centre[:, 1:]) / radius[:, 1:]
    return jnp.exp(-0.5 * (along_x**2 + along_y**2))


def gathered(bumps: BumpArrays, component: int, weights: jax.Array, owners: int) -> jax.Array:
    """Sum what the bumps of each owner do.

    Args:
        bumps: n bumps.
        component: 0 right, 1 down, 2 towards the camera, 3 reddening.
        weights: `[n, p]`, how strongly each bump acts at each point.
        owners: the number of parameters.

    Returns:
        The component of each owner's effect, `[owners, p]`.
    """
    assignment = np.zeros((owners, len(bumps.owner)), np.float32)
    assignment[bumps.owner, np.arange(len(bumps.owner))] = bumps.effect[:, component]
    used = np.flatnonzero(np.any(assignment != 0.0, axis=0))
    return jnp.asarray(assignment[:, used]) @ weights[used]
