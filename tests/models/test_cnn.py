import functools
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from au_jax.errors import InputError
from au_jax.models import AlexNet
from au_jax.settings import AlexNetConfig, ComputeDtype, Initialisation, PoolMode
from tests.models.test_local_response import naive_normalise

NARROW = {"width": 1 / 32, "initialisation": Initialisation.HE}
FLOOR = PoolMode.FLOOR


def alexnet(num_aus, **options):
    return AlexNet(num_aus, AlexNetConfig(**options))


def images(*shape, scale=1.0, seed=0):
    return jnp.asarray(np.random.default_rng(seed).normal(size=shape) * scale, jnp.float32)


def abstract_params(model, *shape) -> Any:
    """Return shapes without allocating 45 million parameters."""
    inputs = jax.ShapeDtypeStruct(shape, jnp.float32)
    init = functools.partial(model.init, train=False)
    return jax.eval_shape(init, jax.random.key(0), inputs)["params"]


def random_params(model, *shape) -> Any:
    """Return parameters of usual size without compiling the initialisers."""
    rng = np.random.default_rng(1)

    def draw(x):
        scale = np.sqrt(2 / np.prod(x.shape[:-1])) if len(x.shape) > 1 else 0.1
        return jnp.asarray(rng.normal(size=x.shape) * scale, jnp.float32)

    return jax.tree.map(draw, abstract_params(model, *shape))


def apply(model, params, batch, train=False, **options) -> Any:
    return model.apply({"params": params}, batch, train=train, **options)


def count(params):
    return sum(x.size for x in jax.tree.leaves(params))


@pytest.mark.parametrize(
    ("options", "size", "fc6_inputs", "total"),
    [
        ({}, 176, 6400, 45_383_052),
        ({"groups": 1}, 176, 6400, 46_796_172),
        ({"pool_mode": FLOOR}, 176, 4096, 35_945_868),
        ({"groups": 1, "pool_mode": FLOOR}, 176, 4096, 37_358_988),
        ({"stride1": 3}, 176, 12_544, 70_548_876),
        ({}, 227, 9216, 56_917_388),
    ],
)
def test_parameter_counts_of_the_derived_networks(options, size, fc6_inputs, total):
    params = abstract_params(alexnet(num_aus=12, **options), 1, size, size, 3)
    assert params["fc6"]["kernel"].shape == (fc6_inputs, 4096)
    assert count(params) == total


def test_parameter_counts_of_each_layer():
    params = abstract_params(alexnet(num_aus=12), 1, 176, 176, 3)
    assert {name: count(layer) for name, layer in params.items()} == {
        "conv1": 34_944,
        "conv2": 307_456,
        "conv3": 885_120,
        "conv4": 663_936,
        "conv5": 442_624,
        "fc6": 26_218_496,
        "fc7": 16_781_312,
        "fc8": 49_164,
    }


@pytest.mark.parametrize(
    ("shape", "fc6_maps"),
    [((88, 88, 3), 2 * 2), ((100, 100, 1), 2 * 2), ((97, 131, 3), 2 * 3), ((200, 200, 1), 6 * 6)],
)
def test_any_size_and_grey_images(shape, fc6_maps):
    model = alexnet(num_aus=5, **NARROW)
    batch = images(2, *shape)
    params = random_params(model, *batch.shape)
    logits, fc7 = jax.jit(functools.partial(apply, model))(params, batch)
    assert params["fc6"]["kernel"].shape == (fc6_maps * 8, 128)
    assert (logits.shape, fc7.shape) == ((2, 5), (2, 128))
    assert np.ptp(logits, axis=0).min() > 0  # The image reaches every output.


