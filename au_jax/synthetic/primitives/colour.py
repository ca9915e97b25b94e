"""Colours over fields: products and layers, with every broadcast written out."""

import jax
import jax.numpy as jnp
import numpy as np


def coloured(values: jax.Array, colour: jax.Array | np.ndarray) -> jax.Array:
    """Return `values` `[...]` times each component of `colour` `[c]`, `[..., c]`."""
    return values[..., None] * jnp.broadcast_to(colour, (*values.shape, colour.shape[0]))


def over(below: jax.Array, layer: jax.Array | np.ndarray, cover: jax.Array) -> jax.Array:
    """Lay one colour or picture over another.

    Args:
        below: `[..., c]`.
        layer: `[..., c]`, or one colour `[c]`.
        cover: where the layer hides what is below, 0 to 1, `[...]`.
    """
    return below + cover[..., None] * (jnp.broadcast_to(layer, below.shape) - below)
