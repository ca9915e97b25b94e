import dataclasses

import numpy as np
import pytest

from au_jax.detector.jpml import fit_standardisation
from au_jax.methods.features import fold_rows
from au_jax.methods.jpml import method
from au_jax.methods.jpml.relations import mine_relations
from au_jax.methods.running import FoldMethods
from au_jax.metrics import f1_frame, mean_over_aus
from au_jax.runs.layout import MethodFolder
from au_jax.system import atomic_files
from tests.made.folds import make_fold, model_of, random_dataset

GROUP = np.repeat(np.arange(49), 2)
"""The shape: two numbers for each landmark, as patches."""
INFORMATIVE = {0: 1, 1: 30, 2: 44}
"""The patch that tells each AU."""
SETTINGS = {"alphas": (0.2, 0.05), "betas": (0.0, 0.1), "iterations": 100}


def telling_features(dataset, seed=0):
    """Features in other units, of which one patch for each AU tells its label."""
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(len(dataset.frames.labels), len(GROUP)))
    for au, patch in INFORMATIVE.items():
        features[:, patch == GROUP] += 1.5 * dataset.frames.labels[:, [au]]
    return (7 * features + 30).astype(np.float16)


def run(directory, dataset=None, features=None, **settings):
    """Scores and model of JPML on the first fold of a data set, with the features and its rows."""
    chosen = {"jpml": {**SETTINGS, **settings}, "features": {"kind": "shape"}}
    fold_run = make_fold(directory / "fold_00", dataset, **chosen)
    features = telling_features(fold_run.dataset) if features is None else features
    atomic_files.write_array(MethodFolder(directory / "features/shape").all_features, features)
    scores = FoldMethods(fold_run).test_scores("jpml")
    model = model_of(fold_run.directory / "jpml")
    return scores, model, fold_run, features


def scores_by_hand(model, features, rows):
    standard = (features.astype(float) - model.standardisation.mean) / model.standardisation.scale
    return standard[rows] @ model.weights + model.intercepts


def test_it_finds_the_telling_patches_and_scores_the_test_frames(tmp_path):
    scores, model, fold_run, features = run(tmp_path)
    labels = fold_run.dataset.frames.labels[fold_run.fold.test]
    assert scores.shape == labels.shape and scores.dtype == np.float32
    assert mean_over_aus(f1_frame(labels, scores)) > 0.85
    importance = model.patch_importance()
    assert importance.shape == (3, 49) and importance.max(axis=1).tolist() == [1, 1, 1]
    assert importance.argmax(axis=1).tolist() == list(INFORMATIVE.values())
    expected = scores_by_hand(model, features, fold_run.fold.test)
    np.testing.assert_allclose(scores, expected, atol=1e-3)
    norms = [np.linalg.norm(model.weights[patch == GROUP], axis=0) for patch in range(49)]
    np.testing.assert_allclose(importance, (np.array(norms) / np.max(norms, axis=0)).T, rtol=1e-5)


def test_relations_standardisation_and_choice_are_those_of_their_frames(tmp_path):
    _, model, fold_run, features = run(tmp_path, negative_correlation=0.0)
    labels, rows = fold_run.dataset.frames.labels, fold_rows(fold_run)
    train = rows.train
    relations = mine_relations(labels[train], 0.4, 0.0, 5)
    np.testing.assert_array_equal(model.negative, relations.negative)
    np.testing.assert_array_equal(model.positive, relations.positive)
    assert model.negative.any()
    known = features[train].astype(float)
    np.testing.assert_allclose(model.standardisation.mean, known.mean(axis=0), rtol=1e-4)
    np.testing.assert_allclose(model.standardisation.scale, known.std(axis=0), rtol=1e-4)
    tried = np.array(model.tried)
    assert (tried[:2, :2] == [(0.2, 0.0), (0.05, 0.0)]).all() and len(tried) == 3
    chosen = tried[tried[:, 2].argmax()]
    validation = scores_by_hand(model, features, rows.validation)
    f1 = mean_over_aus(f1_frame(labels[rows.validation], validation))
    assert (model.alpha, model.beta) == (chosen[0], chosen[1]) and chosen[2] == pytest.approx(f1)


