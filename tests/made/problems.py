"""Small problems for JPML, and its objective once more, in plain NumPy loops."""

import jax
import numpy as np
import pytest

from au_jax.methods.jpml.objective import make_problem
from au_jax.methods.jpml.relations import AuRelations

GROUP = np.array([0, 0, 0, 1, 1, 2, 2, 2, 2, 3, 3])
"""Patches of different size."""


@pytest.fixture
def double():
    with jax.enable_x64(True):
        yield


def no_relations(aus):
    return AuRelations(np.zeros((aus, aus)), np.zeros((aus, aus)))


def some_relations():
    positive, negative = np.zeros((2, 4, 4))
    positive[0, 1] = positive[1, 0] = 0.7
    positive[1, 2] = positive[2, 1] = 0.45
    negative[0, 3] = negative[3, 0] = 0.6
    negative[2, 3] = negative[3, 2] = 0.3
    return AuRelations(positive, negative)


def random_problem(frames=60, aus=4, seed=0, relations=None, group=GROUP):
    """Labels that depend on patches 0 and 2, some of them missing, with weights."""
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(frames, len(group)))
    truth = rng.normal(size=(len(group), aus)) * np.isin(group, (0, 2))[:, None]
    noisy = features @ truth + rng.normal(size=(frames, aus))
    labels = np.where(noisy > 0.5, 1, -1) * (rng.random((frames, aus)) > 0.1)
    weights = rng.uniform(0.5, 2.0, (frames, aus))
    return make_problem(
        features, labels.astype(np.int8), group, relations or no_relations(aus), weights
    )


def naive_objective(problem, alpha, beta, weights, intercepts):
    X, y, m = (
        np.asarray(part) for part in (problem.features, problem.labels, problem.label_weights)
    )
    positive, negative = np.asarray(problem.positive), np.asarray(problem.negative)
    group, (frames, aus) = np.asarray(problem.group), y.shape
    total = 0.0
    for i in range(frames):
        products = [X[i] @ weights[:, au] for au in range(aus)]
        scores = [products[au] + intercepts[au] for au in range(aus)]
        for j in range(aus):
            if y[i, j] != 0:
                total += m[i, j] * np.log1p(np.exp(-y[i, j] * scores[j])) / frames
            for k in range(j + 1, aus):
                pull = 0.5 * positive[j, k] * (products[j] - products[k]) ** 2
                competition = negative[j, k] * max(scores[j], 0) * max(scores[k], 0)
                total += beta * (pull + competition) / frames
    for au in range(aus):
        for patch in range(group.max() + 1):
            total += alpha * np.linalg.norm(weights[group == patch, au])
    return total
