import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import approx_fprime, minimize

from au_jax.methods.cpm.newton import Penalty, minimise, support_gram
from tests.made.people import random_samples


def random_penalty(classifiers, features, seed=0):
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(classifiers * features,) * 2)
    matrix = 0.1 * root @ root.T + 0.05 * np.eye(len(root))
    return Penalty(matrix, rng.normal(size=len(root)), constant=3.0)


def naive_objective(flat, samples, targets, penalty):
    weights = flat.reshape(targets.shape[1], -1)
    total = flat @ penalty.matrix @ flat - 2 * penalty.linear @ flat + penalty.constant
    for x, row in zip(samples, targets, strict=True):
        for target, w in zip(row, weights, strict=True):
            if target:
                total += max(0.0, 1 - target * (w @ x)) ** 2
    return total


@pytest.mark.parametrize("classifiers", [1, 2])
@pytest.mark.parametrize("seed", range(4))
def test_the_end_is_the_minimum_that_a_generic_solver_finds(classifiers, seed):
    samples, labels = random_samples(seed)
    rng = np.random.default_rng(seed)
    targets = labels[:, None] * rng.choice([-1.0, 1.0], (len(labels), classifiers), p=[0.2, 0.8])
    penalty = random_penalty(classifiers, samples.shape[1], seed)
    start = rng.normal(size=(classifiers, samples.shape[1]))
    found = minimise(samples, targets, penalty, start)
    arguments = (samples, targets, penalty)
    generic = minimize(naive_objective, start.reshape(-1), arguments, options={"gtol": 1e-7})
    np.testing.assert_allclose(found.weights.reshape(-1), generic.x, atol=1e-4)
    assert found.objective == pytest.approx(generic.fun, rel=1e-8)
    assert found.objectives[0] == pytest.approx(naive_objective(start.reshape(-1), *arguments))
    flat = found.weights.reshape(-1)
    gradient, at_start = (
        np.asarray(approx_fprime(place, naive_objective, 1e-6, *arguments))
        for place in (flat, start.reshape(-1))
    )
    np.testing.assert_allclose(gradient, 0, atol=1e-3)
    assert np.abs(at_start).max() > 1


@given(st.integers(0, 10_000), st.floats(0.01, 100))
def test_the_objective_never_rises_and_the_gradient_ends_at_zero(seed, scale):
    samples, labels = random_samples(seed, count=40, features=3)
    samples = samples * scale
    rng = np.random.default_rng(seed)
    targets = np.stack([labels, -labels], axis=1).astype(float)
    features = samples.shape[1]
    penalty = Penalty(0.08 * np.eye(2 * features), np.zeros(2 * features), 0.0)
    found = minimise(samples, targets, penalty, rng.normal(size=(2, features)) * 10)
    assert (np.diff(found.objectives) <= 0).all() and len(found.objectives) < 100
    margins = np.maximum(1 - targets * (samples @ found.weights.T), 0) * (targets != 0)
    gradient = -2 * (margins * targets).T @ samples + 2 * 0.08 * found.weights
    np.testing.assert_allclose(gradient, 0, atol=1e-7 * max(1, scale**2))


def test_a_solution_starts_its_own_problem_at_the_minimum():
    samples, labels = random_samples()
    penalty = random_penalty(1, samples.shape[1])
    targets = labels[:, None].astype(float)
    found = minimise(samples, targets, penalty, np.zeros((1, samples.shape[1])))
    again = minimise(samples, targets, penalty, found.weights, found.grams)
    np.testing.assert_allclose(again.weights, found.weights, rtol=1e-9)
    assert len(again.objectives) <= 2 < len(found.objectives)


@pytest.mark.parametrize("changed", [2, 40])
def test_grams_are_those_of_the_support_whether_updated_or_new(changed):
    samples, _ = random_samples()
    support = np.arange(len(samples)) % 2 == 0
    known = support_gram(samples, support, None)
    other = support.copy()
    other[:changed] ^= True
    updated = support_gram(samples, other, known)
    np.testing.assert_array_equal(updated.support, other)
    np.testing.assert_allclose(updated.matrix, samples[other].T @ samples[other], atol=1e-10)
