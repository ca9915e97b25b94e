import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.optimize import minimize

from au_jax.methods.jpml.fista import minimise, start_at_base_rates
from au_jax.methods.jpml.objective import make_problem, patch_norms
from au_jax.methods.jpml.relations import AuRelations
from tests.made.problems import (
    GROUP,
    double,  # noqa: F401
    naive_objective,
    no_relations,
    random_problem,
    some_relations,
)

TIGHT = {"iterations": 5000, "tolerance": 0.0}


def solve(problem, alpha, beta=0.0, start=None, **settings):
    start = start or start_at_base_rates(problem)
    return minimise(problem, alpha, beta, start, **{**TIGHT, **settings})


def slopes(problem, weights, intercepts):
    """Gradient of the weighted logistic loss alone, written out."""
    X, y, m = (
        np.asarray(part) for part in (problem.features, problem.labels, problem.label_weights)
    )
    residual = -y * m / (1 + np.exp(y * (X @ weights + intercepts))) / len(X)
    return X.T @ residual, residual.sum(axis=0)


def selected(problem, solution):
    norms = patch_norms(jnp.asarray(solution.weights), problem.group, problem.patches)
    return np.asarray(norms) > 0


@pytest.mark.usefixtures("double")
@pytest.mark.parametrize("alpha", [0.02, 0.08])
def test_without_relations_it_is_the_group_lasso_of_a_generic_solver(alpha):
    problem = random_problem()
    solution = solve(problem, alpha)
    X, y, m = (
        np.asarray(part) for part in (problem.features, problem.labels, problem.label_weights)
    )
    shape, smoothing = (len(GROUP), 4), 1e-4

    def smoothed(flat):
        weights, intercepts = flat[:-4].reshape(shape), flat[-4:]
        loss = (m * (y != 0) * np.log1p(np.exp(-y * (X @ weights + intercepts)))).sum() / len(X)
        slope, intercept_slope = slopes(problem, weights, intercepts)
        for patch in range(4):
            block = weights[patch == GROUP]
            norms = np.sqrt((block**2).sum(axis=0) + smoothing**2)
            loss += alpha * norms.sum()
            slope[patch == GROUP] += alpha * block / norms
        return loss, np.concatenate([slope.ravel(), intercept_slope])

    generic = minimize(
        smoothed,
        np.zeros(len(GROUP) * 4 + 4),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": 3000, "ftol": 1e-13, "gtol": 1e-8},
    )
    assert solution.objectives[-1] == pytest.approx(generic.fun, abs=16 * alpha * smoothing)
    np.testing.assert_allclose(solution.weights, generic.x[:-4].reshape(shape), atol=2e-3)
    np.testing.assert_allclose(solution.intercepts, generic.x[-4:], atol=2e-3)


@pytest.mark.usefixtures("double")
@pytest.mark.parametrize("alpha", [0.02, 0.08])
def test_solution_meets_the_conditions_of_the_group_lasso(alpha):
    problem = random_problem()
    solution = solve(problem, alpha)
    slope, intercept_slope = slopes(problem, solution.weights, solution.intercepts)
    np.testing.assert_allclose(intercept_slope, 0, atol=1e-7)
    active = selected(problem, solution)
    assert 0 < active.sum() < active.size
    for patch, au in np.ndindex(*active.shape):
        block = solution.weights[patch == GROUP, au]
        of_loss = slope[patch == GROUP, au]
        if active[patch, au]:
            np.testing.assert_allclose(of_loss, -alpha * block / np.linalg.norm(block), atol=1e-6)
        else:
            assert np.linalg.norm(of_loss) <= alpha * (1 + 1e-6)


@pytest.mark.usefixtures("double")
def test_patches_vanish_from_a_known_alpha_on_and_the_strongest_comes_first():
    problem = random_problem()
    labels, weights = np.asarray(problem.labels), np.asarray(problem.label_weights)
    odds = (weights * (labels > 0)).sum(axis=0) / (weights * (labels < 0)).sum(axis=0)
    slope, _ = slopes(problem, np.zeros((len(GROUP), 4)), np.log(odds))
    pulls = np.asarray(patch_norms(jnp.asarray(slope), problem.group, 4))
    largest = pulls.max()
    nothing = solve(problem, 1.001 * largest)
    assert not nothing.weights.any()
    np.testing.assert_allclose(nothing.intercepts, np.log(odds), atol=1e-5)
    one = selected(problem, solve(problem, 0.98 * largest))
    assert np.argwhere(one).tolist() == [list(np.unravel_index(pulls.argmax(), pulls.shape))]


@pytest.mark.parametrize("beta", [0.0, 0.5])
@pytest.mark.usefixtures("double")
def test_objective_never_rises_and_is_that_of_the_solution(beta):
    problem = random_problem(relations=some_relations())
    start = start_at_base_rates(problem)
    solution = solve(problem, 0.01, beta, start, iterations=300, tolerance=1e-6)
    assert 10 < len(solution.objectives) < 301
    assert (np.diff(solution.objectives) <= 0).all()
    for objective, at in ((solution.objectives[0], start), (solution.objectives[-1], solution)):
        expected = naive_objective(problem, 0.01, beta, at.weights, at.intercepts)
        assert objective == pytest.approx(expected, rel=1e-10)
    assert solution.objectives[-1] < 0.9 * solution.objectives[0]


def test_half_the_digits_are_enough():
    with jax.enable_x64(True):
        exact = solve(random_problem(), 0.02)
    problem = random_problem()
    assert problem.features.dtype == np.float32
    solution = solve(problem, 0.02)
    assert len(solution.objectives) < 5000
    assert (np.diff(solution.objectives) <= 0).all()
    np.testing.assert_allclose(solution.weights, exact.weights, atol=5e-3)


