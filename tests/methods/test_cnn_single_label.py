import dataclasses
import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from au_jax.methods import cnn, cnn_scoring
from au_jax.methods.cnn_single_label import CNN_SINGLE_LABEL, run
from au_jax.system.checkpoints import has_model, load_model
from tests.made.folds import AUS, make_fold, random_dataset

SHORT = {"steps": 2, "evaluate_every": 2}


def relabelled(dataset, columns, labels):
    """The data set with other labels in some columns."""
    changed = dataset.frames.labels.copy()
    changed[:, columns] = labels
    frames = dataclasses.replace(dataset.frames, labels=changed)
    return dataclasses.replace(dataset, frames=frames)


def captured_stages(fold_run, monkeypatch):
    """The stages that would be trained, by folder, with their initial weights."""
    stages = {}

    def train(stage, params, directory):
        stages[str(directory.relative_to(fold_run.directory))] = (stage, params)
        return params

    monkeypatch.setattr(cnn, "train", train)
    run(fold_run)
    return stages


def test_batches_hold_labels_of_one_au_and_only_frames_that_have_one(tmp_path, monkeypatch):
    dataset = random_dataset()
    sparse = dataset.frames.labels[:, 1].copy()
    sparse[::3] = 0
    fold_run = make_fold(tmp_path, relabelled(dataset, 1, sparse))
    stages = captured_stages(fold_run, monkeypatch)
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


def test_all_start_from_the_same_weights_and_share_a_compilation(tmp_path, monkeypatch):
    fold_run = make_fold(tmp_path)
    (first, weights), *others = captured_stages(fold_run, monkeypatch).values()
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
    network = cnn_scoring.build_network(fold_run.experiment.cnn, 1)
    faces = fold_run.dataset.faces[fold_run.fold.test].astype(np.float32)
    apply = jax.jit(functools.partial(network.apply, train=False))
    assert scores.shape == (len(faces), 3) and scores.dtype == np.float32
    for column, au in enumerate(AUS):
        model = load_model(fold_run.folder("cnn_single_label") / f"AU{au:02d}")
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


def test_a_stopped_run_trains_only_what_is_not_finished(trained, tmp_path, monkeypatch):
    _, scores = trained
    fold_run = make_fold(tmp_path, cnn=SHORT)
    names = []

    def stopping(given, name):
        if name.endswith("AU24"):
            raise KeyboardInterrupt
        return train(given, name)

    train = cnn._train
    monkeypatch.setattr(cnn, "_train", stopping)
    with pytest.raises(KeyboardInterrupt):
        run(fold_run)
    assert has_model(fold_run.folder("cnn_single_label") / "AU12")
    monkeypatch.setattr(
        cnn, "_train", lambda given, name: (names.append(name), train(given, name))[1]
    )
    np.testing.assert_array_equal(run(fold_run), scores)
    assert names == ["cnn_single_label/AU24"]


@pytest.mark.parametrize("part", ["train", "validation"])
def test_an_au_without_labels_is_never_detected(tmp_path, monkeypatch, part):
    dataset = random_dataset()
    column = dataset.frames.labels[:, 1].copy()
    column[getattr(make_fold(tmp_path).fold, part)] = 0
    fold_run = make_fold(tmp_path, relabelled(dataset, 1, column))
    monkeypatch.setattr(cnn, "train", lambda stage, params, _: params)
    scores = run(fold_run)
    assert (scores[:, 1] == -1).all() and np.ptp(scores[:, 0]) > 0
    assert not (fold_run.folder("cnn_single_label") / "AU12").exists()


def test_an_au_with_few_labels_is_trained_with_smaller_batches(tmp_path, monkeypatch):
    dataset = random_dataset()
    train = make_fold(tmp_path).fold.train
    column = dataset.frames.labels[:, 1].copy()
    column[train] = 0
    column[train[[3, 30, 7]]] = [1, -1, 1]
    fold_run = make_fold(tmp_path, relabelled(dataset, 1, column))
    stages = captured_stages(fold_run, monkeypatch)
    stage, _ = stages["cnn_single_label/AU12"]
    batch = stage.batches.step(0)
    np.testing.assert_array_equal(np.sort(batch["labels"][:, 0]), [-1, 1, 1])
    assert stage.objective.batch_size == 3
    assert stages["cnn_single_label/AU24"][0].objective.batch_size == 6


def test_it_builds_on_no_other_method():
    assert CNN_SINGLE_LABEL.requires == ()
