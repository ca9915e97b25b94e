import dataclasses
import functools
import shutil

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from au_jax.methods import cnn
from au_jax.methods.cnn_single_label import CNN_SINGLE_LABEL, part_for
from au_jax.methods.running import FoldMethods
from au_jax.models.networks import frame_network
from tests.made.folds import AUS, make_fold, model_of, random_dataset, times_written

NAME = CNN_SINGLE_LABEL.name
SHORT = {"steps": 2, "evaluate_every": 2}


def relabelled(dataset, columns, labels):
    """The data set with other labels in some columns."""
    changed = dataset.frames.labels.copy()
    changed[:, columns] = labels
    frames = dataclasses.replace(dataset.frames, labels=changed)
    return dataclasses.replace(dataset, frames=frames)


def stages_of(fold_run):
    """The stages that would be trained, by name, with their initial weights."""
    task, stages = FoldMethods(fold_run).task(NAME), {}
    for au in fold_run.dataset.aus:
        part = part_for(task, au)
        if part is not None:
            start = cnn.initial_model(part)
            stages[part.name] = cnn.stage(part, start), start.params
    return stages


def run(fold_run):
    return FoldMethods(fold_run).test_scores(NAME)


def test_batches_hold_labels_of_one_au_and_only_frames_that_have_one(tmp_path):
    dataset = random_dataset()
    sparse = dataset.frames.labels[:, 1].copy()
    sparse[::3] = 0
    fold_run = make_fold(tmp_path, relabelled(dataset, 1, sparse))
    stages = stages_of(fold_run)
    assert list(stages) == [
        "cnn_single_label/AU01",
        "cnn_single_label/AU12",
        "cnn_single_label/AU24",
    ]
    labels, train = fold_run.dataset.frames.labels, fold_run.fold.train
    faces = fold_run.dataset.faces[train].reshape(len(train), -1)
    for column, (stage, _) in enumerate(stages.values()):
        labelled = train[labels[train, column] != 0]
        steps = range(len(labelled) // 6)  # an epoch
        batches = [stage.batches.step(step) for step in steps]
        rows = []
        for batch in batches:
            assert batch["labels"].shape == (6, 1)
            for face, label in zip(batch["faces"], batch["labels"], strict=True):
                (place,) = np.flatnonzero((faces == face.ravel()).all(axis=1))
                assert label[0] == labels[train[place], column] != 0
                rows.append(int(train[place]))
        assert len(set(rows)) == len(rows) and set(rows) <= set(labelled.tolist())
        weights = fold_run.class_weights()[:, [column]]
        np.testing.assert_allclose(stage.constants["class_weights"], weights, rtol=1e-6)


def test_all_start_from_the_same_weights_and_share_a_compilation(tmp_path):
    fold_run = make_fold(tmp_path)
    (first, weights), *others = stages_of(fold_run).values()
    for stage, params in others:
        assert (stage.objective, stage.optimizer) == (first.objective, first.optimizer)
        assert hash(stage.objective) == hash(first.objective)
        jax.tree.map(np.testing.assert_array_equal, params, weights)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    fold_run = make_fold(tmp_path_factory.mktemp("trained"), cnn=SHORT)
    with jax.numpy_rank_promotion("raise"):
        return fold_run, run(fold_run)


def test_scores_are_the_logits_of_each_network_on_the_test_frames(trained):
    fold_run, scores = trained
    network = frame_network(fold_run.experiment.cnn.network, 1)
    faces = fold_run.dataset.faces[fold_run.fold.test].astype(np.float32)
    apply = jax.jit(functools.partial(network.apply, train=False))
    assert scores.shape == (len(faces), 3) and scores.dtype == np.float32
    for column, au in enumerate(AUS):
        model = model_of(fold_run.directory / NAME / f"AU{au:02d}").arrays()
        images = jnp.asarray((faces - np.asarray(model["mean_face"])) / 64)[:, 2:30, 2:30]
        logits = np.asarray(apply({"params": model["params"]}, images)[0])
        assert logits.shape == (len(faces), 1)
        np.testing.assert_allclose(scores[:, column], logits[:, 0], rtol=1e-4, atol=1e-6)


def test_labels_of_other_aus_change_nothing(trained, tmp_path):
    fold_run, scores = trained
    dataset = fold_run.dataset
    others = relabelled(dataset, [0, 2], -dataset.frames.labels[:, [2, 0]])
    changed = run(make_fold(tmp_path, others, cnn=SHORT))
    np.testing.assert_array_equal(changed[:, 1], scores[:, 1])
    assert (changed[:, 0] != scores[:, 0]).any() and (changed[:, 2] != scores[:, 2]).any()


def test_a_stopped_run_trains_only_what_is_not_finished(trained, tmp_path):
    done, scores = trained
    fold_run = make_fold(tmp_path, cnn=SHORT)
    for name in ("AU01", "AU12"):
        shutil.copytree(done.directory / NAME / name, tmp_path / NAME / name)
    before = times_written(tmp_path)
    np.testing.assert_array_equal(run(fold_run), scores)
    assert times_written(tmp_path).items() >= before.items()
    assert (tmp_path / NAME / "AU24/detector.json").exists()


@pytest.mark.parametrize("part", ["train", "validation"])
def test_an_au_without_labels_is_never_detected(tmp_path, part):
    dataset = random_dataset()
    column = dataset.frames.labels[:, 1].copy()
    column[getattr(make_fold(tmp_path).fold, part)] = 0
    scores = run(make_fold(tmp_path, relabelled(dataset, 1, column), cnn=SHORT))
    assert (scores[:, 1] == -1).all() and np.ptp(scores[:, 0]) > 0
    assert not (tmp_path / NAME / "AU12").exists()


def test_an_au_with_few_labels_is_trained_with_smaller_batches(tmp_path):
    dataset = random_dataset()
    train = make_fold(tmp_path).fold.train
    column = dataset.frames.labels[:, 1].copy()
    column[train] = 0
    column[train[[3, 30, 7]]] = [1, -1, 1]
    fold_run = make_fold(tmp_path, relabelled(dataset, 1, column))
    stages = stages_of(fold_run)
    stage, _ = stages["cnn_single_label/AU12"]
    batch = stage.batches.step(0)
    np.testing.assert_array_equal(np.sort(batch["labels"][:, 0]), [-1, 1, 1])
    assert stage.objective.batch_size == 3
    assert stages["cnn_single_label/AU24"][0].objective.batch_size == 6
