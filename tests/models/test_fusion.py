import functools
from typing import Any, cast

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from au_jax.models import FusionHead
from au_jax.models.fusion import FeatureFusionHead
from au_jax.settings import FusionHeadConfig


def scores(*shape, seed=0):
    rng = np.random.default_rng(seed)
    return tuple(jnp.asarray(rng.normal(size=shape), jnp.float32) for _ in range(2))


def parameters(model, seed=0) -> Any:
    return model.init(jax.random.key(seed), *scores(1, model.num_aus))["params"]


def apply(model, params, cnn_scores, lstm_scores) -> Any:
    return model.apply({"params": params}, cnn_scores, lstm_scores)


@pytest.mark.parametrize("normalise", [True, False])
def test_equals_numpy_and_is_shared_over_time(normalise):
    model = FusionHead(12, FusionHeadConfig(normalise_scores=normalise))
    params = parameters(model)
    cnn, lstm = (np.asarray(x, np.float64) for x in scores(2, 7, 12))
    parts = [x / np.linalg.norm(x, axis=-1, keepdims=True) if normalise else x for x in (cnn, lstm)]
    first, second = jax.tree.map(np.asarray, (params["fc1"], params["fc2"]))
    hidden = np.maximum(np.concatenate(parts, -1) @ first["kernel"] + first["bias"], 0)
    expected = hidden @ second["kernel"] + second["bias"]
    logits = apply(model, params, *scores(2, 7, 12))
    np.testing.assert_allclose(logits, expected, rtol=1e-4, atol=1e-5)
    jitted = jax.jit(functools.partial(apply, model))(params, *scores(2, 7, 12))
    np.testing.assert_allclose(logits, jitted, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(("aus", "hidden", "count"), [(12, 64, 2380), (3, 8, 83)])
def test_parameter_count(aus, hidden, count):
    params = parameters(FusionHead(aus, FusionHeadConfig(hidden=hidden)))
    assert sum(x.size for x in jax.tree.leaves(params)) == count


@pytest.mark.parametrize("factor", [1e-3, 0.1, 10.0, 1e3])
@pytest.mark.parametrize("normalise", [True, False])
def test_only_without_normalisation_confidence_counts(normalise, factor):
    cnn, lstm = scores(5, 4)
    model = FusionHead(4, FusionHeadConfig(hidden=8, normalise_scores=normalise))
    params = parameters(model)
    logits, scaled = (apply(model, params, x, lstm) for x in (cnn, cnn * factor))
    assert np.allclose(logits, scaled, rtol=1e-3, atol=1e-4) == normalise


def test_zero_scores_have_finite_gradients():
    model = FusionHead(num_aus=4)
    params = parameters(model)
    zeros = jnp.zeros((2, 4))

    def total(params, cnn):
        return jnp.sum(apply(model, params, cnn, zeros))

    gradients = jax.grad(total, argnums=(0, 1))(params, zeros)
    assert all(np.isfinite(x).all() for x in jax.tree.leaves(gradients))


def test_shapes_that_do_not_fit_are_an_error():
    model = FusionHead(num_aus=4)
    with pytest.raises(ValueError, match=r"both must be \[\.\.\., 4\]"):
        model.init(jax.random.key(0), jnp.ones((2, 4)), jnp.ones((3, 4)))


def test_a_head_that_corrects_the_mean_starts_as_the_mean():
    head = FusionHead(3, FusionHeadConfig(mean_scale=10.0, lstm_share=0.25))
    cnn, lstm = jnp.array([[3.0, -4.0, 0.0]]), jnp.array([[0.0, 0.6, -0.8]])
    params = head.init(jax.random.key(0), cnn, lstm)

    def apply(params):
        return cast("jax.Array", head.apply(params, cnn, lstm))

    np.testing.assert_allclose(apply(params), 10 * (0.75 * cnn / 5 + 0.25 * lstm), rtol=1e-5)
    gradient = jax.grad(lambda params: apply(params).sum())(params)
    assert np.abs(gradient["params"]["fc2"]["kernel"]).max() > 0


@pytest.mark.parametrize("normalise", [True, False])
def test_features_of_other_widths_are_fused_as_in_numpy(normalise):
    model = FeatureFusionHead(3, FusionHeadConfig(hidden=6, normalise_scores=normalise))
    cnn, (lstm, _) = scores(2, 7, 5)[0], scores(2, 7, 4, seed=1)
    params: Any = jax.jit(model.init)(jax.random.key(0), cnn, lstm)["params"]
    parts = [np.asarray(x, np.float64) for x in (cnn, lstm)]
    if normalise:
        parts = [x / np.linalg.norm(x, axis=-1, keepdims=True) for x in parts]
    first, second = jax.tree.map(np.asarray, (params["fc1"], params["fc2"]))
    hidden = np.maximum(np.concatenate(parts, -1) @ first["kernel"] + first["bias"], 0)
    expected = hidden @ second["kernel"] + second["bias"]
    np.testing.assert_allclose(apply(model, params, cnn, lstm), expected, rtol=1e-4, atol=1e-5)


def test_parameter_count_of_the_features_of_the_full_size_networks():
    model = FeatureFusionHead(num_aus=12)
    shapes = jax.eval_shape(
        model.init, jax.random.key(0), jnp.zeros((1, 1024)), jnp.zeros((1, 256))
    )
    assert sum(x.size for x in jax.tree.leaves(shapes)) == 82_764


def test_features_of_different_frames_are_an_error():
    with pytest.raises(ValueError, match="all but the last axis must be equal"):
        FeatureFusionHead(num_aus=4).init(jax.random.key(0), jnp.ones((2, 4)), jnp.ones((3, 7)))
