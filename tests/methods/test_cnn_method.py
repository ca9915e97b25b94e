import dataclasses
import functools
import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from au_jax.methods import cnn
from au_jax.methods.cnn import CnnObjective
from au_jax.methods.method import PRETRAINING
from au_jax.methods.running import FoldMethods
from au_jax.models.networks import frame_network
from au_jax.settings import AugmentationConfig, LossWeighting, SamplingStrategy
from au_jax.training.losses import balanced_class_weights
from au_jax.training.optimizers import SgdMomentum
from tests.made.folds import AUS, make_fold, model_of, random_dataset


def stage_of(run):
    """The training that the method would do."""
    task = FoldMethods(run).task("cnn")
    return cnn.stage(task, cnn.initial_model(task))


@pytest.fixture(scope="module")
def usual(tmp_path_factory):
    """A fold with the usual settings and its stage."""
    run = make_fold(tmp_path_factory.mktemp("usual"))
    with jax.numpy_rank_promotion("raise"):
        return run, stage_of(run)


def test_learning_rate_of_the_stage_is_that_of_the_settings(usual):
    run, stage = usual
    assert stage.optimizer == SgdMomentum(run.experiment.cnn.optimizer, steps=4)
    assert stage.steps == 4 and stage.evaluate_every == 2


def test_mean_face_is_the_mean_of_the_tracked_training_faces(tmp_path):
    # 64 px are halved to 32 px: the mean of blocks of 2×2 pixels.
    run = make_fold(tmp_path, random_dataset(size=64))
    dataset, train = run.dataset, run.fold.train
    rows = train[dataset.frames.tracked[train]]
    assert 0 < len(rows) < len(train)
    faces = dataset.faces[rows].astype(np.float64)
    expected = faces.reshape(len(rows), 32, 2, 32, 2, 3).mean(axis=(0, 2, 4))
    np.testing.assert_allclose(stage_of(run).constants["mean_face"], expected, rtol=1e-5)


def test_mean_face_is_taken_after_local_contrast_normalisation(tmp_path):
    run = make_fold(tmp_path, cnn={"local_contrast": True})
    mean_face = stage_of(run).constants["mean_face"]
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
def test_class_weights_of_the_training_labels_reach_the_stage(tmp_path, weighting):
    fold_run = make_fold(tmp_path, loss_weighting=weighting)
    labels = fold_run.dataset.frames.labels[fold_run.fold.train]
    expected = balanced_by_hand(labels)
    if weighting is LossWeighting.NONE:
        expected = np.ones_like(expected)
    weights = stage_of(fold_run).constants["class_weights"]
    np.testing.assert_allclose(weights, expected, rtol=1e-6)


def still_objective(fold_run, batch_size):
    """The objective without anything random, and parameters."""
    config = fold_run.experiment.cnn
    network = frame_network(config.network, len(AUS))
    objective = CnnObjective(
        network=network,
        augmentation=AugmentationConfig(flip=False),
        face_input=config.input,
        reduction=config.reduction,
        batch_size=batch_size,
    )
    images = jnp.zeros((1, config.input.crop, config.input.crop, 3))
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


def test_network_starts_from_pretrained_weights_except_for_aus_that_were_not_pretrained(tmp_path):
    before = make_fold(tmp_path / "before", random_dataset(aus=(24, 12, 2)), cnn={"steps": 2})
    run = make_fold(tmp_path / "fold_00", other={PRETRAINING: before})
    with_pretraining = FoldMethods(run).task("cnn")
    params = cnn.initial_model(with_pretraining).params
    fresh = cnn.initial_model(dataclasses.replace(with_pretraining, inputs=())).params
    trained = model_of(before.directory / "cnn").arrays()["params"]
    assert params.keys() == fresh.keys() == trained.keys()
    for layer in params.keys() - {"fc8"}:
        jax.tree.map(np.testing.assert_array_equal, params[layer], trained[layer])
        assert (fresh[layer]["kernel"] != trained[layer]["kernel"]).any()
    for name in ("kernel", "bias"):
        found, old, new = params["fc8"][name], trained["fc8"][name], fresh["fc8"][name]
        np.testing.assert_array_equal(found[..., 0], new[..., 0])  # AU1 was not pretrained
        np.testing.assert_array_equal(found[..., 1], old[..., 1])  # AU12
        np.testing.assert_array_equal(found[..., 2], old[..., 0])  # AU24


