import functools
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import linen as nn
from hypothesis import given, settings
from hypothesis import strategies as st

from au_jax.models import StackedLstm
from au_jax.models.lstm_recurrence import gate_scale, lstm_recurrence
from au_jax.settings import StackedLstmConfig

BATCH, TIME, FEATURES, AUS = 3, 6, 5, 4
SMALL = StackedLstm(AUS, StackedLstmConfig(layers=2, cells=6))


def inputs(seed=0, reset_rate=0.2):
    rng = np.random.default_rng(seed)
    features = jnp.asarray(rng.normal(size=(BATCH, TIME, FEATURES)), jnp.float32)
    return features, jnp.asarray(rng.random((BATCH, TIME)) < reset_rate)


def parameters(model=SMALL) -> Any:
    """Return parameters larger than the initial ones, so that all gates move."""
    init = functools.partial(model.init, train=False)
    shapes = jax.eval_shape(init, jax.random.key(0), *inputs())["params"]
    rng = np.random.default_rng(4)
    return jax.tree.map(lambda x: jnp.asarray(rng.uniform(-0.5, 0.5, x.shape), x.dtype), shapes)


@functools.partial(jax.jit, static_argnames=("model", "train"))
def apply(params, features, reset, *, model=SMALL, train=False, seed=0) -> Any:
    rngs = {"dropout": jax.random.key(seed)}
    return model.apply({"params": params}, features, reset, train=train, rngs=rngs)


@jax.jit
def unroll(params, features, reset, carry) -> Any:
    return SMALL.apply({"params": params}, features, reset, carry, method="unroll")


def assert_trees_close(actual, expected, rtol=1e-4, atol=1e-5):
    for a, b in zip(jax.tree.leaves(actual), jax.tree.leaves(expected), strict=True):
        np.testing.assert_allclose(a, b, rtol=rtol, atol=atol)


def flax_cell_params(layer):
    """Return our layer's parameters under the names of `flax.linen.OptimizedLSTMCell`."""
    parts = {
        name: jnp.split(layer[name], 4, axis=-1)
        for name in ("input_kernel", "recurrent_kernel", "bias")
    }
    params = {}
    for index, gate in enumerate("ifgo"):
        params[f"i{gate}"] = {"kernel": parts["input_kernel"][index]}
        params[f"h{gate}"] = {
            "kernel": parts["recurrent_kernel"][index],
            "bias": parts["bias"][index],
        }
    return params


def flax_scores(params, features, reset):
    """The same network from Flax's own cell, one step after the other."""
    x = features
    for index in range(SMALL.config.layers):
        cell = nn.OptimizedLSTMCell(SMALL.config.cells)
        variables = {"params": flax_cell_params(params[f"lstm_{index}"])}
        carry = (jnp.zeros((BATCH, SMALL.config.cells)),) * 2
        outputs = []
        for step in range(x.shape[1]):
            kept = 1.0 - reset[:, step, None].astype(jnp.float32)
            carry, hidden = cell.apply(variables, (carry[0] * kept, carry[1] * kept), x[:, step])
            outputs.append(hidden)
        x = jnp.stack(outputs, axis=1)
    return jnp.tanh(x @ params["head"]["kernel"] + params["head"]["bias"].reshape(1, 1, -1))


def test_equals_the_flax_cell_in_value_and_gradient():
    weights = jnp.asarray(np.random.default_rng(1).normal(size=(BATCH, TIME, AUS)), jnp.float32)

    def value_and_gradients(function):
        def loss(params, features, reset):
            scores = function(params, features, reset)
            return jnp.sum(scores * weights), scores

        return jax.jit(jax.grad(loss, argnums=(0, 1), has_aux=True))

    ours, reference = value_and_gradients(apply), value_and_gradients(flax_scores)
    for reset_rate in (0.0, 0.3):
        arguments = parameters(), *inputs(reset_rate=reset_rate)
        assert_trees_close(ours(*arguments), reference(*arguments))


