import jax
import jax.numpy as jnp
import numpy as np
import pytest

from au_jax.models.local_response import local_response_normalise


def naive_normalise(inputs, size=5, alpha=1e-4, beta=0.75, bias=1.0):
    """The formula of the AlexNet paper with Caffe's alpha / size, in float64."""
    inputs = np.asarray(inputs, np.float64)
    channels = inputs.shape[-1]
    outputs = np.empty_like(inputs)
    for channel in range(channels):
        window = slice(max(0, channel - size // 2), min(channels, channel + size // 2 + 1))
        energy = bias + alpha / size * np.sum(inputs[..., window] ** 2, axis=-1)
        outputs[..., channel] = inputs[..., channel] / energy**beta
    return outputs


@pytest.mark.parametrize("scale", [1.0, 300.0])
@pytest.mark.parametrize("channels", [1, 4, 96])
def test_equals_the_naive_loop(channels, scale):
    inputs = np.random.default_rng(0).normal(size=(2, 3, 4, channels)) * scale
    outputs = local_response_normalise(jnp.asarray(inputs, jnp.float32))
    np.testing.assert_allclose(outputs, naive_normalise(inputs), rtol=1e-5)


def test_gradient_equals_finite_differences():
    rng = np.random.default_rng(1)
    inputs, direction, weights = rng.normal(size=(3, 2, 12)) * 100
    step = 1e-3
    expected = np.sum(
        (naive_normalise(inputs + step * direction) - naive_normalise(inputs - step * direction))
        * weights
        / (2 * step)
    )
    gradient = jax.grad(
        lambda x: jnp.sum(local_response_normalise(x) * jnp.asarray(weights, jnp.float32))
    )(jnp.asarray(inputs, jnp.float32))
    assert float(np.sum(gradient * direction)) == pytest.approx(expected, rel=1e-4)
