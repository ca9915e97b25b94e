import numpy as np
import pytest
from scipy.spatial.distance import jensenshannon

from au_jax.analysis.subject_invariance import (
    as_distributions,
    between_to_own,
    group_means,
    js_divergence,
    log_difference,
    log_divergence,
    log_scale,
    pairwise_divergences,
    resampled_log_means,
)
from au_jax.metrics.over_subjects import resampled_weights


def distributions(count, features=7, seed=0):
    return np.random.default_rng(seed).dirichlet(np.ones(features), count)


def divergences(count, seed=0):
    return pairwise_divergences(distributions(count, seed=seed))


def test_divergences_are_those_of_scipy():
    some = distributions(6)
    some[0, 0] = 0  # 0 · log 0 is 0
    some[0] /= some[0].sum()
    found = pairwise_divergences(some)
    wanted = [[jensenshannon(one, other) ** 2 for other in some] for one in some]
    np.testing.assert_allclose(found, wanted, atol=1e-14)


def test_divergences_of_closed_form():
    apart = np.array([[0.5, 0.5, 0, 0], [0, 0, 0.25, 0.75]])
    assert js_divergence(*apart) == pytest.approx(np.log(2))
    assert js_divergence(apart[0], apart[0]) == 0
    # (1, 0) and (1/2, 1/2): the middle is (3/4, 1/4).
    wanted = 0.75 * np.log(4 / 3) + 0.25 * np.log(2) + 0 * np.log(1)
    half = 0.5 * np.log(4 / 3) + 0.25 * np.log(2 / 3) + 0.25 * np.log(2)
    assert js_divergence(np.array([1.0, 0]), np.array([0.5, 0.5])) == pytest.approx(half)
    assert half < wanted
    # Near one another it is a quarter of half the chi-square distance.
    step = 1e-4 * np.array([1, -1, 0, 0])
    even = np.full(4, 0.25)
    assert js_divergence(even, even + step) == pytest.approx((step**2 / even).sum() / 8, rel=1e-3)


def test_means_become_distributions_as_in_the_paper():
    means = np.array([[0.2, 0.4, 0.4, 1.0, 0.1], [2.0, 4.0, 4.0, 10.0, 1.0]])
    squeezed = 1 / (1 + np.exp(-means[0] / 0.4))
    np.testing.assert_allclose(as_distributions(means), [squeezed / squeezed.sum()] * 2)


def test_units_that_never_answer_leave_the_median_alone_and_signs_count():
    means = np.array([[0.0, 0.0, 0.0, 3.0, -1.0, 2.0]])
    squeezed = 1 / (1 + np.exp(-means / 2.0))
    np.testing.assert_allclose(as_distributions(means), squeezed / squeezed.sum())
    np.testing.assert_allclose(as_distributions(np.zeros((1, 4))), 0.25)


def test_means_of_groups_over_batches():
    rng = np.random.default_rng(0)
    features, groups = rng.normal(size=(20, 3)), rng.integers(0, 3, 20)
    found = group_means((features[:8], features[8:]), groups, 4)
    np.testing.assert_allclose(found[:3], [features[groups == one].mean(0) for one in range(3)])
    assert np.isnan(found[3]).all()


def test_the_number_of_the_figure_is_the_mean_of_logs_of_sums_over_others():
    apart = divergences(5)
    one = log_divergence(apart, resampled_weights(5, 200, seed=0))
    sums = [sum(apart[p, q] for q in range(5) if q != p) for p in range(5)]
    assert one.value == pytest.approx(np.mean(np.log10(np.array(sums) * 1e6)))
    assert one.low < one.value < one.high


def test_a_resample_compares_nobody_with_himself():
    apart = divergences(4)
    drawn = [0, 0, 2, 3]
    (found,) = resampled_log_means(apart, np.array([[2.0, 0, 1, 1]]))
    values = []
    for person in drawn:
        others = [apart[person, other] for other in drawn if other != person]
        values.append(3 * np.mean(others))
    assert found == pytest.approx(np.mean(log_scale(np.array(values))))
    assert np.isnan(resampled_log_means(apart, np.array([[4.0, 0, 0, 0]])))


def test_people_who_are_all_alike_have_an_interval_without_width():
    even = np.full((6, 6), 2e-6) - 2e-6 * np.eye(6)
    one = log_divergence(even, resampled_weights(6, 100, seed=0))
    assert (one.value, one.low, one.high) == pytest.approx((1.0, 1.0, 1.0))


def test_a_tenth_of_the_divergence_is_one_less_on_the_same_people():
    apart, weights = divergences(6), resampled_weights(6, 100, seed=0)
    lead = log_difference(apart, apart / 10, weights)
    assert (lead.value, lead.low, lead.high) == pytest.approx((1.0, 1.0, 1.0))
    other = log_difference(apart, divergences(6, seed=1), weights)
    assert other.low < other.value < other.high


def test_people_are_compared_with_a_person_from_himself():
    apart, own = divergences(4), np.array([0.1, 0.2, np.nan, 0.4])
    pairs = [apart[p, q] for p in range(4) for q in range(4) if p != q]
    one = between_to_own(apart, own, resampled_weights(4, 100, seed=0))
    assert one.value == pytest.approx(np.mean(pairs) / np.mean([0.1, 0.2, 0.4]))
    assert one.low < one.value < one.high
    drawn = np.array([[2.0, 0, 0, 2]])  # two people twice each: only pairs of the two count
    alone = between_to_own(apart, own, drawn)
    assert alone.low == alone.high == pytest.approx(apart[0, 3] / 0.25)
    assert np.isnan(between_to_own(apart, np.zeros(4), drawn).value)