def test_gradient_of_the_recurrence_equals_autodiff():
    """Also with respect to the carry, and when the gradient enters through the last carry."""
    rng = np.random.default_rng(0)
    cells = 4

    def draw(*shape):
        return jnp.asarray(rng.normal(size=shape), jnp.float32)

    reset = jnp.asarray(rng.random((TIME, BATCH)) < 0.3)
    arguments = (
        draw(TIME, BATCH, 4 * cells),
        draw(cells, 4 * cells),
        draw(4 * cells),
        (draw(BATCH, cells), draw(BATCH, cells)),
    )

    def textbook(gates, kernel, bias, carry):
        (hidden, cell), outputs = carry, []
        unscaled = 1.0 / gate_scale(cells)
        for step in range(TIME):
            kept = 1.0 - reset[step, :, None].astype(jnp.float32)
            hidden, cell = hidden * kept, cell * kept
            a = (gates[step] + hidden @ kernel + bias.reshape(1, -1)) * unscaled.reshape(1, -1)
            i, f, g, o = jnp.split(a, 4, axis=-1)
            cell = jax.nn.sigmoid(f) * cell + jax.nn.sigmoid(i) * jnp.tanh(g)
            hidden = jax.nn.sigmoid(o) * jnp.tanh(cell)
            outputs.append(hidden)
        return jnp.stack(outputs), (hidden, cell)

    def ours(gates, kernel, bias, carry):
        return lstm_recurrence(gates, kernel, bias, reset, carry)

    weights = (draw(TIME, BATCH, cells), (draw(BATCH, cells), draw(BATCH, cells)))

    def loss(function):
        def total(*arguments):
            products = jax.tree.map(lambda a, b: jnp.sum(a * b), function(*arguments), weights)
            return sum(jax.tree.leaves(products))

        return total

    assert_trees_close(ours(*arguments), textbook(*arguments))
    actual, expected = (
        jax.jit(jax.grad(loss(f), argnums=(0, 1, 2, 3)))(*arguments) for f in (ours, textbook)
    )
    assert_trees_close(actual, expected, rtol=1e-3)


@pytest.mark.parametrize(("features", "total"), [(1024, 2_365_452), (4096, 5_511_180)])
def test_parameter_counts(features, total):
    params = jax.eval_shape(
        lambda key: StackedLstm(num_aus=12).init(
            key, jnp.zeros((1, 2, features)), jnp.zeros((1, 2), bool), train=False
        ),
        jax.random.key(0),
    )["params"]
    assert sum(x.size for x in jax.tree.leaves(params)) == total
    assert {name: layer.shape for name, layer in params["lstm_1"].items()} == {
        "input_kernel": (256, 1024),
        "recurrent_kernel": (256, 1024),
        "bias": (1024,),
    }


def test_all_parameters_start_uniform_but_the_forget_bias():
    model = StackedLstm(12, StackedLstmConfig(layers=2, cells=64))
    params = model.lazy_init(jax.random.key(0), *inputs(), train=False)["params"]
    for name, layer in params.items():
        if name.startswith("lstm"):
            i, f, g, o = np.split(np.asarray(layer["bias"]), 4)
            np.testing.assert_array_equal(f, 1.0)
            layer = {**layer, "bias": np.concatenate([i, g, o])}
        for values in layer.values():
            assert np.abs(values).max() <= 0.08
            assert np.std(values) == pytest.approx(0.16 / np.sqrt(12), rel=0.3)


def test_jit_equals_eager():
    params = parameters()
    features, reset = inputs()

    def loss(params, features):
        scores: Any = SMALL.apply({"params": params}, features, reset, train=False)
        return jnp.sum(jnp.square(scores)), scores

    gradient = jax.grad(loss, argnums=(0, 1), has_aux=True)
    assert_trees_close(jax.jit(gradient)(params, features), gradient(params, features))


@settings(max_examples=20)
@given(border=st.sampled_from([1, 4]), seed=st.integers(0, 1000))
def test_a_video_in_pieces_equals_one_piece(border, seed):
    params = parameters()
    features, reset = inputs(seed)
    whole, whole_carry = unroll(params, features, reset, SMALL.initial_carry(BATCH))
    first, carry = unroll(
        params, features[:, :border], reset[:, :border], SMALL.initial_carry(BATCH)
    )
    second, carry = unroll(params, features[:, border:], reset[:, border:], carry)
    np.testing.assert_allclose(jnp.concatenate([first, second], axis=1), whole, atol=1e-6)
    assert_trees_close(carry, whole_carry, atol=1e-6)
    np.testing.assert_allclose(whole, apply(params, features, reset), atol=1e-6)


