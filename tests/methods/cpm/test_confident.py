import numpy as np
import pytest
from scipy.optimize import minimize
from sklearn.svm import LinearSVC

from au_jax.methods.cpm.confident import confident_penalty, first_confident, fit_confident
from au_jax.methods.cpm.newton import Solution
from au_jax.methods.cpm.person import virtual_labels
from au_jax.settings import CpmConfig
from tests.made.people import random_samples

CONFIG = CpmConfig(separation=0.3, regularisation=0.2, transfer=0.5)


def from_zero(features):
    return Solution(np.zeros((2, features)), [], ())


def printed_objective(flat, samples, targets, person, config):
    plus, minus = flat.reshape(2, -1)
    total = config.regularisation * (plus @ plus + minus @ minus)
    total += config.separation * ((plus - minus) ** 2).sum()
    total += config.transfer * (((plus - person) ** 2).sum() + ((minus - person) ** 2).sum())
    for x, (a, b) in zip(samples, targets, strict=True):
        total += a**2 * max(0, 1 - a * (plus @ x)) ** 2 + b**2 * max(0, 1 - b * (minus @ x)) ** 2
    return total


@pytest.mark.parametrize("seed", range(3))
def test_stage_1_minimises_the_printed_objective(seed):
    samples, labels = random_samples(seed)
    targets = np.repeat(labels.astype(float)[:, None], 2, axis=1)
    targets[:15] = [-1, 1]
    person = np.random.default_rng(seed).normal(size=samples.shape[1])
    zero = from_zero(samples.shape[1])
    found = fit_confident(samples, targets, CONFIG, earlier=zero, person=person)
    arguments = (samples, targets, person, CONFIG)
    generic = minimize(printed_objective, zero.weights.reshape(-1), arguments)
    np.testing.assert_allclose(found.weights.reshape(-1), generic.x, atol=1e-4)
    assert found.objective == pytest.approx(generic.fun, rel=1e-8)
    assert found.objectives[0] == pytest.approx(
        printed_objective(zero.weights.reshape(-1), *arguments)
    )


def test_without_a_person_nothing_draws_towards_one():
    penalty = confident_penalty(CONFIG, 3, None)
    weights = np.arange(6.0).reshape(2, 3)
    expected = 0.2 * (weights**2).sum() + 0.3 * ((weights[0] - weights[1]) ** 2).sum()
    assert penalty(weights) == pytest.approx(expected)


def test_with_easy_samples_only_both_are_the_same_svm():
    samples, labels = random_samples()
    targets = np.repeat(labels.astype(float)[:, None], 2, axis=1)
    found = fit_confident(samples, targets, CONFIG, earlier=from_zero(samples.shape[1])).weights
    known = labels != 0
    svm = LinearSVC(C=1 / (2 * 0.2), fit_intercept=False, tol=1e-10, max_iter=100_000)
    svm.fit(samples[known], labels[known])
    np.testing.assert_allclose(found[0], found[1], atol=1e-8)
    np.testing.assert_allclose(found[0], svm.coef_[0], atol=1e-5)


def test_relabelling_hard_samples_makes_both_surer_of_their_class():
    samples, labels = random_samples(count=200, separation=0.7)
    decisions = samples @ first_confident(samples, labels, np.inf, CONFIG).T
    agree = virtual_labels(decisions) != 0
    assert (decisions[:, 0] < decisions[:, 1]).mean() > 0.9 and 0 < agree.sum() < len(agree)
    both = (labels != 0) & agree
    right = np.sign(decisions[:, 0]) == labels
    assert right[both].mean() > right[(labels != 0) & ~agree].mean() + 0.1


def test_no_hard_sample_changes_nothing():
    samples, labels = random_samples(separation=20.0)
    weights = first_confident(samples, labels, np.inf, CONFIG)
    np.testing.assert_allclose(weights[0], weights[1], atol=1e-9)
