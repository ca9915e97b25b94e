import jax
import jax.numpy as jnp
import numpy as np
import pytest

from au_jax.methods.jpml.objective import (
    block_soft_threshold,
    negative_competition,
    patch_norms,
    positive_correlation,
    smooth_part,
)
from tests.made.problems import (
    GROUP,
    double,  # noqa: F401
    naive_objective,
    random_problem,
    some_relations,
)

pytestmark = pytest.mark.usefixtures("double")


def test_relation_terms_are_the_sums_over_pairs_and_frames():
    rng = np.random.default_rng(0)
    values, relations = rng.normal(size=(9, 4)), some_relations()
    pull = competition = 0.0
    for i in range(9):
        for j in range(4):
            for k in range(j + 1, 4):
                pull += relations.positive[j, k] * (values[i, j] - values[i, k]) ** 2 / 18
                both = max(values[i, j], 0) * max(values[i, k], 0)
                competition += relations.negative[j, k] * both / 9
    values = jnp.asarray(values)
    assert float(positive_correlation(values, jnp.asarray(relations.positive))) == pytest.approx(
        pull
    )
    found = negative_competition(values, jnp.asarray(relations.negative))
    assert float(found) == pytest.approx(competition) and competition > 0


def random_point(problem, seed=1):
    rng = np.random.default_rng(seed)
    aus = problem.labels.shape[1]
    return rng.normal(size=(len(GROUP), aus)), rng.normal(size=aus)


@pytest.mark.parametrize("beta", [0.0, 0.8])
def test_smooth_part_is_the_naive_objective_without_group_lasso(beta):
    problem = random_problem(relations=some_relations())
    weights, intercepts = random_point(problem)
    value = smooth_part(
        problem.features @ weights, jnp.asarray(intercepts), problem, jnp.asarray(beta)
    )
    expected = naive_objective(problem, 0.0, beta, weights, intercepts)
    assert float(value) == pytest.approx(expected, rel=1e-12)


def test_gradients_are_finite_differences_of_the_naive_objective():
    problem = random_problem(frames=20, relations=some_relations())
    weights, intercepts = random_point(problem)
    slope, intercept_slope = jax.grad(smooth_part, argnums=(0, 1))(
        problem.features @ weights, jnp.asarray(intercepts), problem, jnp.asarray(0.8)
    )
    weight_slope = np.asarray(problem.features.T @ slope)
    for index in [(0, 0), (3, 1), (7, 2), (10, 3)]:
        step = np.zeros_like(weights)
        step[index] = 1e-6
        up, down = (
            naive_objective(problem, 0, 0.8, weights + s, intercepts) for s in (step, -step)
        )
        assert weight_slope[index] == pytest.approx((up - down) / 2e-6, abs=1e-7)
    for au in range(4):
        step = np.eye(4)[au] * 1e-6
        up, down = (
            naive_objective(problem, 0, 0.8, weights, intercepts + s) for s in (step, -step)
        )
        assert float(intercept_slope[au]) == pytest.approx((up - down) / 2e-6, abs=1e-7)


def test_block_soft_threshold_is_its_closed_form():
    weights = np.random.default_rng(0).normal(size=(len(GROUP), 3))
    weights[GROUP == 1, 0] = 0
    # One norm lies exactly at the threshold.
    weights[GROUP == 3, 1] = (0.9, 1.2)
    shrunk = np.asarray(
        block_soft_threshold(jnp.asarray(weights), jnp.asarray(1.5), jnp.asarray(GROUP), 4)
    )
    vanished = 0
    for au in range(3):
        for patch in range(4):
            block = weights[patch == GROUP, au]
            norm = np.linalg.norm(block)
            expected = block * (1 - 1.5 / norm) if norm > 1.5 else 0 * block
            vanished += norm <= 1.5
            np.testing.assert_allclose(shrunk[patch == GROUP, au], expected, atol=1e-15)
    assert 0 < vanished < 12


def test_patch_norms_are_those_of_each_patch_and_au():
    weights = np.random.default_rng(0).normal(size=(len(GROUP), 3))
    expected = [np.linalg.norm(weights[patch == GROUP], axis=0) for patch in range(4)]
    np.testing.assert_allclose(patch_norms(jnp.asarray(weights), jnp.asarray(GROUP), 4), expected)
