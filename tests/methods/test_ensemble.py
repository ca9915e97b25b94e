import numpy as np
import pytest

from au_jax.detector.detector import Detector
from au_jax.errors import InputError
from au_jax.methods.registry import in_order
from au_jax.methods.running import FoldMethods, run_methods
from au_jax.runs.layout import MethodFolder
from au_jax.runs.scores import load_scores
from au_jax.settings import check_experiment
from tests.made.folds import left, make_fold

FRAMES = 96


def scored_fold(directory, scores):
    run = make_fold(directory, fusion={"inputs": tuple(scores)})
    for method, values in scores.items():
        left(run, method, scores=values)
    return run


def test_it_is_the_mean_of_scores_over_their_spread_in_validation_people(tmp_path):
    rng = np.random.default_rng(0)
    # Of other units: what counts is not the size of a method's scores.
    given = {"jpml": rng.normal(size=(FRAMES, 3)), "cnn": 50 * rng.normal(size=(FRAMES, 3))}
    run = scored_fold(tmp_path, given)
    scores = FoldMethods(run).test_scores("ensemble")
    validation, test = run.fold.validation, run.fold.test
    spread = {name: values[validation].std(axis=0) for name, values in given.items()}
    expected = sum(given[name][test] / spread[name] for name in given) / 2
    np.testing.assert_allclose(scores, expected, rtol=1e-4, atol=1e-6)


def test_scores_that_never_change_keep_their_sign(tmp_path):
    given = {"svm": np.full((FRAMES, 3), -1.0), "cnn": np.full((FRAMES, 3), 0.25)}
    scores = FoldMethods(scored_fold(tmp_path, given)).test_scores("ensemble")
    np.testing.assert_allclose(scores, -0.375)


def test_it_is_trained_with_what_it_joins_and_loads_as_a_detector(tmp_path):
    run = make_fold(tmp_path, fusion={"inputs": ("svm", "hybrid")})
    run_methods(run, ["ensemble"])
    scored = load_scores(MethodFolder(run.directory / "ensemble").test_scores)
    detector = Detector.load(tmp_path)
    assert detector.description.origin["method"] == "ensemble"
    table, test = run.dataset.frames, run.fold.test
    found = detector.scores(run.dataset.faces[test], table.recording[test])
    np.testing.assert_allclose(found, scored.scores, rtol=1e-4, atol=1e-5)
    assert not np.isnan(scored.probabilities).any()


@pytest.mark.parametrize("name", ["cpm", "ensemble", "forest", "cnn_momu"])
def test_what_it_cannot_join_is_refused_with_what_it_can(tmp_path, name):
    run = make_fold(tmp_path, fusion={"inputs": ("cnn", name)})
    with pytest.raises(InputError, match=f"cannot build on '{name}'; allowed are always_present"):
        in_order(["ensemble"], run.experiment)


@pytest.mark.parametrize("inputs", [(), ("cnn", "cnn")])
def test_inputs_are_one_or_more_each_once(tmp_path, inputs):
    experiment = make_fold(tmp_path).experiment
    experiment.fusion.inputs = inputs
    with pytest.raises(InputError, match=r"fusion.inputs is .*; allowed is one or more names"):
        check_experiment(experiment)
