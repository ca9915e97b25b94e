import dataclasses
import functools
import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from au_jax.methods import cnn, cnn_scoring
from au_jax.methods.cnn import CnnObjective
from au_jax.settings import (
    AugmentationConfig,
    CnnConfig,
    LossWeighting,
    SamplingStrategy,
)
from au_jax.training.augmentation import Augmentation
from au_jax.system.checkpoints import save_model
from au_jax.training.losses import balanced_class_weights
from tests.made.folds import (
    AUS,
    make_fold,
    random_dataset,
)


def captured_stage(fold_run, monkeypatch):
    """The stage that the method would train."""
    stages = []
    monkeypatch.setattr(cnn, "train", lambda stage, params, _: (stages.append(stage), params)[1])
    cnn._train(fold_run)
    return stages[0]


@pytest.fixture(scope="module")
def usual(tmp_path_factory):
    """A fold with the usual settings and its stage."""
    fold_run = make_fold(tmp_path_factory.mktemp("usual"))
    with pytest.MonkeyPatch.context() as monkeypatch:
        return fold_run, captured_stage(fold_run, monkeypatch)


def test_learning_rate_warms_up_linearly_and_falls_along_half_a_cosine():
    config = CnnConfig(learning_rate=0.2, warm_up_steps=4, cosine_decay=True, steps=16)
    rates = [cnn._learning_rate(config, step) for step in range(16)]
    warm = [0.25, 0.5, 0.75, *[1.0] * 13]
    cosine = [(1 + math.cos(math.pi * step / 16)) / 2 for step in range(16)]
    assert rates == pytest.approx([0.2 * w * c for w, c in zip(warm, cosine, strict=True)])
    assert rates[0] == pytest.approx(0.05) and rates[8] == pytest.approx(0.1)
    assert 0 < rates[15] < 0.01 * 0.2


def test_learning_rate_is_constant_without_warm_up_and_decay():
    config = CnnConfig(learning_rate=0.2, steps=16)
    assert [cnn._learning_rate(config, step) for step in range(16)] == [0.2] * 16


def test_learning_rate_of_the_stage_is_that_of_the_settings(usual):
    fold_run, stage = usual
    expected = [cnn._learning_rate(fold_run.experiment.cnn, step) for step in range(4)]
    assert [stage.learning_rate(step) for step in range(4)] == expected
    assert stage.steps == 4 and stage.evaluate_every == 2


def test_mean_face_is_the_mean_of_the_tracked_training_faces(tmp_path, monkeypatch):
    # 64 px are halved to 32 px: the mean of blocks of 2×2 pixels.
    fold_run = make_fold(tmp_path, random_dataset(size=64))
    dataset, train = fold_run.dataset, fold_run.fold.train
    rows = train[dataset.frames.tracked[train]]
    assert 0 < len(rows) < len(train)
    faces = dataset.faces[rows].astype(np.float64)
    expected = faces.reshape(len(rows), 32, 2, 32, 2, 3).mean(axis=(0, 2, 4))
    mean_face = captured_stage(fold_run, monkeypatch).constants["mean_face"]
    np.testing.assert_allclose(mean_face, expected, rtol=1e-5)


def test_mean_face_is_taken_after_local_contrast_normalisation(tmp_path, monkeypatch):
    fold_run = make_fold(tmp_path, cnn={"local_contrast": True})
    mean_face = captured_stage(fold_run, monkeypatch).constants["mean_face"]
    # Normalised detail has about unit variance and mean zero; grey levels would be about 127.
    assert mean_face.shape == (32, 32, 1) and abs(np.asarray(mean_face)).max() < 2


def balanced_by_hand(labels):
    """Weights of absent and present labels: known / (2 · such labels), one AU at a time."""
    weights = np.ones((2, labels.shape[1]))
    for au in range(labels.shape[1]):
        column = labels[:, au].tolist()
        known = len(column) - column.count(0)
        for row, value in ((0, -1), (1, 1)):
            weights[row, au] = known / (2 * column.count(value))
    return weights


