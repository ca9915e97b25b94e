"""Rounding and products that a compiler must not simplify, and that no platform may coarsen.

A detector computes these with NumPy on the host; in one program with the networks they need a word.
"""

import jax
import jax.numpy as jnp
import numpy as np


def rounded(values: jax.Array, stored: np.dtype | None) -> jax.Array:
    """Return values as they are after being stored in another type, float32 as before.

    Args:
        values: float32, of any shape.
        stored: float16 or float32, or None for what is not stored.

    Raises:
        ValueError: for a type that no model stores.
    """
    if stored is None or stored == np.dtype(np.float32):
        return values
    if stored != np.dtype(np.float16):
        raise ValueError(f"features are stored as {stored}: known are float16 and float32")
    # XLA may drop a conversion there and back, which it takes for lost precision.
    half = jax.lax.optimization_barrier(values.astype(jnp.float16))
    return half.astype(jnp.float32)


def product(left: jax.Array, right: jax.Array) -> jax.Array:
    """Return the matrix product in float32 also where the usual one is in TF32 or bfloat16."""
    return jnp.matmul(left, right, precision=jax.lax.Precision.HIGHEST)
