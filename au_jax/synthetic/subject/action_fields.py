"""What each side of each action unit adds to a subject's face, as fields over the mean face."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from au_jax.faces.mean_shape import MEAN_SHAPE, STABLE_POINTS
from au_jax.synthetic.expression import combination
from au_jax.synthetic.primitives import bumps, furrows
from au_jax.synthetic.subject import eyes, mouth
from au_jax.synthetic.subject.identity import Identity

NUM_FIELDS = 2 * len(combination.RENDERED_AUS)
"""Left and right of each of `RENDERED_AUS`, in this order."""

UPPER_PARTS = (bumps.BOTH, bumps.UPPER_LID, bumps.UPPER_LIP)
LOWER_PARTS = (bumps.BOTH, bumps.LOWER_LID, bumps.LOWER_LIP)

_BUMPS = bumps.mirrored(combination.BUMPS, separate_sides=True)
# Most bumps only move the skin sideways; these also raise or redden it.
_RAISING = bumps.BumpArrays(*(part[np.any(_BUMPS.effect[:, 2:] != 0.0, axis=1)] for part in _BUMPS))
_FURROWS = furrows.mirrored(combination.FURROWS, separate_sides=True)
_BLINK = 2 * combination.RENDERED_AUS.index(45)
# Points of the upper lid and of the upper lip among the 68.
_UPPER_LANDMARKS = (37, 38, 43, 44, 49, 50, 51, 52, 53, 61, 62, 63)

# Spread of a subject's furrows around the drawn ones: offsets, and log factors.
_OFFSET = np.array([1.5, 1.0, 0.1, 0.0, 0.6, 0.0, 0.0, 0.0, 0.0], np.float32)
_FACTOR = np.array([0.0, 0.0, 0.0, 0.12, 0.0, 0.12, 0.22, 0.2, 0.2], np.float32)

# Share of an expression's furrows that stays in an old face at rest.
_RESTING = {1: 0.13, 2: 0.13, 4: 0.16, 6: 0.18}


class Relief(NamedTuple):
    """What the units add to the surface.

    Attributes:
        height: `[NUM_FIELDS, p]`.
        groove: depth of furrows `[NUM_FIELDS, p]`.
        blood: reddening `[NUM_FIELDS, p]`.
        resting_height: folds that stay when nothing moves `[p]`.
        resting_groove: `[p]`.
    """

    height: jax.Array
    groove: jax.Array
    blood: jax.Array
    resting_height: jax.Array
    resting_groove: jax.Array


def displacement(points: jax.Array, identity: Identity, parts: tuple[int, ...]) -> jax.Array:
    """Return how each field moves `points` `[p, 2]` of the mean face, `[NUM_FIELDS, p, 2]`.

    Args:
        points: positions on the mean face.
        identity: whose face.
        parts: which bumps take part, `UPPER_PARTS` for what lies above an opening, `LOWER_PARTS`
            for what lies below.
    """
    weights = _weights(_BUMPS, points, identity, parts)
    moved = jnp.stack([bumps.gathered(_BUMPS, c, weights, NUM_FIELDS) for c in (0, 1)], axis=-1)
    aperture = (identity.upper_lid + identity.lower_lid) / eyes.MEAN_APERTURE
    return moved.at[_BLINK : _BLINK + 2].multiply(aperture)


def landmark_displacement(identity: Identity) -> jax.Array:
    """Return how each field moves the landmarks of the alignment, `[NUM_FIELDS, 49, 2]`."""
    points = jnp.asarray(MEAN_SHAPE[STABLE_POINTS], jnp.float32)
    upper = np.isin(STABLE_POINTS, _UPPER_LANDMARKS)[:, None]
    return jnp.where(
        upper,
        displacement(points, identity, UPPER_PARTS),
        displacement(points, identity, LOWER_PARTS),
    )


def relief(points: jax.Array, identity: Identity) -> Relief:
    """Return bulges, furrows and reddening at `points` `[p, 2]` of the mean face."""
    weights = _weights(_RAISING, points, identity, UPPER_PARTS + LOWER_PARTS)
    bulges = bumps.gathered(_RAISING, 2, weights, NUM_FIELDS)
    blood = bumps.gathered(_RAISING, 3, weights, NUM_FIELDS)
    deviation = identity.furrow_variation
    lines = jnp.asarray(_FURROWS.lines) + deviation * _OFFSET[None]
    lines = lines * jnp.exp(deviation * _FACTOR[None])
    each_height, each_groove = furrows.heights(lines, _FURROWS.flip, points)
    owners = np.zeros((NUM_FIELDS, len(_FURROWS.owner)), np.float32)
    owners[_FURROWS.owner, np.arange(len(_FURROWS.owner))] = 1.0
    folds = jnp.asarray(owners) @ each_height * identity.wrinkling
    grooves = jnp.asarray(owners) @ each_groove * identity.wrinkling
    resting = _resting(identity)
    return Relief(bulges + folds, grooves, blood, resting @ folds, resting @ grooves)


def _resting(identity: Identity) -> jax.Array:
    """Return how much of each field's furrows shows when nothing moves, `[NUM_FIELDS]`."""
    aged = np.zeros(NUM_FIELDS, np.float32)
    for au, share in _RESTING.items():
        first = 2 * combination.RENDERED_AUS.index(au)
        aged[first : first + 2] = share
    smile = np.zeros(NUM_FIELDS, np.float32)
    first = 2 * combination.RENDERED_AUS.index(12)
    smile[first : first + 2] = 0.45
    return jnp.asarray(aged) * identity.age**1.5 + jnp.asarray(smile) * identity.nasolabial


def _weights(
    some: bumps.BumpArrays, points: jax.Array, identity: Identity, parts: tuple[int, ...]
) -> jax.Array:
    """Return how strongly each bump acts at `points`, `[bumps, p]`."""
    lid, lip = eyes.window(points, identity), mouth.window(points)
    windows = jnp.stack([jnp.ones_like(lid), lid, lid, lip, lip])
    taking_part = np.isin(some.part, parts)[:, None].astype(np.float32)
    return bumps.profiles(some, points) * windows[some.part] * taking_part
