"""L2 normalisation of feature and score vectors."""

import jax
import jax.numpy as jnp


def l2_normalise(vectors: jax.Array, epsilon: float = 1e-12) -> jax.Array:
    """Return `v / sqrt(max(Σ v², epsilon))` along the last axis.

    A zero vector stays zero, with a finite gradient.

    Args:
        vectors: `[..., feature]`.
        epsilon: smallest squared length that is divided by.
    """
    squared_length = jnp.sum(jnp.square(vectors), axis=-1, keepdims=True)
    return vectors * jax.lax.rsqrt(jnp.maximum(squared_length, jnp.asarray(epsilon, vectors.dtype)))
