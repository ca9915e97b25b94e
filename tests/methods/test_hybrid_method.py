import functools
import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from au_jax.methods import hybrid
from au_jax.methods.hybrid import FusionObjective
from au_jax.models.fusion import FusionHead
from au_jax.system import atomic_files
from tests.made.folds import make_fold


@pytest.fixture
def fold_run(tmp_path):
    """A fold whose CNN and LSTM have scored; more frames are asked for than there are."""
    run = make_fold(tmp_path, fusion={"batch_size": 1024, "steps": 2})
    rng = np.random.default_rng(0)
    for place in ("cnn/logits.npy", "lstm/all_scores.npy"):
        atomic_files.write_array(run.directory / place, rng.random((96, 3)).astype(np.float32))
    return run


def test_batches_are_the_scores_of_both_networks_on_labelled_training_frames(fold_run, monkeypatch):
    stages = []
    monkeypatch.setattr(hybrid, "train", lambda stage, params, _: (stages.append(stage), params)[1])
    hybrid.run(fold_run)
    batch = stages[0].batches.step(0)
    labels, train = fold_run.dataset.frames.labels, fold_run.fold.train
    labelled = train[(labels[train] != 0).any(axis=1)]
    logits = np.load(fold_run.directory / "cnn/logits.npy")
    scores = np.load(fold_run.directory / "lstm/all_scores.npy")
    rows = [int(np.flatnonzero((logits == row).all(axis=1))[0]) for row in batch["cnn"]]
    assert sorted(rows) == labelled.tolist() and len(labelled) < len(train)
    np.testing.assert_array_equal(batch["lstm"], scores[rows])
    np.testing.assert_array_equal(batch["labels"], labels[rows])
    assert stages[0].learning_rate(0) == stages[0].learning_rate(1) == 1e-3
    np.testing.assert_array_equal(stages[0].constants["class_weights"], fold_run.class_weights())


def test_test_frames_are_scored_by_the_trained_head(fold_run, monkeypatch):
    scores = hybrid.run(fold_run)
    params = hybrid.load_model(fold_run.folder("hybrid"))["params"]
    test = fold_run.fold.test
    inputs = [
        jnp.asarray(np.load(fold_run.directory / place)[test])
        for place in ("cnn/logits.npy", "lstm/all_scores.npy")
    ]
    expected = jax.jit(FusionHead(num_aus=3, hidden=4).apply)({"params": params}, *inputs)
    np.testing.assert_allclose(scores, expected, rtol=1e-5, atol=1e-6)
    monkeypatch.setattr(hybrid, "_train", None)
    np.testing.assert_array_equal(hybrid.run(fold_run), scores)


def test_loss_is_the_weighted_cross_entropy_of_the_fused_scores():
    network = FusionHead(num_aus=3, hidden=4)
    rng = np.random.default_rng(0)
    scores = [jnp.asarray(rng.normal(size=(5, 3)).astype(np.float32)) for _ in range(2)]
    labels = rng.choice(np.array([-1, 0, 1], np.int8), (5, 3))
    weights = np.array([[0.5, 1.0, 2.0], [3.0, 1.5, 0.25]], np.float32)
    params = jax.jit(functools.partial(network.init))(jax.random.key(0), *scores)["params"]
    # A sixth row, which only fills up the last device, changes nothing.
    filled = [jnp.pad(array, ((0, 1), (0, 0))) for array in (*scores, jnp.asarray(labels))]
    batch = dict(zip(("cnn", "lstm", "labels"), filled, strict=True))
    constants = {"class_weights": jnp.asarray(weights)}
    loss = jax.jit(FusionObjective(network, 5))(params, constants, batch, jax.random.key(0))
    logits = np.asarray(jax.jit(network.apply)({"params": params}, *scores), np.float64)
    losses = [
        weights[1 if labels[place] > 0 else 0, place[1]]
        * math.log1p(math.exp(-labels[place] * logits[place]))
        for place in zip(*np.nonzero(labels), strict=True)
    ]
    assert float(loss) == pytest.approx(sum(losses) / (5 * 3), rel=1e-5)