def test_pretrained_weights_are_trained_once(tmp_path):
    before = dataclasses.replace(
        make_fold(tmp_path / "before", cnn={"steps": 2}), number=3, name="before"
    )
    written, starts = [], []
    for number in range(2):
        run = make_fold(tmp_path / f"after{number}", other={PRETRAINING: before})
        task = FoldMethods(run).task("cnn")
        assert [one.block.folder for one in task.inputs] == [before.directory / "cnn"]
        starts.append(cnn.initial_model(task).params)
        written.append((tmp_path / "before/cnn/detector.json").stat().st_mtime_ns)
    assert written[0] == written[1]
    jax.tree.map(np.testing.assert_array_equal, *starts)
    # What the last step of pretraining left is kept whole for the next fold.
    trained = model_of(before.directory / "cnn").arrays()["params"]
    jax.tree.map(np.testing.assert_array_equal, starts[1]["conv1"], trained["conv1"])


def test_logits_and_features_of_every_frame_are_left_for_later_stages(tmp_path):
    fold_run = make_fold(tmp_path, cnn={"steps": 2})
    scores = FoldMethods(fold_run, ["cnn", "lstm"]).test_scores("cnn")
    logits = np.load(tmp_path / "cnn/scores.npy")
    features = np.load(tmp_path / "cnn/features.npy")
    assert logits.shape == (96, 3)
    assert features.shape == (96, 128) and features.dtype == np.float16
    np.testing.assert_array_equal(scores, logits[fold_run.fold.test])
    model = model_of(fold_run.directory / "cnn")
    arrays = model.arrays()
    network = frame_network(fold_run.experiment.cnn.network, 3)
    faces = fold_run.dataset.faces[np.arange(96)].astype(np.float32)
    images = (faces - np.asarray(arrays["mean_face"])) / 64
    middle = jnp.asarray(images[:, 2:30, 2:30])
    apply = jax.jit(functools.partial(network.apply, train=False))
    expected, expected_features = apply({"params": arrays["params"]}, middle)
    np.testing.assert_allclose(logits, expected, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(features, expected_features, atol=1e-3)


def test_of_a_cnn_that_nothing_builds_on_only_test_frames_are_scored(tmp_path):
    fold_run = make_fold(tmp_path, cnn={"steps": 2})
    alone = FoldMethods(fold_run, ["cnn"]).test_scores("cnn")
    assert not list(tmp_path.rglob("*.npy"))
    later = FoldMethods(fold_run, ["cnn", "lstm"]).test_scores("cnn")
    np.testing.assert_allclose(later, alone, rtol=1e-5, atol=1e-6)
    assert (tmp_path / "cnn/features.npy").exists()


@pytest.mark.parametrize("strategy", SamplingStrategy)
def test_rare_aus_are_not_balanced_twice(tmp_path, strategy):
    fold_run = make_fold(
        tmp_path, loss_weighting=LossWeighting.BALANCED, sampling={"strategy": strategy}
    )
    weights = stage_of(fold_run).constants["class_weights"]
    balanced = balanced_class_weights(fold_run.dataset.frames.labels[fold_run.fold.train])
    drawn_evenly = strategy in (SamplingStrategy.MOMU, SamplingStrategy.WEIGHTED)
    expected = np.ones_like(balanced) if drawn_evenly else balanced
    np.testing.assert_array_equal(weights, expected)