@pytest.mark.parametrize("weighting", list(LossWeighting))
def test_class_weights_of_the_training_labels_reach_the_stage(tmp_path, monkeypatch, weighting):
    fold_run = make_fold(tmp_path, loss_weighting=weighting)
    labels = fold_run.dataset.frames.labels[fold_run.fold.train]
    expected = balanced_by_hand(labels)
    if weighting is LossWeighting.NONE:
        expected = np.ones_like(expected)
    weights = captured_stage(fold_run, monkeypatch).constants["class_weights"]
    np.testing.assert_allclose(weights, expected, rtol=1e-6)


def still_objective(fold_run, batch_size):
    """The objective without anything random, and parameters."""
    config = fold_run.experiment.cnn
    network = cnn_scoring.build_network(config, len(AUS))
    objective = CnnObjective(
        network=network,
        augmentation=Augmentation(config.crop, False, 0.0, 0.0, 0.0, 0.0),
        face_input=cnn_scoring.face_input(config),
        reduction=config.reduction.value,
        batch_size=batch_size,
    )
    images = jnp.zeros((1, config.crop, config.crop, 3))
    init = jax.jit(functools.partial(network.init, train=False))
    return objective, init(jax.random.key(0), images)["params"]


def test_loss_is_the_weighted_cross_entropy_of_the_networks_logits(tmp_path):
    fold_run = make_fold(tmp_path, cnn={"crop": 32, "dropout": 0.0})
    dataset, rows = fold_run.dataset, np.arange(6)
    objective, params = still_objective(fold_run, batch_size=6)
    mean_face = np.full((32, 32, 3), 100.0, np.float32)
    class_weights = np.array([[0.5, 1.0, 2.0], [3.0, 1.5, 0.25]], np.float32)
    labels = dataset.frames.labels[rows]
    assert set(labels.ravel().tolist()) == {-1, 0, 1}
    batch = {"faces": jnp.asarray(dataset.faces[rows]), "labels": jnp.asarray(labels)}
    constants = {"mean_face": jnp.asarray(mean_face), "class_weights": jnp.asarray(class_weights)}
    loss = jax.jit(objective)(params, constants, batch, jax.random.key(1))

    images = (dataset.faces[rows].astype(np.float32) - 100) / 64
    apply = jax.jit(functools.partial(objective.network.apply, train=False))
    logits = np.asarray(apply({"params": params}, jnp.asarray(images))[0], np.float64)
    expected = 0.0
    for row in range(6):
        for au in range(3):
            label = int(labels[row, au])
            if label:
                weight = class_weights[1 if label > 0 else 0, au]
                expected += weight * math.log1p(math.exp(-label * logits[row, au]))
    assert float(loss) == pytest.approx(expected / 6, rel=1e-4)


def test_rows_that_fill_up_the_last_device_do_not_change_the_loss(tmp_path):
    fold_run = make_fold(tmp_path, cnn={"crop": 32, "dropout": 0.0})
    objective, params = still_objective(fold_run, batch_size=5)
    constants = {"mean_face": jnp.zeros((32, 32, 3)), "class_weights": jnp.ones((2, 3))}
    faces, labels = fold_run.dataset.faces[np.arange(5)], fold_run.dataset.frames.labels[:5]
    filled = {
        "faces": np.pad(faces, [(0, 1), *[(0, 0)] * 3]),
        "labels": np.pad(labels, [(0, 1), (0, 0)]),
    }
    loss = jax.jit(objective)
    losses = [
        float(loss(params, constants, jax.tree.map(jnp.asarray, batch), jax.random.key(0)))
        for batch in ({"faces": faces, "labels": labels}, filled)
    ]
    assert losses[0] == pytest.approx(losses[1], rel=1e-6)


def test_batches_are_labelled_training_faces_with_their_labels(usual):
    fold_run, stage = usual
    labels, train = fold_run.dataset.frames.labels, fold_run.fold.train
    faces = fold_run.dataset.faces[train]
    for step in range(20):
        batch = stage.batches.step(step)
        assert batch["faces"].shape == (6, 32, 32, 3)
        for face, row in zip(batch["faces"], batch["labels"], strict=True):
            (place,) = np.flatnonzero((faces == face).all(axis=(1, 2, 3)))
            assert row.any() and row.tolist() == labels[train[place]].tolist()


