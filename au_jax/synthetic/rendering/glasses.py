"""Glasses: rims, bridge and temples before the eyes, and a reflection on the lenses."""

from typing import NamedTuple

import jax
import jax.numpy as jnp

from au_jax.synthetic.subject.identity import Identity

DISTANCE = 12.0
"""How far the lenses are before the eyes, canonical units."""


class Glasses(NamedTuple):
    """Glasses per pixel, all 0 to 1.

    Attributes:
        frame: where rims, bridge and temples are.
        shadow: how much they darken the skin.
        reflection: of the sky on the lenses.
    """

    frame: jax.Array
    shadow: jax.Array
    reflection: jax.Array


def draw(offset: jax.Array, identity: Identity) -> Glasses:
    """Draw one half of a pair of glasses.

    Args:
        offset: `[..., 2]`, position relative to the eye on that side, x towards the nose.
        identity: who wears them; all is zero for those who wear none.
    """
    x, y = offset[..., 0] + 1.5, offset[..., 1] - 4.5
    half_width, half_height = 27.0 * identity.glasses_size, 19.5 * identity.glasses_size
    power = 5.0 - 2.6 * identity.glasses_round
    x_share, y_share = jnp.abs(x / half_width) + 1e-4, jnp.abs(y / half_height) + 1e-4
    # (a^p + b^p)^(1/p) by way of the larger term, with two powers instead of three.
    larger, smaller = jnp.maximum(x_share, y_share), jnp.minimum(x_share, y_share)
    radius = larger * jnp.exp(jnp.log1p((smaller / larger) ** power) / power)
    edge = (radius - 1.0) * half_height
    thick = 1.0 + 0.9 * identity.glasses_round
    rim = jax.nn.sigmoid((thick - jnp.abs(edge)) / 0.4)
    bridge = _bar(y + 6.0 + 0.02 * (x - 40.0) ** 2, 1.4) * (x > half_width)
    temple = _bar(y + 8.0, 1.8) * (x < -half_width)
    frame = identity.glasses * jnp.maximum(rim, jnp.maximum(bridge, temple))
    below = jnp.exp(-0.5 * ((edge - 3.0) / 2.2) ** 2) * jax.nn.sigmoid((y - 4.0) / 4.0)
    streak = jnp.exp(-(((x - 0.5 * y + 9.0) / 6.0) ** 2)) * jax.nn.sigmoid(-edge / 0.5)
    return Glasses(frame, 0.35 * identity.glasses * below, 0.05 * identity.glasses * streak)


def _bar(off_axis: jax.Array, half: float) -> jax.Array:
    return jax.nn.sigmoid((half - jnp.abs(off_axis)) / 0.4)
