import dataclasses
import functools
import json
import pathlib
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from etils import epath
from sklearn.metrics import f1_score

from au_jax.methods import cnn
from au_jax.methods.running import FoldMethods
from au_jax.models.networks import frame_network
from au_jax.sampling.strategies import plan_for
from au_jax.settings import LossWeighting, SamplingStrategy
from au_jax.settings.variants import KNOWN_VARIANTS
from au_jax.training.loop import train
from au_jax.training.losses import balanced_class_weights
from tests.made.folds import make_fold, model_of, random_dataset, times_written

NAMES = [f"cnn_{strategy.value}" for strategy in SamplingStrategy] + ["cnn_balanced_loss"]
SHORT = {"steps": 2, "evaluate_every": 2}


@pytest.fixture(scope="module")
def variants(tmp_path_factory):
    """Stages and first models of all variants, of an experiment that asks for something else."""
    settings = {
        "loss_weighting": LossWeighting.BALANCED,
        "sampling": {"strategy": SamplingStrategy.MOMU, "draw_size": 2, "neutral": True},
    }
    fold_run = make_fold(tmp_path_factory.mktemp("variants"), **settings)
    found = {}
    # As in every test, whose setting decides what is compiled anew.
    with jax.numpy_rank_promotion("raise"):
        for name in NAMES:
            task = FoldMethods(fold_run).task(name)
            start = cnn.initial_model(task)
            found[name] = cnn.stage(task, start), start.params, task.folder.path
    return fold_run, found


def test_there_is_a_variant_for_each_strategy_and_one_with_a_balanced_loss():
    of_cnn = [one for one in KNOWN_VARIANTS.values() if "sampling.strategy" in one.changes]
    assert [variant.name for variant in of_cnn] == NAMES
    for strategy, variant in zip(SamplingStrategy, of_cnn, strict=False):
        assert variant.changes["sampling.strategy"] == strategy.value


@pytest.mark.parametrize("name", NAMES)
def test_batches_are_those_of_the_variants_plan(variants, name):
    fold_run, stages = variants
    stage, _, _ = stages[name]
    strategy = "random" if name == "cnn_balanced_loss" else name.removeprefix("cnn_")
    train = fold_run.fold.train
    labels = fold_run.dataset.frames.labels[train]
    plan = plan_for(strategy, labels, 6, fold_run.seed(purpose=1), draw_size=2, neutral=True)
    for step in (0, 1, 7):
        batch = stage.batches.step(step)
        np.testing.assert_array_equal(batch["faces"], fold_run.dataset.faces[train[plan[step]]])
        np.testing.assert_array_equal(batch["labels"], labels[plan[step]])


def test_every_strategy_gives_other_batches(variants):
    _, stages = variants
    names = [name for name in NAMES if name != "cnn_balanced_loss"]
    batches = {
        name: b"".join(stages[name][0].batches.step(step)["faces"].tobytes() for step in range(3))
        for name in names
    }
    assert len(set(batches.values())) == len(names)


@pytest.mark.parametrize("name", NAMES)
def test_only_the_balanced_loss_weighs_labels(variants, name):
    fold_run, stages = variants
    weights = stages[name][0].constants["class_weights"]
    labels = fold_run.dataset.frames.labels[fold_run.fold.train]
    expected = balanced_class_weights(labels)
    assert not np.allclose(expected, 1)
    if name != "cnn_balanced_loss":
        expected = np.ones((2, 3))
    np.testing.assert_allclose(weights, expected, rtol=1e-6)


def test_all_start_from_the_same_weights_and_train_in_folders_of_their_own(variants):
    fold_run, stages = variants
    _, first, _ = stages[NAMES[0]]
    for name, (stage, params, directory) in stages.items():
        jax.tree.map(np.testing.assert_array_equal, params, first)
        assert directory == fold_run.directory / name
        assert stage.name == f"fold 1 of 3 {name}"
        assert stage.seed == stages[NAMES[0]][0].seed


def test_settings_of_the_experiment_stay_as_they_are(variants):
    fold_run, _ = variants
    assert fold_run.experiment.sampling.strategy is SamplingStrategy.MOMU
    assert fold_run.experiment.loss_weighting is LossWeighting.BALANCED


def logits_by_hand(fold_run, name, rows):
    """Logits of the model in a folder, from the plain network."""
    model = model_of(fold_run.directory / name).arrays()
    network = frame_network(fold_run.experiment.cnn.network, 3)
    faces = fold_run.dataset.faces[rows].astype(np.float32)
    images = jnp.asarray((faces - np.asarray(model["mean_face"])) / 64)[:, 2:30, 2:30]
    apply = jax.jit(functools.partial(network.apply, train=False))
    return np.asarray(apply({"params": model["params"]}, images)[0])


