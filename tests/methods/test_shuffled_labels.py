import numpy as np
import pytest

from au_jax.methods import cnn
from au_jax.methods.running import FoldMethods
from au_jax.methods.shuffled_labels import shuffled_rows, with_shuffled_labels
from tests.made.folds import make_fold, model_of

SHORT = {"steps": 2, "evaluate_every": 2}


def sorted_rows(labels):
    return labels[np.lexsort(labels.T)]


def test_rows_stay_whole_and_only_those_asked_for_move():
    rng = np.random.default_rng(0)
    labels = rng.choice(np.array([-1, 0, 1], np.int8), (200, 5))
    labels[::7] = 0
    rows = np.arange(50, 180)
    shuffled = shuffled_rows(labels, rows, seed=3)
    np.testing.assert_array_equal(sorted_rows(shuffled[rows]), sorted_rows(labels[rows]))
    others = np.setdiff1d(np.arange(200), rows)
    np.testing.assert_array_equal(shuffled[others], labels[others])
    np.testing.assert_array_equal(shuffled.any(axis=1), labels.any(axis=1))
    assert (shuffled[rows] != labels[rows]).any(axis=1).mean() > 0.7
    np.testing.assert_array_equal(shuffled, shuffled_rows(labels, rows, seed=3))
    assert (shuffled != shuffled_rows(labels, rows, seed=4)).any()


@pytest.fixture(scope="module")
def methods(tmp_path_factory):
    return FoldMethods(make_fold(tmp_path_factory.mktemp("shuffled"), cnn=SHORT))


def test_nobody_gets_labels_of_other_frames_than_of_training_or_validation(methods):
    task = methods.task("cnn_shuffled_labels")
    fold, known = task.run.fold, task.run.dataset.frames.labels
    shuffled = with_shuffled_labels(task).run.dataset.frames.labels
    for rows in (fold.train, fold.validation):
        assert (shuffled[rows] != known[rows]).any()
        np.testing.assert_array_equal(sorted_rows(shuffled[rows]), sorted_rows(known[rows]))
    np.testing.assert_array_equal(shuffled[fold.test], known[fold.test])


def test_the_variant_trains_on_them_and_is_measured_on_the_true_ones(methods):
    task = with_shuffled_labels(methods.task("cnn_shuffled_labels"))
    start = cnn.initial_model(task)
    # As the CNN does on a data set that has these labels.
    folder = task.run.directory / "by_hand"
    expected = cnn.train(cnn.stage(task, start), start.params, folder)
    variant, plain = (
        model_of(methods.fitted(name).block.folder).params
        for name in ("cnn_shuffled_labels", "cnn")
    )
    for layer, values in expected.items():
        np.testing.assert_array_equal(variant[layer]["kernel"], values["kernel"])
    assert (plain["fc8"]["bias"] != variant["fc8"]["bias"]).any()
    assert methods.calibrated("cnn_shuffled_labels") is not None
