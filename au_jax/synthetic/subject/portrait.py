"""The head as a painter would do it: neck, ears, skin, brows, beard and hair, layer by layer."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from au_jax.synthetic.primitives.bumps import MIDLINE
from au_jax.synthetic.primitives.colour import coloured, over
from au_jax.synthetic.subject import eyes, hair, head, skin
from au_jax.synthetic.subject.identity import Identity

_LASHES = np.array([0.86, 0.90, 0.90], np.float32)


class Portrait(NamedTuple):
    """What the head looks like before light falls on it.

    Attributes:
        albedo: linear RGB `[p, 3]`.
        cover: where the head hides the background, 0 to 1, `[p]`.
        gloss: strength of highlights `[p]`.
        relief: height of pores and hair `[p]`.
    """

    albedo: jax.Array
    cover: jax.Array
    gloss: jax.Array
    relief: jax.Array


def paint(points: jax.Array, identity: Identity) -> Portrait:
    """Paint a head at the fine grid's `points`, given as positions on the mean face, `[p, 2]`."""
    inside = head.inside_outline(points)
    face = jax.nn.sigmoid(inside / 0.6)
    bare = skin.paint(points, identity)
    albedo, face_hair = hair.paint(bare.albedo, points, identity)
    albedo *= 1.0 - coloured(eyes.lash_shade(points, identity), _LASHES)
    head_hair, strands = hair.head_hair(points, inside, identity)
    neck, neck_colour = _neck(points, inside, identity)
    ear, ear_colour = _ear(points, identity)
    colour = neck_colour
    for cover, layer in ((ear, ear_colour), (face, albedo), (head_hair, strands)):
        colour = over(colour, layer, cover)
    skin_only = face * (1.0 - head_hair)
    return Portrait(
        albedo=colour,
        cover=1.0 - (1.0 - face) * (1.0 - ear) * (1.0 - neck) * (1.0 - head_hair),
        gloss=bare.gloss * skin_only * (1.0 - face_hair),
        relief=bare.relief * skin_only,
    )


def _neck(points: jax.Array, inside: jax.Array, identity: Identity) -> tuple[jax.Array, jax.Array]:
    """Return cover and colour of the neck; the jaw keeps it in shade."""
    side, down = jnp.abs(points[:, 0] - MIDLINE), points[:, 1]
    cover = jax.nn.sigmoid((60.0 - side) / 1.0) * jax.nn.sigmoid((down - 120.0) / 2.0)
    below = jnp.clip(-inside / 10.0, 0.0, 2.0)
    colour = skin.tone(identity) * jnp.array([0.60, 0.55, 0.53])
    return cover, coloured(0.55 + 0.1 * below, colour)


def _ear(points: jax.Array, identity: Identity) -> tuple[jax.Array, jax.Array]:
    """Return cover and colour of the ears, redder than the face and darker inside."""
    side, down = jnp.abs(points[:, 0] - MIDLINE), points[:, 1]
    radius = jnp.hypot((side - 89.5) / 8.0, (down - 90.0) / 25.0)
    cover = jax.nn.sigmoid((1.0 - radius) * 8.0 / 0.7)
    rim = jnp.clip(2.0 * jnp.abs(radius - 0.55), 0.0, 1.0)
    colour = skin.tone(identity) * jnp.array([0.85, 0.62, 0.58])
    return cover, coloured(0.55 + 0.5 * rim, colour)