def log_of(fold_run, name):
    lines = (fold_run.directory / name / "metrics.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A variant trained in a fold in which AU12 is coded for no training subject."""
    fold_run = make_fold(
        tmp_path_factory.mktemp("trained"), cnn={**SHORT, "training_f1_frames": 1000}
    )
    labels = fold_run.dataset.frames.labels.copy()
    labels[fold_run.fold.train, 1] = 0
    frames = dataclasses.replace(fold_run.dataset.frames, labels=labels)
    dataset = dataclasses.replace(fold_run.dataset, frames=frames)
    fold_run = dataclasses.replace(fold_run, dataset=dataset)
    with jax.numpy_rank_promotion("raise"):
        return fold_run, FoldMethods(fold_run).test_scores("cnn_random")


def test_scores_are_the_logits_of_the_test_frames_and_nothing_else_is_kept(trained):
    fold_run, scores = trained
    expected = logits_by_hand(fold_run, "cnn_random", fold_run.fold.test)
    assert scores.dtype == np.float32 and scores.shape == (len(fold_run.fold.test), 3)
    np.testing.assert_allclose(scores, expected, rtol=1e-4, atol=1e-6)
    assert list(pathlib.Path(fold_run.directory).rglob("*.npy")) == []
    assert [path.name for path in fold_run.directory.iterdir()] == ["cnn_random"]


def test_trained_variant_is_not_trained_again(trained):
    fold_run, scores = trained
    before = times_written(fold_run.directory)
    np.testing.assert_array_equal(FoldMethods(fold_run).test_scores("cnn_random"), scores)
    assert times_written(fold_run.directory) == before


def test_variant_that_was_stopped_goes_on(trained, tmp_path):
    fold_run, scores = trained
    directory = epath.Path(tmp_path)
    fold_run = dataclasses.replace(fold_run, directory=directory)
    task = FoldMethods(fold_run).task("cnn_random")
    start = cnn.initial_model(task)
    # All steps are done and saved, but the model is not.
    train(cnn.stage(task, start), start.params, task.folder.path)
    log = (tmp_path / "cnn_random/metrics.jsonl").read_bytes()
    np.testing.assert_array_equal(FoldMethods(fold_run).test_scores("cnn_random"), scores)
    assert (tmp_path / "cnn_random/metrics.jsonl").read_bytes() == log


def f1_by_scikit_learn(labels, logits):
    """F1 of each AU over its known labels; None where there is none."""
    zero: Any = 0.0  # scikit-learn's types know only "warn"
    return [
        f1_score(known > 0, values > 0, zero_division=zero) if len(known) else None
        for known, values in (
            (labels[labels[:, au] != 0, au], logits[labels[:, au] != 0, au]) for au in range(3)
        )
    ]


def test_training_f1_in_the_log_is_that_of_the_training_frames(trained):
    fold_run, _ = trained
    (row,) = log_of(fold_run, "cnn_random")
    train = fold_run.fold.train
    labels = fold_run.dataset.frames.labels[train]
    expected = f1_by_scikit_learn(labels, logits_by_hand(fold_run, "cnn_random", train))
    assert expected[1] is None and any(expected)
    assert row["training_f1_frame"] == pytest.approx(expected)


def test_training_f1_of_some_frames_takes_evenly_spaced_labelled_ones(tmp_path):
    fold_run = make_fold(tmp_path, cnn={**SHORT, "training_f1_frames": 10})
    FoldMethods(fold_run).test_scores("cnn_momu")
    labels, train = fold_run.dataset.frames.labels, fold_run.fold.train
    known = [row for row in train if labels[row].any()]
    assert len(known) < len(train)
    some = np.array(known[:: -(-len(known) // 10)])
    assert 8 <= len(some) <= 10
    expected = f1_by_scikit_learn(labels[some], logits_by_hand(fold_run, "cnn_momu", some))
    (row,) = log_of(fold_run, "cnn_momu")
    assert row["training_f1_frame"] == pytest.approx(expected)


def test_no_training_f1_is_logged_unless_asked_for(tmp_path):
    fold_run = make_fold(tmp_path, random_dataset(seed=3), cnn=SHORT)
    FoldMethods(fold_run).test_scores("cnn_weighted")
    (row,) = log_of(fold_run, "cnn_weighted")
    assert "training_f1_frame" not in row
