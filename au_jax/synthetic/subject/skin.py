"""Skin: its tone, blood, pores, freckles, moles and lips, as albedo on the canonical plane."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from au_jax.synthetic.primitives.bumps import MIDLINE, bell
from au_jax.synthetic.primitives.colour import coloured, over
from au_jax.synthetic.primitives.smoothing import grain, white_noise
from au_jax.synthetic.subject import mouth
from au_jax.synthetic.subject.identity import Identity

# sRGB of skin under neutral light, from fair to deep.
_TONES = np.array(
    [
        (233, 198, 180),
        (226, 184, 160),
        (214, 168, 140),
        (196, 146, 114),
        (176, 125, 93),
        (150, 103, 75),
        (121, 81, 59),
        (92, 60, 45),
        (68, 45, 36),
    ],
    np.float64,
)


# How blood and the shade between the lips take from each colour.
_BLOOD = np.array([-0.03, -0.20, -0.17], np.float32)
_SEAM = np.array([0.8, 0.9, 0.9], np.float32)


class Skin(NamedTuple):
    """Skin drawn on points of the mean face.

    Attributes:
        albedo: linear RGB `[p, 3]`.
        relief: height of pores and unevenness `[p]`.
        gloss: strength of highlights `[p]`.
    """

    albedo: jax.Array
    relief: jax.Array
    gloss: jax.Array


def tone(identity: Identity) -> jax.Array:
    """Return the linear RGB of this subject's skin, `[3]`."""
    levels = jnp.asarray(((_TONES / 255.0) ** 2.2).astype(np.float32))
    position = identity.melanin * (len(_TONES) - 1)
    grid = jnp.arange(len(_TONES), dtype=jnp.float32)
    base = jnp.stack([jnp.interp(position, grid, levels[:, c]) for c in range(3)])
    return base * (1.0 + identity.undertone * jnp.array([0.012, -0.018, 0.045]))


def paint(points: jax.Array, identity: Identity) -> Skin:
    """Paint the skin of the face at the fine grid's `points` on the mean face, `[p, 2]`."""
    noise = white_noise(jax.random.fold_in(identity.key, 1), 7)
    blood = identity.redness * _flush(points)
    blood += 0.22 * identity.mottle * grain(noise[0], 9.0, 9.0)
    blood += 0.14 * identity.mottle * grain(noise[1], 3.0, 3.0)
    own_tone = jnp.broadcast_to(tone(identity), (len(points), 3))
    albedo = own_tone * jnp.exp(coloured(blood, _BLOOD))
    uneven = grain(noise[2], 5.0, 5.0)
    shade = 0.035 * uneven
    fine = grain(noise[3], 0.9, 0.9)
    shade += 0.022 * identity.pores * fine
    shade -= 0.26 * _around_eyes(points) * (0.4 + 0.6 * identity.age + 0.4 * identity.bags)
    shade -= 1.5 * _blob(jnp.abs(points[:, 0] - MIDLINE), points[:, 1], 7.8, 118.6, 2.7, 1.3)
    shade -= _spots(noise[4:6], points, identity)
    albedo = albedo * jnp.exp(shade)[:, None]
    lips = mouth.red_part(points, identity)
    lines = grain(noise[6], 0.8, 3.5)
    lip_tint = coloured(jnp.exp(0.05 * lines), _lip_colour(identity))
    albedo = over(albedo, lip_tint, lips)
    albedo *= 1.0 - coloured(mouth.seam_shade(points, identity), _SEAM)
    relief = identity.pores * 0.055 * fine + 0.07 * uneven
    relief = relief * (1 - lips) + lips * 0.14 * lines
    return Skin(albedo, relief, _gloss(points, identity, lips))


def _lip_colour(identity: Identity) -> jax.Array:
    """Return the linear RGB of the red parts of the lips, `[3]`."""
    bare = 0.9 * tone(identity)
    fair = tone(identity) * jnp.array([0.74, 0.38, 0.40])
    deep = tone(identity) * jnp.array([0.92, 0.72, 0.78])
    share = jax.nn.sigmoid((identity.melanin - 0.6) / 0.08)
    full = fair + share * (deep - fair)
    return bare + (0.35 + 0.65 * identity.lip_colour) * (full - bare)


def _flush(points: jax.Array) -> jax.Array:
    side, down = jnp.abs(points[:, 0] - MIDLINE), points[:, 1]
    return (
        0.9 * _blob(side, down, 45, 104, 17, 16)
        + 0.9 * _blob(side, down, 0, 106, 13, 12)
        + 0.5 * _blob(side, down, 15, 114, 6, 7)
        + 0.4 * _blob(side, down, 0, 184, 16, 10)
        + 0.35 * _blob(side, down, 38, 58, 18, 8)
        + 0.2 * _blob(side, down, 0, 20, 40, 16)
    )


def _around_eyes(points: jax.Array) -> jax.Array:
    side, down = jnp.abs(points[:, 0] - MIDLINE), points[:, 1]
    under = _blob(side, down, 34, 73, 13, 5)
    return under + 0.8 * _blob(side, down, 23, 63, 7, 8) + 0.4 * _blob(side, down, 38, 54, 16, 5)


def _spots(noise: jax.Array, points: jax.Array, identity: Identity) -> jax.Array:
    side, down = jnp.abs(points[:, 0] - MIDLINE), points[:, 1]
    where = _blob(side, down, 30, 96, 34, 22)
    field = grain(noise[0], 1.1, 1.1) + 0.6 * grain(noise[1], 6.0, 6.0)
    freckles = 0.3 * identity.freckles * where * jax.nn.sigmoid((field - 1.3) / 0.25)
    size = jnp.array([1.0, 1.5, 0.9, 1.2, 0.8])
    present = jnp.array([0.35, 0.6, 0.7, 0.8, 0.9]) < identity.moles
    away = points[None, :, :] - identity.mole_centres[:, None, :]
    distance = jnp.sum(away**2, axis=-1) / size[:, None] ** 2
    moles = jnp.where(present[:, None], jnp.exp(-(distance**2) / 4.0), 0.0)
    return freckles + 1.1 * jnp.sum(moles, axis=0)


def _gloss(points: jax.Array, identity: Identity, lips: jax.Array) -> jax.Array:
    side, down = jnp.abs(points[:, 0] - MIDLINE), points[:, 1]
    oily = (
        _blob(side, down, 0, 10, 40, 16)
        + 1.2 * _blob(side, down, 0, 90, 10, 28)
        + 0.7 * _blob(side, down, 42, 92, 16, 12)
        + 0.5 * _blob(side, down, 0, 184, 14, 10)
    )
    return identity.gloss * (0.35 + 0.65 * jnp.minimum(oily, 1.2)) * (1 - lips) + lips * 1.1


def _blob(
    side: jax.Array, down: jax.Array, x: float, y: float, width: float, height: float
) -> jax.Array:
    return bell(side, x, width) * bell(down, y, height)
