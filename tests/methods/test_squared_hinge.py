import numpy as np
import pytest
from sklearn.svm import LinearSVC

from au_jax.methods.squared_hinge import SquaredHinge, fit_squared_hinge


def made_problem(seed, rows=150, features=12, columns=3):
    rng = np.random.default_rng(seed)
    data = rng.normal(size=(rows, features)).astype(np.float32)
    data[:, -1] = 1.0
    planted = rng.normal(size=(features, columns))
    labels = np.sign(data @ planted + rng.normal(size=(rows, columns)))
    labels[rng.random(labels.shape) < 0.2] = 0
    return data, labels.astype(np.float32)


def test_weights_are_those_of_liblinear():
    data, labels = made_problem(0)
    costs = np.array([0.01, 1.0, 20.0], np.float32)
    problem = SquaredHinge(data, labels, np.broadcast_to(costs, labels.shape))
    found = fit_squared_hinge(problem, tolerance=1e-5)
    for column in range(3):
        known = labels[:, column] != 0
        expected = LinearSVC(
            C=float(costs[column]), fit_intercept=False, dual="auto", tol=1e-8, max_iter=10_000
        ).fit(data[known], labels[known, column])
        np.testing.assert_allclose(found[:, column], expected.coef_[0], rtol=2e-3, atol=2e-4)


def test_rows_can_be_weighted():
    data, labels = made_problem(1, columns=1)
    weights = np.where(labels > 0, 3.0, 0.5).astype(np.float32)
    found = fit_squared_hinge(SquaredHinge(data, labels, weights), tolerance=1e-5)
    known = labels[:, 0] != 0
    expected = LinearSVC(C=1.0, fit_intercept=False, dual="auto", tol=1e-8).fit(
        data[known], labels[known, 0], sample_weight=weights[known, 0]
    )
    np.testing.assert_allclose(found[:, 0], expected.coef_[0], rtol=2e-3, atol=2e-4)


def test_gradient_is_that_of_the_objective_and_vanishes_at_the_solution():
    data, labels = made_problem(2)
    problem = SquaredHinge(data.astype(np.float64), labels, np.full(labels.shape, 0.7))
    rng = np.random.default_rng(0)
    weights, direction = rng.normal(size=(2, 12, 3))
    step = 1e-6

    def objective(moved):
        return problem.objective(moved, problem.features @ moved)

    slope = (objective(weights + step * direction) - objective(weights - step * direction)) / (
        2 * step
    )
    gradient = problem.gradient(weights, problem.features @ weights)
    np.testing.assert_allclose((gradient * direction).sum(axis=0), slope, rtol=1e-5)
    solved = fit_squared_hinge(problem, tolerance=1e-6)
    rest = problem.gradient(solved, problem.features @ solved)
    start = problem.gradient(0 * solved, 0 * labels)
    assert (np.linalg.norm(rest, axis=0) <= 1e-4 * np.linalg.norm(start, axis=0)).all()


@pytest.mark.parametrize("kind", ["unlabelled", "one class", "separable"])
def test_columns_of_any_kind_end(kind):
    data, labels = made_problem(3, columns=1)
    if kind == "unlabelled":
        labels[:] = 0
    elif kind == "one class":
        labels[:] = 1
    else:
        labels = np.sign(data[:, :1])
    found = fit_squared_hinge(SquaredHinge(data, labels, np.full(labels.shape, 10.0, np.float32)))
    assert np.isfinite(found).all()
    if kind == "unlabelled":
        assert not found.any()
    else:
        assert (labels * (data @ found) > 0).all()
