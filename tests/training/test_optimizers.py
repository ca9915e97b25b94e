import math
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from au_jax.settings import RmsPropConfig, SgdConfig
from au_jax.training.optimizers import (
    Adam,
    RmsProp,
    SgdMomentum,
    hyperparameters,
    with_plateau_scale,
)


def descend(optimizer, params: Any, gradients: Any, scales=()) -> Any:
    """Parameters and learning rates after steps; `scales` are set before each of them."""
    transformation = optimizer.transformation()
    state, rates = transformation.init(params), []
    for step, gradient in enumerate(gradients):
        if scales:
            state = with_plateau_scale(state, jnp.float32(scales[step]))
        updates, state = jax.jit(transformation.update)(gradient, state, params)
        params = optax.apply_updates(params, updates)
        rates.append(float(hyperparameters(state)["learning_rate"]))
    return params, rates


def test_sgd_decays_kernels_only_and_doubles_the_rate_of_biases():
    params = {"kernel": jnp.array([2.0]), "bias": jnp.array([1.0])}
    gradients = [{"kernel": jnp.array([0.5]), "bias": jnp.array([0.25])}] * 3
    config = SgdConfig(learning_rate=0.01, momentum=0.9, weight_decay=0.1)
    result, _ = descend(SgdMomentum(config, steps=3), params, gradients)
    kernel, bias, v_kernel, v_bias = 2.0, 1.0, 0.0, 0.0
    for _ in range(3):
        v_kernel = 0.9 * v_kernel + 0.5 + 0.1 * kernel
        v_bias = 0.9 * v_bias + 2 * 0.25
        kernel, bias = kernel - 0.01 * v_kernel, bias - 0.01 * v_bias
    np.testing.assert_allclose(result["kernel"], [kernel], rtol=1e-6)
    np.testing.assert_allclose(result["bias"], [bias], rtol=1e-6)


def test_rmsprop_clips_then_divides_by_the_running_root_mean_square():
    gradients = [3.0, -40.0, 0.5]
    config = RmsPropConfig(learning_rate=0.1, rms_decay=0.95, gradient_clip=5.0)
    result, _ = descend(
        RmsProp(config, steps=3, steps_per_epoch=1),
        {"kernel": jnp.array([1.0])},
        [{"kernel": jnp.array([g])} for g in gradients],
    )
    value, mean_square = 1.0, 0.0
    for gradient in np.clip(gradients, -5, 5):
        mean_square = 0.95 * mean_square + 0.05 * gradient**2
        value -= 0.1 * gradient / np.sqrt(mean_square + 1e-8)
    np.testing.assert_allclose(result["kernel"], [value], rtol=1e-5)


def test_learning_rate_warms_up_linearly_and_falls_along_half_a_cosine():
    config = SgdConfig(learning_rate=0.2, warm_up_steps=4, cosine_decay=True)
    gradients = [{"kernel": jnp.array([1.0])}] * 16
    _, rates = descend(SgdMomentum(config, steps=16), {"kernel": jnp.array([1.0])}, gradients)
    warm = [0.25, 0.5, 0.75, *[1.0] * 13]
    cosine = [(1 + math.cos(math.pi * step / 16)) / 2 for step in range(16)]
    assert rates == pytest.approx([0.2 * w * c for w, c in zip(warm, cosine, strict=True)])
    assert rates[0] == pytest.approx(0.05) and rates[8] == pytest.approx(0.1)
    assert 0 < rates[15] < 0.01 * 0.2


def test_learning_rate_is_constant_without_warm_up_and_decay():
    optimizer = SgdMomentum(SgdConfig(learning_rate=0.2), steps=16)
    assert [optimizer.learning_rate(step) for step in range(16)] == [0.2] * 16


def test_learning_rate_of_rmsprop_falls_with_each_epoch_after_the_first_ones():
    config = RmsPropConfig(learning_rate=1e-3, learning_rate_decay=0.5, decay_after_epochs=2)
    gradients = [{"kernel": jnp.array([1.0])}] * 10
    optimizer = RmsProp(config, steps=10, steps_per_epoch=2)
    _, rates = descend(optimizer, {"kernel": jnp.array([1.0])}, gradients)
    expected = [1, 1, 1, 1, 1, 1, 0.5, 0.5, 0.25, 0.25]
    assert rates == pytest.approx([1e-3 * factor for factor in expected])


def test_the_plateau_scale_multiplies_the_learning_rate_until_it_is_set_anew():
    params, gradient = {"kernel": jnp.array([1.0])}, {"kernel": jnp.array([1.0])}
    config = SgdConfig(learning_rate=0.1, momentum=0.0, weight_decay=0.0)
    result, rates = descend(SgdMomentum(config, 3), params, [gradient] * 3, scales=(1, 0.5, 0.1))
    np.testing.assert_allclose(result["kernel"], [1 - 0.1 - 0.05 - 0.01], rtol=1e-6)
    assert rates == pytest.approx([0.1] * 3)


def test_adam_is_that_of_optax():
    params: Any = {"kernel": jnp.array([1.0, -2.0])}
    gradients: Any = [{"kernel": jnp.array([0.3, -0.1])}, {"kernel": jnp.array([-0.2, 0.4])}]
    result, _ = descend(Adam(1e-2), params, gradients)
    other, state = optax.adam(1e-2), optax.adam(1e-2).init(params)
    for gradient in gradients:
        updates, state = other.update(gradient, state, params)
        params = optax.apply_updates(params, updates)
    np.testing.assert_allclose(result["kernel"], params["kernel"], rtol=1e-6)
