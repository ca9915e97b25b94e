import dataclasses

import numpy as np
import pytest

from au_jax.errors import InputError
from au_jax.methods.registry import METHODS, in_order, resolve
from au_jax.methods.running import run_methods
from au_jax.runs.layout import MethodFolder
from au_jax.runs.scores import load_scores
from au_jax.settings import Experiment, Variant
from au_jax.settings.variants import KNOWN_VARIANTS
from tests.made.folds import make_fold, times_written


@pytest.mark.parametrize(
    ("asked", "order"),
    [
        ([], ["always_present"]),
        (["cnn"], ["always_present", "cnn"]),
        (["svm"], ["always_present", "svm"]),
        (["lstm"], ["always_present", "cnn", "lstm"]),
        (["hybrid"], ["always_present", "cnn", "lstm", "hybrid"]),
        (["hybrid", "cnn", "hybrid"], ["always_present", "cnn", "lstm", "hybrid"]),
        (["lstm_pca_32", "cnn_momu"], ["always_present", "cnn", "lstm_pca_32", "cnn_momu"]),
        (["ensemble"], [*("always_present", "jpml", "svm", "cnn", "lstm", "hybrid", "ensemble")]),
        (["fusion_network"], ["always_present", "cnn", "lstm", "fusion_network"]),
    ],
)
def test_methods_run_after_what_they_build_on_and_once(asked, order):
    assert in_order(asked, Experiment()) == order


def test_unknown_method_lists_the_known_ones():
    with pytest.raises(
        InputError, match=r"unknown method 'forest'; known are: always_present, svm,.* cnn_momu"
    ):
        in_order(["cnn", "forest"], Experiment())


def test_every_method_is_called_by_its_own_name_and_every_variant_has_a_base():
    assert [method.name for method in METHODS.values()] == list(METHODS)
    for name in KNOWN_VARIANTS:
        named = resolve(name, Experiment())
        assert named.name == name and named.variant == KNOWN_VARIANTS[name]


def test_a_variant_changes_settings_of_its_method_only():
    wide = Variant(name="cnn_wide", base="cnn", changes={"cnn.network.width": 2.0})
    experiment = Experiment(variants=(wide,))
    named = resolve("cnn_wide", experiment)
    assert named.method is METHODS["cnn"] and named.experiment.cnn.network.width == 2.0
    assert experiment.cnn.network.width == 1.0
    assert resolve("lstm_pca_48", experiment).experiment.lstm.pca_components == 48


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"base": "forest"}, "has the base 'forest'; allowed are: always_present"),
        ({"changes": {"lstm.steps": 3}}, "changes lstm.steps, which its base 'cnn' does not"),
        ({"changes": {"cnn.stepz": 3}}, "'cnn.stepz' is not a setting"),
        ({"changes": {"cnn.steps": "many"}}, "cnn.steps is 'many'; it must be of type int"),
        ({"changes": {"sampling.strategy": "lucky"}}, "allowed is one of random, stratified"),
    ],
)
def test_a_variant_that_cannot_be_is_refused(changes, message):
    variant = dataclasses.replace(Variant(name="other", base="cnn", changes={}), **changes)
    with pytest.raises(InputError, match=message):
        resolve("other", Experiment(variants=(variant,)))


def scores_of(run, name):
    return load_scores(MethodFolder(run.directory / name).test_scores)


def test_scores_are_saved_with_labels_and_people_of_the_test_frames(tmp_path):
    fold_run = make_fold(tmp_path)
    run_methods(fold_run, [])
    found = scores_of(fold_run, "always_present")
    table, test = fold_run.dataset.frames, fold_run.fold.test
    assert (found.scores == 1).all() and found.scores.dtype == np.float32
    assert found.aus == (1, 12, 24)
    np.testing.assert_array_equal(found.frames, test)
    np.testing.assert_array_equal(found.labels, table.labels[test])
    assert found.subjects.tolist() == [f"s{number}" for number in table.subject[test]]
    assert found.recordings.tolist() == [f"r{number}" for number in table.recording[test]]
    others = np.concatenate([fold_run.fold.train, fold_run.fold.validation])
    assert not set(found.subjects) & {f"s{number}" for number in table.subject[others]}


def test_a_method_that_has_scored_is_not_run_again(tmp_path):
    fold_run = make_fold(tmp_path, cnn={"steps": 2})
    run_methods(fold_run, ["cnn"])
    before = times_written(tmp_path)
    run_methods(fold_run, ["cnn"])
    assert times_written(tmp_path) == before
    assert MethodFolder(fold_run.directory / "cnn").seconds() is not None
