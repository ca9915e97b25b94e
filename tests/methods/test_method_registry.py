import numpy as np
import pytest

from au_jax.errors import InputError
from au_jax.methods import registry
from au_jax.methods.fold_run import Method, load_scores, scores_file
from au_jax.methods.registry import METHODS, in_order, run_methods
from tests.made.folds import make_fold


@pytest.mark.parametrize(
    ("asked", "order"),
    [
        ([], ["always_present"]),
        (["cnn"], ["always_present", "cnn"]),
        (["lstm"], ["always_present", "cnn", "lstm"]),
        (["hybrid"], ["always_present", "cnn", "lstm", "hybrid"]),
        (["hybrid", "cnn", "hybrid"], ["always_present", "cnn", "lstm", "hybrid"]),
    ],
)
def test_methods_run_after_what_they_build_on_and_once(asked, order):
    assert in_order(asked) == order


def test_unknown_method_lists_the_known_ones():
    with pytest.raises(
        InputError, match="unknown method 'forest'; known are: always_present, svm,"
    ):
        in_order(["cnn", "forest"])


def test_every_method_is_called_by_its_own_name():
    assert [method.name for method in METHODS.values()] == list(METHODS)


def test_scores_are_saved_with_labels_and_people_of_the_test_frames(tmp_path):
    fold_run = make_fold(tmp_path)
    run_methods(fold_run, [])
    found = load_scores(scores_file(fold_run.directory, "always_present"))
    table, test = fold_run.dataset.frames, fold_run.fold.test
    assert (found.scores == 1).all() and found.scores.dtype == np.float32
    assert found.aus == (1, 12, 24)
    np.testing.assert_array_equal(found.frames, test)
    np.testing.assert_array_equal(found.labels, table.labels[test])
    assert found.subjects.tolist() == [f"s{number}" for number in table.subject[test]]
    assert found.recordings.tolist() == [f"r{number}" for number in table.recording[test]]
    others = np.concatenate([fold_run.fold.train, fold_run.fold.validation])
    assert not set(found.subjects) & {f"s{number}" for number in table.subject[others]}


def test_a_method_that_has_scored_is_not_run_again(tmp_path, monkeypatch):
    fold_run = make_fold(tmp_path)
    calls = []

    def run(given):
        calls.append(given.number)
        return np.zeros((len(given.fold.test), 3))

    monkeypatch.setitem(registry.METHODS, "cnn", Method("cnn", (), run))
    run_methods(fold_run, ["cnn"])
    run_methods(fold_run, ["cnn"])
    assert calls == [0]
