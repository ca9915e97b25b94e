import jax
import jax.numpy as jnp
import numpy as np
import pytest

from au_jax.models.dropout import Dropout, keep_mask


@pytest.mark.parametrize("rate", [0.5, 0.25, 0.1, 0.9, 0.999999])
def test_share_of_dropped_units_and_expectation(rate):
    shape = (100, 20, 333)
    inputs = jnp.full(shape, 2.0)
    outputs = Dropout(rate).apply({}, inputs, True, rngs={"dropout": jax.random.key(3)})
    kept = np.asarray(outputs) != 0
    deviation = np.sqrt(rate * (1 - rate) / inputs.size)
    assert abs(kept.mean() - (1 - rate)) < 5 * deviation + 2**-16
    _, probability = keep_mask(jax.random.key(3), rate, shape)
    assert probability == pytest.approx(1 - rate, abs=2**-16)
    np.testing.assert_allclose(np.asarray(outputs)[kept], 2.0 / probability, rtol=1e-6)


@pytest.mark.parametrize("rate", [0.5, 0.3])
def test_units_are_independent(rate):
    """Units cut from one random word must not move together."""
    keep, _ = keep_mask(jax.random.key(0), rate, (20000, 40))
    correlation = np.corrcoef(np.asarray(keep).T.astype(float)) - np.eye(40)
    # 5.5 standard deviations of the correlation of independent units: passes 780 pairs surely.
    assert np.abs(correlation).max() < 5.5 / np.sqrt(20000)


def test_steps_and_keys_draw_afresh():
    keep, _ = keep_mask(jax.random.key(0), 0.5, (2, 4096))
    other, _ = keep_mask(jax.random.key(1), 0.5, (2, 4096))
    assert 0.4 < np.mean(keep[0] == keep[1]) < 0.6
    assert 0.4 < np.mean(keep == other) < 0.6


def test_is_the_identity_in_evaluation_and_at_rate_0():
    inputs = jnp.arange(6.0).reshape(2, 3)
    np.testing.assert_array_equal(Dropout(0.5).apply({}, inputs, False), inputs)
    np.testing.assert_array_equal(Dropout(0.0).apply({}, inputs, True), inputs)


@pytest.mark.parametrize("rate", [-0.1, 1.0, float("nan")])
def test_rates_outside_the_range_are_an_error(rate):
    with pytest.raises(ValueError, match="dropout rate"):
        Dropout(rate)