def test_gradient_flows_from_piece_to_piece():
    params = parameters()
    features, reset = inputs(reset_rate=0.0)

    def last_scores_in_pieces(features):
        scores, carry = jnp.zeros(()), SMALL.initial_carry(BATCH)
        for step in range(TIME):
            part = slice(step, step + 1)
            scores, carry = unroll(params, features[:, part], reset[:, part], carry)
        return jnp.sum(scores)

    def last_scores(features):
        return jnp.sum(apply(params, features, reset)[:, -1])

    gradient = jax.grad(last_scores)(features)
    assert float(jnp.abs(gradient[:, 0]).max()) > 1e-6
    np.testing.assert_allclose(jax.grad(last_scores_in_pieces)(features), gradient, atol=1e-5)


@pytest.mark.parametrize("step", [0, 3, TIME - 1])
def test_reset_begins_anew_and_only_the_past_counts(step):
    params = parameters()
    features, _ = inputs()
    no_reset = jnp.zeros((BATCH, TIME), bool)
    with_reset, without = (
        apply(params, features, reset) for reset in (no_reset.at[:, step].set(True), no_reset)
    )
    fresh = apply(params, features[:, step:], no_reset[:, step:])
    np.testing.assert_allclose(with_reset[:, step:], fresh, atol=1e-6)
    np.testing.assert_array_equal(with_reset[:, :step], without[:, :step])
    assert step == 0 or float(jnp.abs(with_reset[:, step] - without[:, step]).max()) > 1e-3
    assert float(jnp.abs(without).max()) < 1.0


def test_reset_cuts_off_the_given_carry():
    params = parameters()
    features, _ = inputs()
    first_only = jnp.zeros((BATCH, TIME), bool).at[:, 0].set(True)
    carry = jax.tree.map(jnp.ones_like, SMALL.initial_carry(BATCH))
    scores, _ = unroll(params, features, first_only, carry)
    np.testing.assert_allclose(
        scores, unroll(params, features, first_only, SMALL.initial_carry(BATCH))[0], atol=1e-6
    )
    continued, _ = unroll(params, features, jnp.zeros_like(first_only), carry)
    assert float(jnp.abs(scores - continued).max()) > 1e-3


def test_dropout_only_in_training_and_drawn_anew_for_every_step():
    model = StackedLstm(AUS, StackedLstmConfig(layers=1, cells=6, dropout=0.5))
    params = parameters(model)
    # Without recurrence and with equal inputs, only dropout can make two steps differ.
    params["lstm_0"]["recurrent_kernel"] *= 0.0
    features = jnp.ones((BATCH, TIME, FEATURES))
    every_step = jnp.ones((BATCH, TIME), bool)

    def scores(train, seed):
        return np.asarray(apply(params, features, every_step, model=model, train=train, seed=seed))

    np.testing.assert_array_equal(scores(False, 0), scores(False, 1))
    assert np.ptp(scores(False, 0), axis=1).max() < 1e-6
    assert np.ptp(scores(True, 0), axis=1).min() > 1e-3
    assert np.abs(scores(True, 0) - scores(True, 1)).max() > 1e-3


@pytest.mark.parametrize(
    ("features", "reset"),
    [
        (jnp.ones((2, 3)), jnp.ones((2, 3), bool)),
        (jnp.ones((2, 3, 4)), jnp.ones((3, 2), bool)),
        (jnp.ones((2, 3, 4)), jnp.ones((2, 3), jnp.float32)),
    ],
)
def test_shapes_that_do_not_fit_are_an_error(features, reset):
    with pytest.raises(ValueError, match=r"must be \[batch, time, feature\] and bool"):
        SMALL.init(jax.random.key(0), features, reset, train=False)


def test_a_carry_of_another_network_is_an_error():
    carry = StackedLstm(AUS, StackedLstmConfig(layers=3, cells=6)).initial_carry(BATCH)
    with pytest.raises(ValueError, match="carry of 3 layers: the network has 2"):
        SMALL.apply({"params": parameters()}, *inputs(), carry, method="unroll")
