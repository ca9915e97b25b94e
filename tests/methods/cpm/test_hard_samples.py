import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import cdist

from au_jax.methods.cpm import hard_samples as module
from au_jax.methods.cpm.hard_samples import distance_threshold, hard_samples, relabelled
from au_jax.settings import HardTest
from tests.made.people import random_samples


def test_a_sample_is_hard_by_its_label_or_by_disagreement():
    decisions = np.array([[1, 1], [1, -1], [-1, 1], [-1, -1]], float)
    present, absent, missing = np.ones(4), -np.ones(4), np.zeros(4)

    def hard(labels, test):
        return hard_samples(decisions, labels, test).tolist()

    assert hard(present, HardTest.LABEL) == [False, True, True, True]
    assert hard(absent, HardTest.LABEL) == [True, True, True, False]
    assert hard(missing, HardTest.LABEL) == [False] * 4
    for labels in (present, absent):
        assert hard(labels, HardTest.DISAGREEMENT) == [False, True, True, False]
    assert hard(missing, HardTest.DISAGREEMENT) == [False] * 4


def relabelled_one_by_one(samples, labels, hard, threshold):
    targets = []
    for i, label in enumerate(labels):
        others = [j for j in np.flatnonzero(hard) if labels[j] == -label and label]
        near = any(((samples[i] - samples[j]) ** 2).sum() < threshold for j in others)
        targets.append([-1, 1] if hard[i] and near else [label, label])
    return np.array(targets, float)


@given(st.integers(0, 10_000), st.floats(0.1, 20))
def test_localised_relabelling_is_that_of_one_sample_after_the_other(seed, threshold):
    samples, labels = random_samples(seed, count=30, features=2)
    hard = (np.random.default_rng(seed).random(30) < 0.4) & (labels != 0)
    found = relabelled(samples, labels, hard, threshold)
    np.testing.assert_array_equal(found, relabelled_one_by_one(samples, labels, hard, threshold))


def test_distances_in_parts_are_those_in_one_go(monkeypatch):
    samples, labels = random_samples(count=80, features=2)
    hard = labels != 0
    whole = relabelled(samples, labels, hard, 0.05)
    monkeypatch.setattr(module, "_AT_ONCE", 3)
    np.testing.assert_array_equal(relabelled(samples, labels, hard, 0.05), whole)
    moved = (whole[:, 0] != whole[:, 1]).sum()
    assert 0 < moved < hard.sum()


def test_holistic_relabelling_takes_all_hard_samples_and_no_other():
    samples, labels = random_samples(count=12)
    labels = np.abs(labels)  # no sample of the other class
    hard = np.arange(12) < 5
    targets = relabelled(samples, labels, hard & (labels != 0), np.inf)
    expected = np.repeat(labels[:, None], 2, axis=1).astype(float)
    expected[hard & (labels != 0)] = [-1, 1]
    np.testing.assert_array_equal(targets, expected)


def crossings(samples, labels):
    """Every distance at which the pairs below it stop to be 1.9 same to one other."""
    counts = [(labels == value).sum() for value in (1, -1)]
    rare = 1 if counts[0] <= counts[1] else -1
    pairs = sorted(
        (((samples[i] - samples[j]) ** 2).sum(), labels[j] == rare)
        for i, j in itertools.product(np.flatnonzero(labels == rare), np.flatnonzero(labels))
        if i != j
    )
    balance, found = 0, []
    for distance, same in pairs:
        before, balance = balance, balance + (10 if same else -19)
        if before >= 0 > balance:
            found.append(distance)
    return found


@pytest.mark.parametrize("seed", range(12))
def test_the_threshold_is_a_distance_at_which_pairs_become_mixed(seed):
    samples, labels = random_samples(seed, count=50, features=2, separation=2.0)
    threshold = distance_threshold(samples, labels)
    expected = np.array(crossings(samples, labels))
    assert np.isclose(expected, threshold, rtol=1e-5, atol=1e-9).any() and threshold > 0


def test_the_threshold_of_classes_on_top_of_each_other_is_zero():
    samples, labels = np.tile(random_samples(count=10)[0], (2, 1)), np.repeat([1, -1], 10)
    assert distance_threshold(samples, labels) == pytest.approx(0, abs=1e-6)


def test_a_class_with_one_sample_has_a_threshold():
    samples, labels = random_samples(count=10)[0], np.array([1] + [-1] * 9)
    nearest = cdist(samples[:1], samples[1:], "sqeuclidean").min()
    assert distance_threshold(samples, labels) == pytest.approx(nearest, rel=1e-5)
