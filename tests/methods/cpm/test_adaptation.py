import dataclasses

import numpy as np
import pytest
from sklearn.svm import LinearSVC

from au_jax.methods.cpm import adaptation
from au_jax.methods.cpm.adaptation import adapt, subject_scores
from au_jax.methods.cpm.confident import fit_confident
from au_jax.methods.cpm.hard_samples import distance_threshold, relabelled
from au_jax.methods.cpm.newton import Solution
from au_jax.methods.cpm.person import Person
from au_jax.methods.cpm.temporal_smoothness import temporal_neighbours
from au_jax.methods.cpm.training import TrainedCpm, train_au
from au_jax.settings import CpmConfig, HardTest, Relabelling
from tests.made.people import shifted_gaussians

SEEDS = range(6)


def adapted_scores(seed, **settings):
    samples, labels, frames, _ = shifted_gaussians(seed)
    config = CpmConfig(**settings)
    confident, threshold = train_au(samples, labels, config)
    trained = TrainedCpm(samples, labels[:, None], confident[None], np.array([threshold]))
    time = np.arange(len(frames))
    return subject_scores(trained, frames, np.zeros_like(time), time, config)[:, 0]


def accuracy(scores, known):
    return ((scores > 0) == (known > 0)).mean()


@pytest.fixture(scope="module")
def svm_accuracies():
    found = []
    for seed in SEEDS:
        samples, labels, frames, known = shifted_gaussians(seed)
        svm = LinearSVC(C=1 / (2 * 0.08), fit_intercept=False).fit(samples, labels)
        found.append(accuracy(svm.decision_function(frames), known))
    return np.array(found)


@pytest.mark.parametrize(
    ("settings", "gain"),
    [
        ({}, 0.025),
        ({"iterations": 1}, 0.005),
        ({"relabelling": Relabelling.HOLISTIC}, 0.025),
        ({"hard_test": HardTest.DISAGREEMENT}, 0.03),
    ],
    ids=["icpm", "cpm", "holistic", "poster"],
)
def test_adapting_to_a_shifted_person_beats_a_plain_svm(svm_accuracies, settings, gain):
    found = [accuracy(adapted_scores(s, **settings), shifted_gaussians(s)[3]) for s in SEEDS]
    assert np.mean(found) > svm_accuracies.mean() + gain
    assert (found >= svm_accuracies).mean() >= 0.8


def toy(seed=0, window=5):
    samples, labels, frames, _ = shifted_gaussians(seed)
    confident, threshold = train_au(samples, labels, CpmConfig())
    time = np.arange(len(frames))
    person = Person(frames, temporal_neighbours(frames, np.zeros_like(time), time, window))
    return np.concatenate([samples, frames]), labels, person, confident, threshold


def test_more_rounds_go_on_until_nothing_moves():
    problem = toy()
    rounds = [adapt(*problem, CpmConfig(iterations=most)).rounds for most in (1, 3, 200, 1000)]
    assert rounds[:2] == [1, 3] and rounds[2] == rounds[3] < 200


def test_the_first_round_is_stage_2_on_the_training_classifiers():
    samples, labels, person, confident, threshold = toy()
    config = CpmConfig(iterations=1)
    found = adapt(samples, labels, person, confident, threshold, config)
    virtual = adaptation.virtual_labels(person.samples @ confident.T)
    expected = adaptation.fit_person(person, virtual, confident, config).weights[0]
    np.testing.assert_array_equal(found.weights, expected)
    np.testing.assert_array_equal(found.confident, confident)


def test_frames_on_which_all_three_agree_join_with_that_label():
    # So smooth that the person's classifier disagrees with the other two here and there.
    config = CpmConfig(iterations=2, smoothness=30.0, transfer=0.5)
    samples, labels, person, confident, threshold = toy()
    found = adapt(samples, labels, person, confident, threshold, config)
    first = dataclasses.replace(config, iterations=1)
    weights = adapt(samples, labels, person, confident, threshold, first).weights
    plus, minus, own = np.sign(person.samples @ np.vstack([confident, weights]).T).T
    joined = np.where((plus == minus) & (plus == own), plus, 0)
    assert 0 < (joined != 0).sum() < (plus == minus).sum() < len(joined)
    told = np.concatenate([labels, joined])
    hard = (np.sign(samples @ confident.T) != told[:, None]).any(axis=1) & (told != 0)
    targets = relabelled(samples, told, hard, threshold)
    start = Solution(confident, [], ())
    expected = fit_confident(samples, targets, config, earlier=start, person=weights).weights
    np.testing.assert_allclose(found.confident, expected, atol=1e-8)


def test_where_all_agree_on_one_label_the_mean_decides():
    samples, labels, person, confident, threshold = toy()
    sure = dataclasses.replace(person, samples=person.samples[-5:] + np.array([50.0, 0, 0]))
    everything = np.concatenate([samples[: len(labels)], sure.samples])
    found = adapt(everything, labels, sure, confident, threshold, CpmConfig(iterations=1))
    assert (sure.samples @ confident.T > 0).all()
    np.testing.assert_allclose(found.weights, confident.mean(axis=0))


def test_a_person_without_frames_has_no_scores():
    samples, labels, _, confident, threshold = toy()
    trained = TrainedCpm(
        samples[: len(labels)], labels[:, None], confident[None], np.array([threshold])
    )
    none = np.zeros(0, int)
    assert subject_scores(trained, samples[:0], none, none, CpmConfig()).shape == (0, 1)


def test_the_threshold_belongs_to_localised_relabelling():
    samples, labels, _, _ = shifted_gaussians(0)
    _, holistic = train_au(samples, labels, CpmConfig(relabelling=Relabelling.HOLISTIC))
    _, localised = train_au(samples, labels, CpmConfig())
    assert np.isinf(holistic) and localised == distance_threshold(samples, labels)
