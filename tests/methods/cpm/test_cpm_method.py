import dataclasses

import numpy as np
import pytest

from au_jax.datasets.row_selection import evenly_spaced
from au_jax.detector.detector import Detector
from au_jax.errors import InputError
from au_jax.methods.cpm import method
from au_jax.methods.cpm.adaptation import subject_scores
from au_jax.methods.cpm.training import TrainedCpm, train_au, with_one
from au_jax.methods.features import fitted_components, fold_rows
from au_jax.methods.registry import METHODS
from au_jax.methods.running import FoldMethods, run_methods
from au_jax.runs.layout import MethodFolder
from au_jax.settings import CpmConfig, Experiment, check_experiment
from au_jax.system import atomic_files
from tests.made.folds import AUS, make_fold, random_dataset, times_written

FEATURES = 5


def made_features(dataset, seed=0):
    """Features that show the labels through noise."""
    rng = np.random.default_rng(seed)
    noise = rng.normal(size=(len(dataset.frames), FEATURES))
    noise[:, : len(dataset.aus)] += dataset.frames.labels
    return (noise / np.sqrt(FEATURES)).astype(np.float32)


def prepared(directory, features, dataset=None, **settings):
    """A fold with features in place of those computed from faces; all of their components count."""
    fold_run = make_fold(
        directory / "fold_00",
        dataset,
        cpm={"iterations": 3, **settings},
        features={"pca_energy": 1.0},
    )
    folder = MethodFolder(directory / "features/hog_landmarks")
    atomic_files.write_array(folder.all_features, features.astype(np.float16))
    return fold_run, fold_rows(fold_run).train


def run(fold_run):
    return FoldMethods(fold_run).test_scores("cpm")


def components_of(fold_run, features, train):
    stored = features.astype(np.float16)
    return fitted_components(fold_run, stored[train]).project(stored)


def with_labels(dataset, labels):
    return dataclasses.replace(dataset, frames=dataclasses.replace(dataset.frames, labels=labels))


def test_scores_are_those_of_each_subject_adapted_to_alone(tmp_path):
    dataset = random_dataset()
    features = made_features(dataset)
    fold_run, train = prepared(tmp_path, features, dataset)
    scores = run(fold_run)
    table, test, config = dataset.frames, fold_run.fold.test, CpmConfig(iterations=3)
    assert scores.dtype == np.float32 and scores.shape == (len(test), len(AUS))
    components = components_of(fold_run, features, train)
    samples, labels = with_one(components[train]), table.labels[train]
    parts = [train_au(samples, column, config) for column in labels.T]
    trained = TrainedCpm(samples, labels, *(np.array(part) for part in zip(*parts, strict=True)))
    for subject in np.unique(table.subject[test]):
        rows = test[(table.subject[test] == subject) & table.tracked[test]]
        expected = subject_scores(
            trained, with_one(components[rows]), table.recording[rows], table.frame[rows], config
        )
        np.testing.assert_allclose(scores[np.isin(test, rows)], expected, rtol=1e-5)
        assert (expected > 0).any() and (expected < 0).any()
    assert (scores[~table.tracked[test]] == 0).all() and not table.tracked[test].all()


def test_neither_labels_of_the_test_nor_other_test_subjects_matter(tmp_path):
    dataset = random_dataset()
    features = made_features(dataset)
    fold_run, _ = prepared(tmp_path / "a", features, dataset)
    scores, test = run(fold_run), fold_run.fold.test
    permuted = dataset.frames.labels.copy()
    permuted[test] = np.random.default_rng(1).permutation(permuted[test])
    first = dataset.frames.subject[test] == dataset.frames.subject[test[0]]
    others = features.copy()
    others[test[~first]] *= -3
    fold_run, _ = prepared(tmp_path / "b", others, with_labels(dataset, permuted))
    changed = run(fold_run)
    np.testing.assert_array_equal(changed[first], scores[first])
    assert (changed[~first] != scores[~first]).any()


def test_an_au_with_one_kind_of_label_scores_that_label(tmp_path):
    dataset = random_dataset()
    fold = make_fold(tmp_path).fold
    labels = dataset.frames.labels.copy()
    labels[fold.train, 0] = np.abs(labels[fold.train, 0])
    labels[fold.train, 1] = 0
    fold_run, _ = prepared(tmp_path, made_features(dataset), with_labels(dataset, labels))
    scores = run(fold_run)
    assert (scores[:, 0] == 1).all() and (scores[:, 1] == -1).all()
    assert len(np.unique(scores[:, 2])) > 10


def test_training_frames_are_bounded(tmp_path):
    dataset = random_dataset()
    features = made_features(dataset)
    fold_run, train = prepared(tmp_path / "a", features, dataset, training_frames=10)
    scores = run(fold_run)
    # Labels of frames that are not among the evenly spaced ones change nothing.
    some = evenly_spaced(train, 10)
    assert 5 <= len(some) <= 10 < len(train)
    labels = dataset.frames.labels.copy()
    others = np.setdiff1d(train, some)
    labels[others] = -labels[others]
    changed, _ = prepared(
        tmp_path / "b", features, with_labels(dataset, labels), training_frames=10
    )
    np.testing.assert_array_equal(run(changed), scores)


def test_a_stopped_run_goes_on_and_tidies_up(tmp_path, monkeypatch):
    dataset = random_dataset()
    features = made_features(dataset)
    whole = run(prepared(tmp_path / "a", features, dataset)[0])
    fold_run, _ = prepared(tmp_path / "b", features, dataset)
    calls = []

    def stopping(*arguments):
        calls.append(arguments)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return subject_scores(*arguments)

    monkeypatch.setattr(method, "subject_scores", stopping)
    with pytest.raises(KeyboardInterrupt):
        run(fold_run)
    left = times_written(tmp_path / "b/fold_00/cpm")
    assert len(list((tmp_path / "b/fold_00/cpm/subjects").iterdir())) == 1
    assert {file.name for file in left} >= {"trained.npz"}
    np.testing.assert_array_equal(run(fold_run), whole)
    assert len(calls) == 1 + len(np.unique(dataset.frames.subject[fold_run.fold.test]))
    assert not times_written(tmp_path / "b/fold_00/cpm")


def test_it_cannot_be_loaded_as_a_detector(tmp_path):
    dataset = random_dataset()
    fold_run, _ = prepared(tmp_path, made_features(dataset), dataset, iterations=1)
    run_methods(fold_run, ["cpm"])
    with pytest.raises(InputError, match="CPM adapts to the person who is tested, and cannot be"):
        Detector.load(fold_run.directory, "cpm")
    with pytest.raises(InputError, match="CPM adapts"):
        Detector.load(fold_run.directory / "cpm")


def test_it_is_a_method_with_settings_that_are_checked():
    assert METHODS["cpm"].fit is None
    check_experiment(Experiment(cpm=CpmConfig(separation=0.0, smoothness=0.0, transfer=0.0)))
    for wrong in ({"iterations": 0}, {"regularisation": 0.0}, {"transfer": -1.0}):
        with pytest.raises(InputError, match=f"experiment.cpm.{next(iter(wrong))} is"):
            check_experiment(Experiment(cpm=dataclasses.replace(CpmConfig(), **wrong)))