@pytest.mark.parametrize("part", ["test", "validation", "train"])
def test_only_training_frames_are_learned_from(tmp_path, part):
    dataset = random_dataset()
    features = telling_features(dataset)
    one = {"alphas": (0.05,), "betas": (0.1,), "negative_correlation": 0.0}
    scores, model, fold_run, _ = run(tmp_path / "a", dataset, features, **one)
    rows = getattr(fold_run.fold, part)
    labels, other = dataset.frames.labels.copy(), features.copy()
    labels[rows] *= -1
    other[rows] = other[rows][:, ::-1]
    changed = dataclasses.replace(
        dataset, frames=dataclasses.replace(dataset.frames, labels=labels)
    )
    new_scores, new_model, _, _ = run(tmp_path / "b", changed, other, **one)
    assert (new_model.weights == model.weights).all() == (part != "train")
    assert (new_model.standardisation.mean == model.standardisation.mean).all() == (part != "train")
    assert (new_scores == scores).all() == (part == "validation")


def test_labels_of_the_test_frames_change_no_score(tmp_path):
    dataset = random_dataset()
    features = telling_features(dataset)
    scores, _, fold_run, _ = run(tmp_path / "a", dataset, features)
    labels = dataset.frames.labels.copy()
    labels[fold_run.fold.test] = 1
    changed = dataclasses.replace(
        dataset, frames=dataclasses.replace(dataset.frames, labels=labels)
    )
    np.testing.assert_array_equal(run(tmp_path / "b", changed, features)[0], scores)


def test_labels_weigh_as_the_experiment_says(tmp_path):
    dataset = random_dataset()
    rng = np.random.default_rng(1)
    rare = np.where(rng.random(dataset.frames.labels.shape) < 0.2, 1, -1).astype(np.int8)
    dataset = dataclasses.replace(dataset, frames=dataclasses.replace(dataset.frames, labels=rare))
    # So strong that the intercepts are all there is.
    _, model, _, _ = run(tmp_path, dataset, alphas=(9.0,), betas=(0.0,))
    assert not model.weights.any() and not model.patch_importance().any()
    # Without weights they would be near log(0.2 / 0.8) = −1.4.
    np.testing.assert_allclose(model.intercepts, 0, atol=0.2)


def test_a_stopped_run_goes_on_and_ends_the_same(tmp_path, monkeypatch):
    expected, _, _, _ = run(tmp_path / "whole")
    fitted, minimise = [], method.minimise

    def interrupted(problem, alpha, beta, *arguments):
        if len(fitted) == 2:
            raise KeyboardInterrupt
        fitted.append((alpha, beta))
        return minimise(problem, alpha, beta, *arguments)

    monkeypatch.setattr(method, "minimise", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path / "stopped")
    assert not (tmp_path / "stopped/fold_00/jpml/detector.json").exists()

    def counted(problem, alpha, beta, *arguments):
        fitted.append((alpha, beta))
        return minimise(problem, alpha, beta, *arguments)

    monkeypatch.setattr(method, "minimise", counted)
    np.testing.assert_array_equal(run(tmp_path / "stopped")[0], expected)
    assert len(fitted) == len(set(fitted)) == 3
    # A finished model is not trained again.
    np.testing.assert_array_equal(run(tmp_path / "stopped")[0], expected)
    assert len(fitted) == 3


def test_of_many_training_frames_some_are_fitted_but_all_are_mined(tmp_path, monkeypatch):
    problems, minimise = [], method.minimise

    def watched(problem, *arguments):
        problems.append(problem)
        return minimise(problem, *arguments)

    monkeypatch.setattr(method, "minimise", watched)
    _, model, fold_run, _ = run(tmp_path, training_frames=20, negative_correlation=0.0)
    train = fold_rows(fold_run).train
    assert 10 < len(problems[0].features) <= 20 < len(train)
    mined = mine_relations(fold_run.dataset.frames.labels[train], 0.4, 0.0, 5)
    np.testing.assert_array_equal(model.negative, mined.negative)


def test_a_feature_that_never_changes_in_training_is_only_centred():
    features = np.random.default_rng(0).normal(size=(50, 3)).astype(np.float16)
    features[:, 1] = 5
    standardisation = fit_standardisation(features)
    assert standardisation.scale[1] == 1 and standardisation.mean[1] == 5
    standard = standardisation(features)
    np.testing.assert_allclose(standard.std(axis=0), [1, 0, 1], atol=1e-3)
