import itertools

import numpy as np
import pytest

from au_jax.sampling import weighted
from au_jax.sampling.balance import measure_balance
from au_jax.sampling.random import RandomPlan
from au_jax.sampling.weighted import WeightedPlan
from tests.made.labels import correlated_labels

# Base rates 1/4 of the known labels and 3/5; the last frame but one has no AU, the last no label.
LABELS = np.array([[1, 1], [-1, 1], [-1, 1], [0, -1], [-1, -1], [0, 0]], np.int8)
WEIGHTS = np.array([(4 + 5 / 3) / 2, 5 / 3, 5 / 3, 5 / 3, 5 / 3])
WITH_NEUTRAL = np.array([(4 + 5 / 3) / 2, 5 / 3, 5 / 3, 5 / 2, 5 / 2])


@pytest.mark.parametrize(("neutral", "weights"), [(False, WEIGHTS), (True, WITH_NEUTRAL)])
def test_frames_are_drawn_by_weight(neutral, weights):
    plan = WeightedPlan(LABELS, 1, seed=0, neutral=neutral)
    counts = np.bincount([plan[step][0] for step in range(10_000)], minlength=6)
    # 5 standard deviations of a share of 10,000 draws are 0.025 at most.
    np.testing.assert_allclose(counts[:5] / 10_000, weights / weights.sum(), atol=0.025)
    assert counts[5] == 0


@pytest.mark.parametrize("rounds", [8, 0], ids=["repeats left out", "waiting times"])
def test_second_draws_are_among_the_rest_by_weight(rounds, monkeypatch):
    monkeypatch.setattr(weighted, "_ROUNDS", rounds)
    plan = WeightedPlan(LABELS, 2, seed=0)
    drawn = [tuple(plan[step].tolist()) for step in range(10_000)]
    for first, second in itertools.permutations(range(5), 2):
        chance = WEIGHTS[first] / WEIGHTS.sum()
        chance *= WEIGHTS[second] / (WEIGHTS.sum() - WEIGHTS[first])
        assert drawn.count((first, second)) / 10_000 == pytest.approx(chance, abs=0.015)


def test_a_batch_of_all_frames_ends_though_one_has_nearly_all_weight():
    labels = np.full((3000, 2), -1, np.int8)
    labels[0, 0] = labels[1:, 1] = 1
    assert sorted(WeightedPlan(labels, 3000, seed=0)[0].tolist()) == list(range(3000))


def test_rare_aus_come_more_often_than_by_chance():
    labels = correlated_labels(4000)
    random, plan = RandomPlan(labels, 100, 0), WeightedPlan(labels, 100, 0)
    by_chance = measure_balance(labels, (random[step] for step in range(30)))
    weighted_draws = measure_balance(labels, (plan[step] for step in range(30)))
    assert weighted_draws.imbalance < 0.8 * by_chance.imbalance