def reference_logits(params, batch, local_response_norm):
    """Caffe's order of layers with the plain operators of XLA."""

    def convolve(name, x, stride=1, padding=0, groups=1):
        kernel, bias = params[name]["kernel"], params[name]["bias"]
        x = jax.lax.conv_general_dilated(
            x,
            kernel,
            (stride, stride),
            [(padding, padding)] * 2,
            dimension_numbers=("NHWC", "HWIO", "NHWC"),
            feature_group_count=groups,
        )
        return jax.nn.relu(x + bias.reshape(1, 1, 1, -1))

    def pool(x):
        padding = [(0, 0), *((0, (size - 3) % 2) for size in x.shape[1:3]), (0, 0)]
        return jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, (1, 3, 3, 1), (1, 2, 2, 1), padding)

    def normalise(x):
        if not local_response_norm:
            return x
        padded = jnp.pad(jnp.square(x), [(0, 0), (0, 0), (0, 0), (2, 2)])
        energy = sum(padded[..., k : k + x.shape[-1]] for k in range(5))
        return x / (1.0 + 1e-4 / 5 * energy) ** 0.75

    def connect(name, x):
        return x @ params[name]["kernel"] + params[name]["bias"].reshape(1, -1)

    x = normalise(pool(convolve("conv1", batch, stride=4)))
    x = normalise(pool(convolve("conv2", x, padding=2, groups=2)))
    x = convolve("conv3", x, padding=1)
    x = convolve("conv4", x, padding=1, groups=2)
    x = pool(convolve("conv5", x, padding=1, groups=2))
    x = jax.nn.relu(connect("fc6", x.reshape(len(x), -1)))
    x = jax.nn.relu(connect("fc7", x))
    return connect("fc8", x)


@pytest.mark.parametrize("local_response_norm", [True, False])
def test_equals_the_plain_operators_in_value_and_gradient(local_response_norm):
    model = alexnet(num_aus=3, local_response_norm=local_response_norm, **NARROW)
    batch = images(2, 90, 90, 3, scale=64.0)  # Large enough that the normalisation bites.
    params = random_params(model, *batch.shape)
    weights = images(2, 3, seed=1)

    def loss(function):
        return lambda p, x: jnp.sum(function(p, x) * weights)

    def ours(params, batch):
        return apply(model, params, batch)[0]

    def reference(params, batch):
        return reference_logits(params, batch, local_response_norm)

    actual, expected = (
        jax.jit(jax.value_and_grad(loss(function), argnums=(0, 1)))(params, batch)
        for function in (ours, reference)
    )
    for a, b in zip(jax.tree.leaves(actual), jax.tree.leaves(expected), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-3, atol=1e-4 * np.abs(b).max())


def test_normalisation_sits_between_pooling_and_the_next_convolution():
    model = alexnet(num_aus=3, **NARROW)
    batch = images(1, 90, 90, 3, scale=64.0)
    params = random_params(model, *batch.shape)
    forward = functools.partial(apply, model, capture_intermediates=True)
    _, state = jax.jit(forward)(params, batch)
    conv1, conv2 = (state["intermediates"][name]["__call__"][0] for name in ("conv1", "conv2"))
    pooled = jax.lax.reduce_window(
        jax.nn.relu(conv1), -jnp.inf, jax.lax.max, (1, 3, 3, 1), (1, 2, 2, 1), "VALID"
    )[:, : conv2.shape[1], : conv2.shape[2]]
    normalised = jnp.asarray(naive_normalise(pooled), jnp.float32)
    assert float(jnp.abs(normalised - pooled).max()) > 0.1
    kernel, bias = params["conv2"]["kernel"], params["conv2"]["bias"]
    expected = jax.lax.conv_general_dilated(
        normalised,
        kernel,
        (1, 1),
        [(2, 2)] * 2,
        dimension_numbers=("NHWC", "HWIO", "NHWC"),
        feature_group_count=2,
    ) + bias.reshape(1, 1, 1, -1)
    inner = (slice(None), slice(0, 5), slice(0, 5))  # Clear of the ceil window at the border.
    np.testing.assert_allclose(conv2[inner], expected[inner], rtol=1e-3, atol=1e-3)


def test_jit_equals_eager_in_value_and_gradient():
    model = alexnet(num_aus=12, width=1 / 16)
    batch = images(3, 100, 100, 3)
    params = random_params(model, *batch.shape)
    weights = images(3, 12, seed=2)

    def loss(params, batch):
        logits, fc7 = apply(model, params, batch)
        return jnp.sum(logits * weights), (logits, fc7)

    gradient = jax.grad(loss, has_aux=True)
    eager, jitted = (f(params, batch) for f in (gradient, jax.jit(gradient)))
    for a, b in zip(jax.tree.leaves(eager), jax.tree.leaves(jitted), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-3, atol=1e-4 * np.abs(a).max())


def test_jit_equals_eager_for_the_network_of_the_paper():
    model = alexnet(num_aus=12)
    batch = images(2, 176, 176, 3, scale=50.0)
    params = random_params(model, *batch.shape)
    forward = functools.partial(apply, model)
    for eager, jitted in zip(forward(params, batch), jax.jit(forward)(params, batch), strict=True):
        np.testing.assert_allclose(eager, jitted, rtol=1e-3, atol=1e-4 * np.abs(eager).max())


