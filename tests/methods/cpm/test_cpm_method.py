import dataclasses

import numpy as np
import pytest
from au_jax.methods.fold_features import FoldFeatures

from au_jax.errors import InputError
from au_jax.methods.cpm import method
from au_jax.methods.cpm.adaptation import subject_scores
from au_jax.methods.cpm.training import TrainedCpm, train_au, with_one
from au_jax.methods.registry import METHODS
from au_jax.settings import CpmConfig, Experiment, check_experiment
from tests.made.folds import AUS, make_fold, random_dataset

FEATURES = 5


def made_features(dataset, seed=0):
    """Features that show the labels through noise."""
    rng = np.random.default_rng(seed)
    noise = rng.normal(size=(len(dataset.frames), FEATURES))
    noise[:, : len(dataset.aus)] += dataset.frames.labels
    return (noise / np.sqrt(FEATURES)).astype(np.float32)


@pytest.fixture
def prepared(monkeypatch):
    """A function that makes a fold and puts features in place of those computed from faces."""

    def prepare(directory, features, dataset=None, **settings):
        fold_run = make_fold(directory, dataset, cpm={"iterations": 3, **settings})
        table, train = fold_run.dataset.frames, fold_run.fold.train
        train = train[table.tracked[train] & (table.labels[train] != 0).any(axis=1)]
        found = FoldFeatures(features, np.zeros(FEATURES, int), train, fold_run.fold.validation)
        monkeypatch.setattr(method, "fold_features", lambda _: found)
        monkeypatch.setattr(method, "standardised_components", lambda _, given: given.features)
        return fold_run, train

    return prepare


def with_labels(dataset, labels):
    return dataclasses.replace(dataset, frames=dataclasses.replace(dataset.frames, labels=labels))


def test_scores_are_those_of_each_subject_adapted_to_alone(tmp_path, prepared):
    dataset = random_dataset()
    features = made_features(dataset)
    fold_run, train = prepared(tmp_path, features, dataset)
    scores = method.run(fold_run)
    table, test, config = dataset.frames, fold_run.fold.test, CpmConfig(iterations=3)
    assert scores.dtype == np.float32 and scores.shape == (len(test), len(AUS))
    samples, labels = with_one(features[train]), table.labels[train]
    parts = [train_au(samples, column, config) for column in labels.T]
    trained = TrainedCpm(samples, labels, *(np.array(part) for part in zip(*parts, strict=True)))
    for subject in np.unique(table.subject[test]):
        rows = test[(table.subject[test] == subject) & table.tracked[test]]
        expected = subject_scores(
            trained, with_one(features[rows]), table.recording[rows], table.frame[rows], config
        )
        np.testing.assert_allclose(scores[np.isin(test, rows)], expected, rtol=1e-5)
        assert (expected > 0).any() and (expected < 0).any()
    assert (scores[~table.tracked[test]] == 0).all() and not table.tracked[test].all()


def test_neither_labels_of_the_test_nor_other_test_subjects_matter(tmp_path, prepared):
    dataset = random_dataset()
    features = made_features(dataset)
    fold_run, _ = prepared(tmp_path / "a", features, dataset)
    scores, test = method.run(fold_run), fold_run.fold.test
    permuted = dataset.frames.labels.copy()
    permuted[test] = np.random.default_rng(1).permutation(permuted[test])
    first = dataset.frames.subject[test] == dataset.frames.subject[test[0]]
    others = features.copy()
    others[test[~first]] *= -3
    fold_run, _ = prepared(tmp_path / "b", others, with_labels(dataset, permuted))
    changed = method.run(fold_run)
    np.testing.assert_array_equal(changed[first], scores[first])
    assert (changed[~first] != scores[~first]).any()


def test_an_au_with_one_kind_of_label_scores_that_label(tmp_path, prepared):
    dataset = random_dataset()
    fold = make_fold(tmp_path).fold
    labels = dataset.frames.labels.copy()
    labels[fold.train, 0] = np.abs(labels[fold.train, 0])
    labels[fold.train, 1] = 0
    fold_run, _ = prepared(tmp_path, made_features(dataset), with_labels(dataset, labels))
    scores = method.run(fold_run)
    assert (scores[:, 0] == 1).all() and (scores[:, 1] == -1).all()
    assert len(np.unique(scores[:, 2])) > 10


def test_training_frames_are_bounded(tmp_path, prepared, monkeypatch):
    dataset = random_dataset()
    fold_run, train = prepared(tmp_path, made_features(dataset), dataset, training_frames=10)
    lengths = []
    original = method.train_au
    monkeypatch.setattr(method, "train_au", lambda *a: (lengths.append(len(a[0])), original(*a))[1])
    method.run(fold_run)
    assert 5 <= lengths[0] <= 10 < len(train) and len(lengths) == len(AUS)


def test_a_stopped_run_goes_on_and_tidies_up(tmp_path, prepared, monkeypatch):
    dataset = random_dataset()
    features = made_features(dataset)
    whole = method.run(prepared(tmp_path / "a", features, dataset)[0])
    fold_run, _ = prepared(tmp_path / "b", features, dataset)
    calls = []

    def stopping(*arguments):
        calls.append(arguments)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return subject_scores(*arguments)

    monkeypatch.setattr(method, "subject_scores", stopping)
    with pytest.raises(KeyboardInterrupt):
        method.run(fold_run)
    assert len(list((tmp_path / "b/cpm/subjects").iterdir())) == 1
    monkeypatch.setattr(method, "train_au", None)
    np.testing.assert_array_equal(method.run(fold_run), whole)
    assert len(calls) == 1 + len(np.unique(dataset.frames.subject[fold_run.fold.test]))
    assert [file.name for file in (tmp_path / "b/cpm").iterdir()] == ["test_scores.npy"]
    monkeypatch.setattr(method, "fold_features", None)
    np.testing.assert_array_equal(method.run(fold_run), whole)


def test_it_is_a_method_with_settings_that_are_checked():
    assert METHODS["cpm"].run is method.run and METHODS["cpm"].requires == ()
    check_experiment(Experiment(cpm=CpmConfig(separation=0.0, smoothness=0.0, transfer=0.0)))
    for wrong in ({"iterations": 0}, {"regularisation": 0.0}, {"transfer": -1.0}):
        with pytest.raises(InputError, match=f"experiment.cpm.{next(iter(wrong))} is"):
            check_experiment(Experiment(cpm=dataclasses.replace(CpmConfig(), **wrong)))
