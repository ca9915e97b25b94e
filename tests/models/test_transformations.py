"""The networks under the transformations that the rest of the package puts them through."""

import functools
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.sharding import AxisType, NamedSharding, PartitionSpec

from au_jax.models import AlexNet, FusionHead, StackedLstm
from au_jax.settings import AlexNetConfig, FusionHeadConfig, Initialisation, StackedLstmConfig

BATCH = 4
CNN = AlexNet(3, AlexNetConfig(width=1 / 32, initialisation=Initialisation.HE))
LSTM = StackedLstm(3, StackedLstmConfig(layers=2, cells=5))
FUSION = FusionHead(3, FusionHeadConfig(hidden=4))


def normal(*shape, seed=0):
    return jnp.asarray(np.random.default_rng(seed).normal(size=shape), jnp.float32)


def cnn_case():
    return CNN, (normal(BATCH, 88, 88, 1),), {"train": False}


def lstm_case():
    reset = jnp.asarray(np.random.default_rng(1).random((BATCH, 7)) < 0.3)
    return LSTM, (normal(BATCH, 7, 6), reset), {"train": False}


def fusion_case():
    return FUSION, (normal(BATCH, 3), normal(BATCH, 3, seed=1)), {}


CASES = pytest.mark.parametrize("case", [cnn_case, lstm_case, fusion_case])


def apply(params, arrays, *, model, **options) -> Any:
    return model.apply({"params": params}, *arrays, **options)


@functools.partial(jax.jit, static_argnames=("model", "train"))
def gradient_step(params, arrays, *, model, **options):
    def loss(params):
        leaves = jax.tree.leaves(apply(params, arrays, model=model, **options))
        return sum(jnp.mean(jnp.square(x)) for x in leaves)

    return jax.tree.map(lambda p, g: p - 0.1 * g, params, jax.grad(loss)(params))


def random_params(model, arrays, options) -> Any:
    """Return parameters without compiling the initialisers."""
    init = functools.partial(model.init, **options)
    shapes = jax.eval_shape(init, jax.random.key(0), *arrays)["params"]
    rng = np.random.default_rng(2)
    return jax.tree.map(
        lambda x: jnp.asarray(rng.normal(size=x.shape) / np.sqrt(x.size), jnp.float32), shapes
    )


def assert_trees_close(actual, expected):
    for a, b in zip(jax.tree.leaves(actual), jax.tree.leaves(expected), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)


@CASES
def test_modules_are_hashable_and_equal_by_their_settings(case):
    model, arrays, options = case()
    params = random_params(model, arrays, options)
    traces = []

    @functools.partial(jax.jit, static_argnames=("model", "train"))
    def outputs(params, arrays, *, model, **options):
        traces.append(model)
        return apply(params, arrays, model=model, **options)

    first = outputs(params, arrays, model=model, **options)
    second = outputs(params, arrays, model=model.copy(), **options)
    assert len(traces) == 1
    assert_trees_close(second, first)


@CASES
def test_data_parallel_step_equals_one_device(case):
    if jax.device_count() < 2:
        pytest.skip("needs two devices, see tests/conftest.py")
    model, arrays, options = case()
    params = random_params(model, arrays, options)
    expected = gradient_step(params, arrays, model=model, **options)
    mesh = jax.make_mesh((2,), ("data",), axis_types=(AxisType.Auto,), devices=jax.devices()[:2])
    whole, split = (NamedSharding(mesh, PartitionSpec(*axes)) for axes in ((), ("data",)))
    parallel = gradient_step(
        jax.device_put(params, whole), jax.device_put(arrays, split), model=model, **options
    )
    assert all(len(x.sharding.device_set) == 2 for x in jax.tree.leaves(parallel))
    assert_trees_close(parallel, expected)


@CASES
def test_vmap_over_parameters_equals_a_loop(case):
    model, arrays, options = case()
    members = [random_params(model, arrays, options)]
    members.append(jax.tree.map(lambda x: x * 1.5, members[0]))
    stacked = jax.tree.map(lambda *x: jnp.stack(x), *members)
    together = jax.vmap(lambda p: gradient_step(p, arrays, model=model, **options))(stacked)
    for index, params in enumerate(members):
        assert_trees_close(
            jax.tree.map(lambda x, index=index: x[index], together),
            gradient_step(params, arrays, model=model, **options),
        )


@CASES
def test_export_for_any_batch_and_platform(case):
    pytest.importorskip("flatbuffers", reason="jax.export needs it")
    model, arrays, options = case()
    params = random_params(model, arrays, options)
    length = ", time" if model is LSTM else ""
    scope = jax.export.SymbolicScope()
    symbolic = tuple(
        jax.ShapeDtypeStruct(
            jax.export.symbolic_shape(
                f"batch{length}" + "".join(f", {size}" for size in x.shape[2 if length else 1 :]),
                scope=scope,
            ),
            x.dtype,
        )
        for x in arrays
    )
    function = jax.jit(lambda *arrays: apply(params, arrays, model=model, **options))
    exported = jax.export.export(function, platforms=["cpu", "cuda", "tpu"])(*symbolic)
    restored = jax.export.deserialize(exported.serialize())
    for count in (1, BATCH):
        part = tuple(x[:count] for x in arrays)
        assert_trees_close(restored.call(*part), function(*part))
