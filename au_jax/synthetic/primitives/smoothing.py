"""Gaussian smoothing of fields on the fine grid, and smooth noise."""

import functools

import jax
import jax.numpy as jnp
import numpy as np

from au_jax.synthetic.primitives.canonical import EXTENT


def smoothed(field: jax.Array, spread: float) -> jax.Array:
    """Smooth a field `[EXTENT, EXTENT]`; beyond its borders it counts as going on evenly.

    Args:
        field: on the fine grid.
        spread: standard deviation of the Gaussian in canonical units.
    """
    kernel = jnp.asarray(_averaging(spread))
    return kernel @ field @ kernel.T


def white_noise(key: jax.Array, sheets: int) -> jax.Array:
    """Return independent Gaussian noise of unit variance, `[sheets, EXTENT, EXTENT]`."""
    return jax.random.normal(key, (sheets, EXTENT, EXTENT))


def grain(noise: jax.Array, spread_x: float, spread_y: float) -> jax.Array:
    """Smooth one sheet of white noise so that it keeps unit variance.

    Args:
        noise: `[EXTENT, EXTENT]`.
        spread_x: standard deviation of the smoothing along x in canonical units.
        spread_y: the same along y.

    Returns:
        `[EXTENT * EXTENT]`.
    """
    across, down = jnp.asarray(_unit_variance(spread_x)), jnp.asarray(_unit_variance(spread_y))
    return (down @ noise @ across.T).ravel()


@functools.cache
def _averaging(spread: float) -> np.ndarray:
    distance = np.arange(EXTENT)[:, None] - np.arange(EXTENT)[None, :]
    kernel = np.exp(-0.5 * (distance / spread) ** 2)
    return (kernel / kernel.sum(axis=1, keepdims=True)).astype(np.float32)


@functools.cache
def _unit_variance(spread: float) -> np.ndarray:
    """Return a circulant filter that leaves the variance of white noise as it is."""
    offset = np.arange(EXTENT)
    distance = np.minimum(offset, EXTENT - offset)
    kernel = np.exp(-0.5 * (distance / spread) ** 2)
    kernel /= np.sqrt(np.sum(kernel**2))
    return kernel[(offset[:, None] - offset[None, :]) % EXTENT].astype(np.float32)