def test_iterations_and_tolerance_end_the_search():
    problem = random_problem()
    assert len(solve(problem, 0.01, iterations=7).objectives) == 8
    loose, tight = (solve(problem, 0.01, tolerance=t).objectives for t in (1e-2, 1e-4))
    assert len(loose) < len(tight)
    assert loose[-11] - loose[-1] <= 1e-2 * loose[-1] < loose[-12] - loose[-2]


def test_a_warm_start_ends_where_a_cold_one_does_but_sooner():
    problem = random_problem()
    near = solve(problem, 0.021)
    warm, cold = (
        solve(problem, 0.02, start=near, tolerance=1e-5),
        solve(problem, 0.02, tolerance=1e-5),
    )
    assert len(warm.objectives) < len(cold.objectives)
    assert warm.objectives[-1] == pytest.approx(cold.objectives[-1], rel=1e-4)


def test_relations_of_weight_zero_change_nothing():
    related, unrelated = random_problem(relations=some_relations()), random_problem()
    without = solve(unrelated, 0.02, beta=0.7, iterations=50)
    np.testing.assert_array_equal(solve(related, 0.02, 0.0, iterations=50).weights, without.weights)
    assert (solve(related, 0.02, beta=0.7, iterations=50).weights != without.weights).any()


def test_informative_patches_are_found():
    rng = np.random.default_rng(0)
    group = np.repeat(np.arange(20), 8)
    features = rng.normal(size=(800, 160)).astype(np.float32)
    truth = np.zeros((160, 3))
    patches = ((2, 11), (5,), (0, 7, 19))
    for au, chosen in enumerate(patches):
        truth[np.isin(group, chosen), au] = rng.normal(size=8 * len(chosen))
    labels = np.where(features @ truth + rng.normal(size=(800, 3)) > 0, 1, -1).astype(np.int8)
    problem = make_problem(features, labels, group, no_relations(3))
    found = selected(problem, solve(problem, 0.08, tolerance=1e-6))
    assert tuple(tuple(np.flatnonzero(column).tolist()) for column in found.T) == patches


def two_aus(same, seed=0):
    """Two AUs that are the same, or never together, labelled in different frames."""
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(80, len(GROUP))).astype(np.float32)
    labels = np.where(features @ rng.normal(size=(len(GROUP), 1)) > 0, 1, -1).astype(np.int8)
    labels = np.concatenate([labels, labels if same else -labels], axis=1)
    flipped = rng.random(labels.shape) < 0.2
    labels = np.where(flipped, -labels, labels)
    labels[:40, 0] = labels[40:, 1] = 0
    pair = np.array([[0.0, 1.0], [1.0, 0.0]])
    relations = AuRelations(pair, 0 * pair) if same else AuRelations(0 * pair, pair)
    return make_problem(features, labels, GROUP, relations)


def test_aus_that_occur_together_get_closer_predictions():
    problem = two_aus(same=True)
    distances = []
    for beta in (0.0, 0.1, 1.0):
        products = np.asarray(problem.features) @ solve(problem, 1e-3, beta, iterations=300).weights
        distances.append(np.linalg.norm(products[:, 0] - products[:, 1]) / np.linalg.norm(products))
    assert distances[0] > 1.5 * distances[1] > 2 * distances[2]


def test_aus_that_exclude_each_other_are_less_often_detected_together():
    problem = two_aus(same=False)
    together = []
    for beta in (0.0, 10.0):
        solution = solve(problem, 1e-3, beta, iterations=300)
        scores = np.asarray(problem.features) @ solution.weights + solution.intercepts
        together.append((scores > 0).all(axis=1).sum())
    assert together[0] > 3 and together[1] < together[0] / 2


def test_an_au_that_never_changes_or_has_no_label_stays_finite():
    problem = random_problem()
    labels = np.asarray(problem.labels).copy()
    labels[:, 0], labels[:, 1] = 0, -1
    problem = dataclasses.replace(problem, labels=jnp.asarray(labels))
    solution = solve(problem, 0.01, iterations=50)
    assert np.isfinite(solution.weights).all() and np.isfinite(solution.intercepts).all()
    assert not solution.weights[:, 0].any() and solution.intercepts[0] == 0
    assert solution.intercepts[1] < -3


@pytest.mark.usefixtures("double")
def test_momentum_is_far_faster_than_plain_proximal_steps():
    problem = random_problem()
    scales = jnp.asarray(np.geomspace(0.3, 3.0, len(GROUP)))
    problem = dataclasses.replace(problem, features=problem.features * scales[None])
    best = solve(problem, 0.01).objectives[-1]
    weights, intercepts = np.zeros((len(GROUP), 4)), start_at_base_rates(problem).intercepts
    X = np.column_stack([np.asarray(problem.features), np.ones(60)])
    step = 4 / (np.linalg.eigvalsh(X.T @ X / 60)[-1] * np.asarray(problem.label_weights).max())
    for _ in range(200):
        slope, intercept_slope = slopes(problem, weights, intercepts)
        weights, intercepts = weights - step * slope, intercepts - step * intercept_slope
        for patch in range(4):
            norms = np.linalg.norm(weights[patch == GROUP], axis=0)
            weights[patch == GROUP] *= np.maximum(0, 1 - step * 0.01 / norms)
    plain = naive_objective(problem, 0.01, 0.0, weights, intercepts)
    ours = solve(problem, 0.01, iterations=200).objectives[-1]
    assert 0 <= ours - best < (plain - best) / 100
