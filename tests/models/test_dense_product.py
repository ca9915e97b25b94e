import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import linen as nn

from au_jax.models.dense_product import dense_product


def test_a_dense_layer_equals_its_default_in_value_and_gradient():
    rng = np.random.default_rng(0)
    inputs, kernel, weights = (
        jnp.asarray(rng.normal(size=shape), jnp.float32) for shape in ((4, 6), (6, 3), (4, 3))
    )
    params = {"params": {"kernel": kernel, "bias": jnp.arange(3.0)}}

    def loss(inputs, params, layer):
        return jnp.sum(jnp.square(layer.apply(params, inputs)) * weights)

    gradient = jax.jit(jax.value_and_grad(loss, argnums=(0, 1)), static_argnums=2)
    actual, expected = (
        gradient(inputs, params, layer)
        for layer in (nn.Dense(3, dot_general=dense_product), nn.Dense(3))
    )
    jax.tree.map(lambda a, b: np.testing.assert_allclose(a, b, rtol=1e-4), actual, expected)


def test_other_products_are_an_error():
    with pytest.raises(ValueError, match="only"):
        nn.Dense(3, dot_general=dense_product).init(jax.random.key(0), jnp.ones((2, 4, 6)))
