import numpy as np
import pytest

from au_jax.errors import InputError
from au_jax.sampling.balance import measure_balance

LABELS = np.array([[1, -1, -1], [1, 1, -1], [-1, -1, 0], [-1, 1, -1], [0, 0, 0]], np.int8)


def test_numbers_by_hand():
    batches = [np.array([0, 1]), np.array([0, 0]), np.array([2, 3]), np.array([1, 3])]
    balance = measure_balance(LABELS, batches)
    assert balance.counts.tolist() == [[2, 1, 0], [2, 0, 0], [0, 1, 0], [1, 2, 0]]
    # Means 1.25 and 1; standard deviations sqrt(11)/4 and sqrt(1/2).
    np.testing.assert_allclose(balance.variation, [11**0.5 / 5, 0.5**0.5, np.nan])
    assert balance.mean_variation == pytest.approx((11**0.5 / 5 + 0.5**0.5) / 2)
    assert balance.imbalance == 1.25
    assert balance.coverage == 1.0  # of four labelled frames
    assert balance.repeats_within_batch == 1 / 8
    assert balance.repeats == 4 / 8
    assert balance.frames_without_au.tolist() == [0, 0, 1, 0]


def test_an_au_that_is_never_drawn_makes_the_imbalance_infinite():
    balance = measure_balance(LABELS, iter([np.array([0]), np.array([0, 2])]))
    assert balance.imbalance == float("inf")
    assert balance.coverage == 0.5
    assert np.isnan(balance.variation).tolist() == [False, True, True]


@pytest.mark.parametrize("batches", [[], [np.array([2])]])
def test_nothing_to_measure_is_refused(batches):
    with pytest.raises(InputError, match="nothing to measure"):
        measure_balance(LABELS, batches)
