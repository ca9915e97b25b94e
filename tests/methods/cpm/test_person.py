import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.spatial.distance import pdist

from au_jax.methods.cpm.person import Person, fit_person, mean_squared_distance, virtual_labels
from au_jax.methods.cpm.temporal_smoothness import comparison, temporal_neighbours
from au_jax.settings import CpmConfig
from tests.made.people import random_samples


def test_a_frame_has_a_virtual_label_where_both_agree():
    decisions = np.array([[1, 2], [-1, -3], [1, -1], [-1, 1], [0, 1]], float)
    assert virtual_labels(decisions).tolist() == [1, -1, 0, 0, 0]


def test_mean_squared_distance_is_that_of_all_pairs():
    samples, _ = random_samples(count=15)
    assert mean_squared_distance(samples) == pytest.approx(pdist(samples, "sqeuclidean").mean())
    assert mean_squared_distance(samples[:1]) == np.inf


@pytest.mark.parametrize("seed", range(3))
def test_stage_2_minimises_the_objective_with_the_weight_of_smoothness(seed):
    config = CpmConfig(person_regularisation=0.2, transfer=0.4, smoothness=0.7)
    samples, virtual = random_samples(seed)
    confident = np.random.default_rng(seed).normal(size=(2, samples.shape[1]))
    recording = np.arange(len(samples)) // 30
    neighbours = temporal_neighbours(samples, recording, np.arange(len(samples)), 5)
    found = fit_person(Person(samples, neighbours), virtual, confident, config)
    positive = samples[virtual > 0]
    limit = 1.5 * pdist(positive, "sqeuclidean").mean()
    D = comparison(len(samples), neighbours, limit).toarray()
    assert (neighbours.distance > limit).any()

    def printed_objective(w):
        labelled = [
            max(0, 1 - v * (w @ x)) ** 2 for x, v in zip(samples, virtual, strict=True) if v
        ]
        near = sum(((w - other) ** 2).sum() for other in confident)
        smooth = ((D @ samples @ w) ** 2).sum()
        return sum(labelled) + 0.2 * w @ w + 0.4 * near + 0.7 * smooth

    generic = minimize(printed_objective, np.zeros(samples.shape[1]))
    np.testing.assert_allclose(found.weights[0], generic.x, atol=1e-4)
    assert found.objective == pytest.approx(generic.fun, rel=1e-8)
    assert (np.diff(found.objectives) <= 0).all()
