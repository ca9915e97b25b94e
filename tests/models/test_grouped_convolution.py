from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from au_jax.models.grouped_convolution import GroupedConv


@pytest.mark.parametrize(
    ("groups", "side", "stride", "padding"),
    [(1, 3, 1, 1), (2, 5, 1, 2), (2, 3, 2, 0), (3, 3, 1, 1)],
)
def test_equals_feature_group_count(groups, side, stride, padding):
    module = GroupedConv(
        features=12, kernel_size=side, stride=stride, padding=padding, groups=groups
    )
    rng = np.random.default_rng(0)
    images = jnp.asarray(rng.normal(size=(2, 9, 8, 6)), jnp.float32)
    params = {
        "kernel": jnp.asarray(rng.normal(size=(side, side, 6 // groups, 12)), jnp.float32),
        "bias": jnp.asarray(rng.normal(size=12), jnp.float32),
    }

    def ours(params, images) -> Any:
        return module.apply({"params": params}, images)

    def reference(params, images):
        outputs = jax.lax.conv_general_dilated(
            images,
            params["kernel"],
            (stride, stride),
            [(padding, padding)] * 2,
            dimension_numbers=("NHWC", "HWIO", "NHWC"),
            feature_group_count=groups,
        )
        return outputs + params["bias"].reshape(1, 1, 1, -1)

    expected = reference(params, images)
    weights = jnp.asarray(rng.normal(size=expected.shape), jnp.float32)
    np.testing.assert_allclose(ours(params, images), expected, rtol=1e-4, atol=1e-4)

    def gradients(function):
        loss = jax.grad(lambda p, x: jnp.sum(function(p, x) * weights), argnums=(0, 1))
        return jax.jit(loss)(params, images)

    jax.tree.map(
        lambda a, b: np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-3),
        gradients(ours),
        gradients(reference),
    )


def test_groups_that_do_not_divide_are_an_error():
    module = GroupedConv(features=4, kernel_size=3, groups=2, name="conv2")
    with pytest.raises(ValueError, match="conv2: 2 groups must divide the 3 input channels"):
        module.init(jax.random.key(0), jnp.ones((1, 5, 5, 3)))
