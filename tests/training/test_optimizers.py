import jax.numpy as jnp
import numpy as np

from au_jax.training.optimizers import RmsProp, SgdMomentum


def descend(optimizer, params, gradients, learning_rate):
    transformation = optimizer.transformation()
    state = transformation.init(params)
    for gradient in gradients:
        direction, state = transformation.update(gradient, state, params)
        params = {name: params[name] - learning_rate * direction[name] for name in params}
    return params


def test_sgd_decays_kernels_only_and_doubles_the_rate_of_biases():
    params = {"kernel": jnp.array([2.0]), "bias": jnp.array([1.0])}
    gradients = [{"kernel": jnp.array([0.5]), "bias": jnp.array([0.25])}] * 3
    result = descend(SgdMomentum(0.9, 0.1), params, gradients, 0.01)
    kernel, bias, v_kernel, v_bias = 2.0, 1.0, 0.0, 0.0
    for _ in range(3):
        v_kernel = 0.9 * v_kernel + 0.5 + 0.1 * kernel
        v_bias = 0.9 * v_bias + 2 * 0.25
        kernel, bias = kernel - 0.01 * v_kernel, bias - 0.01 * v_bias
    np.testing.assert_allclose(result["kernel"], [kernel], rtol=1e-6)
    np.testing.assert_allclose(result["bias"], [bias], rtol=1e-6)


def test_rmsprop_clips_then_divides_by_the_running_root_mean_square():
    gradients = [3.0, -40.0, 0.5]
    result = descend(
        RmsProp(decay=0.95, momentum=0.0, gradient_clip=5.0),
        {"kernel": jnp.array([1.0])},
        [{"kernel": jnp.array([g])} for g in gradients],
        0.1,
    )
    value, mean_square = 1.0, 0.0
    for gradient in np.clip(gradients, -5, 5):
        mean_square = 0.95 * mean_square + 0.05 * gradient**2
        value -= 0.1 * gradient / np.sqrt(mean_square + 1e-8)
    np.testing.assert_allclose(result["kernel"], [value], rtol=1e-5)