def test_strength_of_brightness_changes_is_in_the_units_of_the_input():
    config = CnnConfig(augmentation=AugmentationConfig(brightness=0.1), pixel_scale=0.5)
    assert cnn._augmentation(config).brightness == pytest.approx(0.1 * 255 * 0.5)


def test_network_starts_from_pretrained_weights_except_for_aus_that_were_not_pretrained(tmp_path):
    before = make_fold(tmp_path / "before", random_dataset(aus=(24, 12, 2)))
    network = cnn_scoring.build_network(before.experiment.cnn, 3)
    init = jax.jit(functools.partial(network.init, train=False))
    trained, fresh = (
        init(jax.random.key(seed), jnp.zeros((1, 28, 28, 3)))["params"] for seed in (1, 2)
    )
    # Biases start at zero: make them tell where they come from.
    trained = jax.tree.map(lambda value: value + 1, trained)
    save_model(before.folder("cnn"), {"params": trained, "mean_face": jnp.zeros((32, 32, 3))})
    params = cnn._pretrained(before, fresh, (1, 12, 24))
    assert params.keys() == fresh.keys()
    for layer in params.keys() - {"fc8"}:
        jax.tree.map(np.testing.assert_array_equal, params[layer], trained[layer])
    for name in ("kernel", "bias"):
        found, old, new = params["fc8"][name], trained["fc8"][name], fresh["fc8"][name]
        np.testing.assert_array_equal(found[..., 0], new[..., 0])  # AU1 was not pretrained
        np.testing.assert_array_equal(found[..., 1], old[..., 1])  # AU12
        np.testing.assert_array_equal(found[..., 2], old[..., 0])  # AU24


def test_training_starts_from_pretrained_weights_which_are_trained_once(tmp_path, monkeypatch):
    before = dataclasses.replace(make_fold(tmp_path / "before"), number=3, name="before")
    starts = []

    def train(stage, params, _):
        starts.append((stage.name, params))
        return jax.tree.map(lambda value: value + 1, params)

    monkeypatch.setattr(cnn, "train", train)
    for number in range(2):
        after = make_fold(tmp_path / f"after{number}")
        cnn._train(dataclasses.replace(after, pretraining=before))
    assert [name for name, _ in starts] == ["before cnn", "fold 1 of 3 cnn", "fold 1 of 3 cnn"]
    trained = jax.tree.map(lambda value: value + 1, starts[0][1])
    for _, params in starts[1:]:
        jax.tree.map(np.testing.assert_array_equal, params, trained)


def test_logits_and_fc7_of_every_frame_are_left_for_later_stages(tmp_path):
    fold_run = make_fold(tmp_path, cnn={"steps": 2})
    scores = cnn.run(fold_run)
    logits = np.load(tmp_path / "cnn/logits.npy")
    fc7 = np.load(tmp_path / "cnn/fc7.npy")
    assert logits.shape == (96, 3) and fc7.shape == (96, 128) and fc7.dtype == np.float16
    np.testing.assert_array_equal(scores, logits[fold_run.fold.test])
    model = cnn.load_model(tmp_path / "cnn")
    network = cnn_scoring.build_network(fold_run.experiment.cnn, 3)
    faces = fold_run.dataset.faces[np.arange(96)].astype(np.float32)
    images = (faces - np.asarray(model["mean_face"])) / 64
    middle = jnp.asarray(images[:, 2:30, 2:30])
    apply = jax.jit(functools.partial(network.apply, train=False))
    expected, features = apply({"params": model["params"]}, middle)
    np.testing.assert_allclose(logits, expected, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(fc7, features, atol=1e-3)


@pytest.mark.parametrize("strategy", SamplingStrategy)
def test_rare_aus_are_not_balanced_twice(tmp_path, monkeypatch, strategy):
    fold_run = make_fold(
        tmp_path, loss_weighting=LossWeighting.BALANCED, sampling={"strategy": strategy}
    )
    weights = captured_stage(fold_run, monkeypatch).constants["class_weights"]
    balanced = balanced_class_weights(fold_run.dataset.frames.labels[fold_run.fold.train])
    drawn_evenly = strategy in (SamplingStrategy.MOMU, SamplingStrategy.WEIGHTED)
    expected = np.ones_like(balanced) if drawn_evenly else balanced
    np.testing.assert_array_equal(weights, expected)
