import functools
import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from au_jax.methods import fusion
from au_jax.methods.fusion import FusionObjective
from au_jax.methods.running import FoldMethods
from au_jax.models.fusion import FusionHead
from au_jax.settings import FusionHeadConfig
from au_jax.training.optimizers import Adam
from tests.made.folds import left, make_fold, model_of

FRAMES = 96
HEAD = FusionHeadConfig(hidden=4)


def scored_fold(directory, **settings):
    """A fold whose CNN and LSTM have left scores; more frames are asked for than there are."""
    run = make_fold(directory, fusion={"batch_size": 1024, "steps": 2, **settings})
    rng = np.random.default_rng(0)
    for method in ("cnn", "lstm"):
        left(run, method, scores=rng.normal(size=(FRAMES, 3)))
    return run


def scores_of(run, method):
    return np.load(run.directory / method / "scores.npy")


def params_of(run, method):
    model = model_of(run.directory / method)
    return jax.tree.map(np.asarray, model.arrays()["params"])


def test_batches_are_the_scores_of_both_networks_on_labelled_training_frames(tmp_path):
    run = scored_fold(tmp_path)
    logits, scores = scores_of(run, "cnn"), scores_of(run, "lstm")
    task = FoldMethods(run).task("hybrid")
    stage = fusion.stage(task, FusionHead(3, HEAD), logits, scores)
    batch = stage.batches.step(0)
    labels, train = run.dataset.frames.labels, run.fold.train
    labelled = train[(labels[train] != 0).any(axis=1)]
    rows = [int(np.flatnonzero((logits == row).all(axis=1))[0]) for row in batch["cnn"]]
    assert sorted(rows) == labelled.tolist() and len(labelled) < len(train)
    np.testing.assert_array_equal(batch["lstm"], scores[rows])
    np.testing.assert_array_equal(batch["labels"], labels[rows])
    assert stage.optimizer == Adam(1e-3)
    np.testing.assert_array_equal(stage.constants["class_weights"], run.class_weights())
    for source, expected in zip(task.inputs, (logits, scores), strict=True):
        np.testing.assert_array_equal(source.outputs().known_scores(), expected)


def test_test_frames_are_scored_by_the_trained_head(tmp_path):
    run = scored_fold(tmp_path)
    scores = FoldMethods(run).test_scores("hybrid")
    inputs = [jnp.asarray(scores_of(run, name)[run.fold.test]) for name in ("cnn", "lstm")]
    params = params_of(run, "hybrid")
    expected = jax.jit(FusionHead(3, HEAD).apply)({"params": params}, *inputs)
    np.testing.assert_allclose(scores, expected, rtol=1e-5, atol=1e-6)
    written = (tmp_path / "hybrid/detector.json").stat().st_mtime_ns
    np.testing.assert_array_equal(FoldMethods(run).test_scores("hybrid"), scores)
    assert (tmp_path / "hybrid/detector.json").stat().st_mtime_ns == written


def test_loss_is_the_weighted_cross_entropy_of_the_fused_scores():
    network = FusionHead(3, HEAD)
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


@pytest.mark.parametrize("normalise", [True, False])
def test_mean_is_that_of_the_formula(tmp_path, normalise):
    run = scored_fold(tmp_path, lstm_share=0.3, normalise_scores=normalise)
    scores = FoldMethods(run).test_scores("fusion_mean")
    cnn, temporal = scores_of(run, "cnn").tolist(), scores_of(run, "lstm").tolist()
    for row, frame in enumerate(run.fold.test):
        lengths = [math.hypot(*part[frame]) if normalise else 1.0 for part in (cnn, temporal)]
        expected = [
            0.7 * of_cnn / lengths[0] + 0.3 * of_lstm / lengths[1]
            for of_cnn, of_lstm in zip(cnn[frame], temporal[frame], strict=True)
        ]
        assert scores[row].tolist() == pytest.approx(expected, rel=1e-5, abs=1e-6)
    assert [file.name for file in (tmp_path / "fusion_mean").iterdir()] == ["detector.json"]


def test_network_starts_from_noise_whatever_the_hybrid_does(tmp_path):
    run = scored_fold(tmp_path, mean_scale=10.0, hidden=5)
    model = model_of(FoldMethods(run).fitted("fusion_network").block.folder)
    assert (model.config.mean_scale, model.config.hidden) == (0.0, 5)
    assert abs(params_of(run, "fusion_network")["fc2"]["kernel"]).min() > 0
    assert run.experiment.fusion.network.mean_scale == 10.0
    assert not (tmp_path / "hybrid").exists()


@pytest.fixture(scope="module")
def with_lstm(tmp_path_factory):
    """A fold with CNN features on which an LSTM has been trained, and a head on the features."""
    run = make_fold(tmp_path_factory.mktemp("with_lstm"), lstm={"pca_components": 5})
    features = np.random.default_rng(3).random((FRAMES, 10)).astype(np.float16)
    left(run, "cnn", features=features, scores=np.zeros((FRAMES, 3)))
    with jax.numpy_rank_promotion("raise"):
        return run, features, FoldMethods(run, ["fusion_features"]).test_scores("fusion_features")


def test_head_of_features_takes_components_and_hidden_states_of_the_lstm(with_lstm):
    run, features, scores = with_lstm
    arrays = jax.tree.map(np.asarray, model_of(run.directory / "lstm").arrays())
    pca = arrays["pca"]
    projected = (features - pca["mean"].astype(np.float64)) @ pca["components"].T
    hidden = np.load(run.directory / "lstm/features.npy").astype(np.float64)
    assert projected.shape == (FRAMES, 5) and hidden.shape == (FRAMES, 4)
    parts = [
        part[run.fold.test] / np.linalg.norm(part[run.fold.test], axis=1)[:, None]
        for part in (projected, hidden)
    ]
    params = params_of(run, "fusion_features")
    first, second = params["fc1"], params["fc2"]
    units = np.maximum(np.concatenate(parts, axis=1) @ first["kernel"] + first["bias"], 0)
    np.testing.assert_allclose(scores, units @ second["kernel"] + second["bias"], atol=1e-5)