def test_fc7_is_the_normalised_representation_before_its_dropout():
    model = alexnet(num_aus=4, **NARROW)
    batch = images(6, 88, 88, 3)
    params = random_params(model, *batch.shape)
    head = params["fc8"]
    for train in (False, True):
        forward = functools.partial(
            apply,
            model,
            train=train,
            rngs={"dropout": jax.random.key(1)},
            capture_intermediates=True,
        )
        (logits, fc7), state = jax.jit(forward)(params, batch)
        hidden = np.maximum(state["intermediates"]["fc7"]["__call__"][0], 0)
        expected = hidden / np.linalg.norm(hidden, axis=-1, keepdims=True)
        np.testing.assert_allclose(fc7, expected, rtol=1e-5, atol=1e-6)
        undropped = hidden @ np.asarray(head["kernel"]) + np.asarray(head["bias"])
        assert np.allclose(logits, undropped, rtol=1e-4, atol=1e-5) == (not train)


def test_caffe_initialisation_follows_the_reference_network():
    model = alexnet(num_aus=12, width=0.25)
    params: Any = model.lazy_init(jax.random.key(0), images(1, 88, 88, 3), train=False)["params"]
    for name, deviation, bias in [
        ("conv1", 0.01, 0.0),
        ("conv2", 0.01, 1.0),
        ("conv3", 0.01, 0.0),
        ("conv4", 0.01, 1.0),
        ("conv5", 0.01, 1.0),
        ("fc6", 0.005, 1.0),
        ("fc7", 0.005, 1.0),
        ("fc8", 0.01, 0.0),
    ]:
        assert float(jnp.std(params[name]["kernel"])) == pytest.approx(deviation, rel=0.05)
        np.testing.assert_array_equal(params[name]["bias"], bias)


def test_he_initialisation_keeps_the_signal_through_a_narrow_network():
    model = alexnet(num_aus=12, width=0.125, initialisation=Initialisation.HE)
    batch = images(4, 100, 100, 3)
    params = model.lazy_init(jax.random.key(0), batch, train=False)["params"]
    forward = functools.partial(apply, model, capture_intermediates=True)
    _, state = jax.jit(forward)(params, batch)
    for layer, parameters in params.items():
        np.testing.assert_array_equal(parameters["bias"], 0.0)
        if layer != "fc8":
            outputs = state["intermediates"][layer]["__call__"][0]
            assert 0.5 < float(jnp.sqrt(jnp.mean(jnp.square(outputs)))) < 8.0, layer


def test_bfloat16_gives_float32_outputs_near_those_of_float32():
    batch = images(2, 88, 88, 3)
    models = [alexnet(num_aus=4, compute_dtype=dtype, **NARROW) for dtype in ComputeDtype]
    params = random_params(models[0], *batch.shape)
    (logits, fc7), (half_logits, half_fc7) = (
        jax.jit(functools.partial(apply, model))(params, batch) for model in models
    )
    assert half_logits.dtype == half_fc7.dtype == jnp.float32
    np.testing.assert_allclose(half_logits, logits, atol=0.05 * float(jnp.abs(logits).max()))
    np.testing.assert_allclose(half_fc7, fc7, atol=0.05)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"pool_mode": "ceil"}, "pool_mode is 'ceil'; allowed is PoolMode.CEIL, PoolMode.FLOOR"),
        ({"initialisation": "he"}, "initialisation is 'he'; allowed is Initialisation.CAFFE"),
        ({"width": 0.0}, "width is 0.0; allowed is above 0"),
        ({"groups": 0}, "groups is 0; allowed is 1 or 2"),
        ({"dropout": 1.0}, "dropout is 1.0; allowed is 0 to below 1"),
    ],
)
def test_wrong_options_are_named(options, message):
    with pytest.raises(InputError, match=message):
        abstract_params(alexnet(num_aus=12, **options), 1, 88, 88, 3)


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((88, 88, 3), "must be .n, height, width, channel"),
        ((1, 10, 88, 3), "too small for conv1"),
        ((1, 30, 30, 3), "too small"),
    ],
)
def test_wrong_images_are_named(shape, message):
    with pytest.raises(ValueError, match=message):
        abstract_params(alexnet(num_aus=12, **NARROW), *shape)
