"""Initial parameters of a network, compiled once for all folds."""

import functools

import jax
from flax import linen as nn

from au_jax.system.pytree import PyTree


@functools.partial(jax.jit, static_argnums=0)
def initial_parameters(network: nn.Module, key: jax.Array, *examples: jax.Array) -> PyTree:
    """Return parameters of a network that takes arrays and the keyword `train`.

    Args:
        network: the network, hashable.
        key: decides all draws.
        examples: arrays of the shapes and dtypes that the network will be called with.
    """
    return network.init(key, *examples, train=False)["params"]
