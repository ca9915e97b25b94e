import numpy as np
import pytest

from au_jax.analysis.filter_colour import colour_share


def filters(*colours):
    """Filters whose weights have one colour each, `[5, 5, 3, filter]`."""
    pattern = np.random.default_rng(0).normal(size=(5, 5))
    return np.stack([pattern[..., None] * np.array(colour) for colour in colours], axis=-1)


def test_shares_of_grey_one_channel_and_opponent_colours():
    shares = colour_share(filters((1, 1, 1), (-2, -2, -2), (1, 0, 0), (1, -1, 0), (0, 0, 0)))
    np.testing.assert_allclose(shares, [0, 0, 2 / 3, 1, 0], atol=1e-12)


def test_random_weights_have_two_thirds():
    weights = np.random.default_rng(1).normal(size=(11, 11, 3, 400))
    assert colour_share(weights).mean() == pytest.approx(2 / 3, abs=0.01)


def test_a_single_channel_has_no_colour():
    assert not colour_share(np.ones((3, 3, 1, 2))).any()
