from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from au_jax.analysis.attribution import (
    attribution_maps,
    grad_cam,
    integrated_gradients,
    with_random_outputs,
)
from au_jax.models import AlexNet
from au_jax.settings import AlexNetConfig
from tests.made.backbones import LinearBackbone, SmallBackbone
from tests.made.detectors import SMALL, random_params

UNITS = jnp.array([0, 2, 1, 2])
IMAGES = jnp.asarray(np.random.default_rng(0).normal(size=(4, 11, 11, 2)), jnp.float32)


def params_of(network, images=IMAGES):
    return random_params(network, 0, images, train=False)


def own_logits(network, params, images, mirrored):
    logits = network.apply({"params": params}, images, train=False)[0]
    if mirrored:
        logits = (
            logits + network.apply({"params": params}, images[:, :, ::-1], train=False)[0]
        ) / 2
    return np.asarray(logits)[np.arange(len(images)), np.asarray(UNITS)]


@pytest.mark.parametrize("mirrored", [False, True])
def test_integrated_gradients_of_a_linear_network_are_picture_times_weights(mirrored):
    network: Any = LinearBackbone()
    params = params_of(network)
    kernel = np.asarray(params["head"]["kernel"]).reshape(11, 11, 2, 3)
    if mirrored:
        kernel = (kernel + kernel[:, ::-1]) / 2
    expected = np.asarray(IMAGES) * np.moveaxis(kernel[..., np.asarray(UNITS)], 3, 0)
    found = integrated_gradients(
        params, IMAGES, UNITS, network=network, average_mirrored=mirrored, steps=3
    )
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("mirrored", [False, True])
def test_integrated_gradients_sum_to_the_difference_from_the_mean_face(mirrored):
    network: Any = SmallBackbone()
    params = params_of(network)
    expected = own_logits(network, params, IMAGES, mirrored) - own_logits(
        network, params, jnp.zeros_like(IMAGES), mirrored
    )
    errors = []
    for steps in (4, 256):
        found = integrated_gradients(
            params, IMAGES, UNITS, network=network, average_mirrored=mirrored, steps=steps
        )
        errors.append(np.abs(np.asarray(found).sum(axis=(1, 2, 3)) - expected).max())
    assert errors[1] < 5e-3 * np.abs(expected).max()
    assert errors[1] < errors[0]


def test_grad_cam_is_the_formula_with_gradients_by_finite_differences():
    network: Any = SmallBackbone()
    params = params_of(network)
    images = IMAGES[:1]

    def logit(maps):
        """What follows the convolution, in double precision."""
        layers = {
            name: {part: np.asarray(value, np.float64) for part, value in params[name].items()}
            for name in ("hidden", "head")
        }
        hidden = np.maximum(maps, 0).ravel() @ layers["hidden"]["kernel"] + layers["hidden"]["bias"]
        return np.tanh(hidden) @ layers["head"]["kernel"][:, 1] + layers["head"]["bias"][1]

    maps = np.asarray(
        jax.lax.conv_general_dilated(
            images,
            jnp.asarray(params["conv"]["kernel"]),
            (2, 2),
            "VALID",
            dimension_numbers=("NHWC", "HWIO", "NHWC"),
        )
        + jnp.asarray(params["conv"]["bias"])[None, None, None],
        np.float64,
    )[0]
    gradient = np.zeros_like(maps)
    for place in np.ndindex(maps.shape):
        step = np.zeros_like(maps)
        step[place] = 1e-6
        gradient[place] = (logit(maps + step) - logit(maps - step)) / 2e-6
    coarse = np.maximum((np.maximum(maps, 0) * gradient.mean(axis=(0, 1))).sum(axis=2), 0)
    assert coarse.any()
    found = grad_cam(params, images, jnp.array([1]), network=network, average_mirrored=False)
    expected = jax.image.resize(jnp.asarray(coarse[None], jnp.float32), (1, 11, 11), "linear")
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-5)


def test_maps_of_a_mirrored_picture_are_mirrored():
    network: Any = SmallBackbone()
    given = {"network": network, "average_mirrored": True, "steps": 2}
    params = params_of(network)
    found = attribution_maps(params, IMAGES, UNITS, **given)
    assert found.shape == (2, 4, 11, 11) and found.any(axis=(1, 2, 3)).all()
    mirrored = attribution_maps(params, IMAGES[:, :, ::-1], UNITS, **given)
    np.testing.assert_allclose(found, mirrored[..., ::-1], rtol=1e-3, atol=1e-5)


def test_the_alexnet_gives_its_last_maps_and_is_otherwise_as_it_was():
    network: Any = AlexNet(3, AlexNetConfig(**SMALL))
    images = jnp.asarray(np.random.default_rng(1).normal(size=(2, 28, 28, 3)), jnp.float32)
    params = params_of(network, images)
    assert "perturbations" not in params

    def plain(params, images):
        return network.apply({"params": params}, images, train=False)

    def looked_into(params, images):
        return network.apply({"params": params}, images, train=False, mutable=["intermediates"])

    outputs, kept = looked_into(params, images)
    (maps,) = kept["intermediates"]["maps"]
    assert maps.ndim == 4 and len(maps) == 2 and maps.shape[1] > 1
    for one, other in zip(outputs, plain(params, images), strict=True):
        np.testing.assert_array_equal(one, other)
    # What is compiled for training and scoring holds nothing of it.
    assert str(jax.make_jaxpr(lambda *given: looked_into(*given)[0])(params, images)) == str(
        jax.make_jaxpr(plain)(params, images)
    )
    found = grad_cam(params, images, jnp.array([0, 1]), network=network, average_mirrored=False)
    assert found.shape == (2, 28, 28) and np.isfinite(found).all()


def test_random_outputs_have_the_norms_of_the_units_and_nothing_of_their_direction():
    network: Any = SmallBackbone()
    params = params_of(network)
    kernel = np.asarray(params["head"]["kernel"])
    draws = [with_random_outputs(network, params, seed) for seed in (1, 1, 2)]
    weights = [np.asarray(one["head"]["kernel"]) for one in draws]
    np.testing.assert_allclose(
        np.linalg.norm(weights[0], axis=0), np.linalg.norm(kernel, axis=0), rtol=1e-5
    )
    np.testing.assert_array_equal(weights[0], weights[1])
    assert np.abs(weights[0] - weights[2]).min() > 0
    assert np.abs(weights[0] - kernel).min() > 0
    np.testing.assert_array_equal(draws[0]["head"]["bias"], params["head"]["bias"])
    assert draws[0]["conv"] is params["conv"]
