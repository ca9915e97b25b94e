import math

import jax
import numpy as np
import pytest

from au_jax.methods import hybrid, lstm
from au_jax.methods.fusion_variants import network_features
from au_jax.methods.registry import METHODS
from au_jax.system import atomic_files
from au_jax.system.checkpoints import has_model, load_model
from tests.made.folds import make_fold

FEATURES = 10
FRAMES, RECORDING = 96, 8


def scored_fold(directory, **settings):
    """A fold whose CNN and LSTM have left scores."""
    run = make_fold(directory, **settings)
    rng = np.random.default_rng(0)
    for place in ("cnn/logits.npy", "lstm/all_scores.npy"):
        atomic_files.write_array(run.directory / place, rng.normal(size=(FRAMES, 3)))
    return run


def captured_stage(fold_run, name, monkeypatch):
    """The stage that a method would train, and its folder."""
    calls = []

    def train(stage, params, directory):
        calls.append((stage, directory))
        return params

    monkeypatch.setattr(hybrid, "train", train)
    METHODS[name].run(fold_run)
    ((stage, directory),) = calls
    return stage, directory


@pytest.mark.parametrize("normalise", [True, False])
def test_mean_is_that_of_the_formula(tmp_path, normalise):
    fold_run = scored_fold(tmp_path, fusion={"lstm_share": 0.3, "normalise_scores": normalise})
    scores = METHODS["fusion_mean"].run(fold_run)
    cnn = np.load(tmp_path / "cnn/logits.npy").tolist()
    temporal = np.load(tmp_path / "lstm/all_scores.npy").tolist()
    for row, frame in enumerate(fold_run.fold.test):
        lengths = [math.hypot(*part[frame]) if normalise else 1.0 for part in (cnn, temporal)]
        expected = [
            0.7 * of_cnn / lengths[0] + 0.3 * of_lstm / lengths[1]
            for of_cnn, of_lstm in zip(cnn[frame], temporal[frame], strict=True)
        ]
        assert scores[row].tolist() == pytest.approx(expected, rel=1e-5, abs=1e-6)
    assert not (tmp_path / "fusion_mean").exists()


def test_network_starts_from_noise_whatever_the_hybrid_does(tmp_path, monkeypatch):
    fold_run = scored_fold(tmp_path, fusion={"mean_scale": 10.0, "hidden": 5})
    stage, directory = captured_stage(fold_run, "fusion_network", monkeypatch)
    assert directory == fold_run.folder("fusion_network")
    network = stage.objective.network
    assert (network.mean_scale, network.hidden) == (0.0, 5)
    params = load_model(directory)["params"]
    assert abs(np.asarray(params["fc2"]["kernel"])).min() > 0
    assert fold_run.experiment.fusion.mean_scale == 10.0
    assert not has_model(fold_run.folder("hybrid"))


def hidden_by_hand(params, inputs):
    """Hidden states of a single LSTM layer over one recording, `[time, cell]`, step by step."""
    layer = {name: np.asarray(value, np.float64) for name, value in params["lstm_0"].items()}
    cells = layer["recurrent_kernel"].shape[0]
    hidden = cell = np.zeros(cells)
    states = []
    for features in inputs:
        gates = (
            features @ layer["input_kernel"] + hidden @ layer["recurrent_kernel"] + layer["bias"]
        )
        write, forget, candidate, output = np.split(gates, 4)
        write, forget, output = (1 / (1 + np.exp(-gate)) for gate in (write, forget, output))
        cell = forget * cell + write * np.tanh(candidate)
        hidden = output * np.tanh(cell)
        states.append(hidden)
    return np.array(states)


@pytest.fixture(scope="module")
def with_lstm(tmp_path_factory):
    """A fold with fc7 features on which an LSTM has been trained."""
    fold_run = make_fold(tmp_path_factory.mktemp("with_lstm"), lstm={"pca_components": 5})
    fc7 = np.random.default_rng(3).random((FRAMES, FEATURES)).astype(np.float16)
    atomic_files.write_array(fold_run.folder("cnn") / "fc7.npy", fc7)
    with jax.numpy_rank_promotion("raise"):
        lstm.run(fold_run)
    return fold_run, fc7


def test_features_are_components_of_fc7_and_hidden_states_of_the_trained_lstm(with_lstm):
    fold_run, fc7 = with_lstm
    found = network_features(fold_run)
    model = jax.tree.map(np.asarray, load_model(fold_run.folder("lstm")))
    projected = (fc7 - model["pca"]["mean"].astype(np.float64)) @ model["pca"]["components"].T
    assert found.cnn.shape == (FRAMES, 5)
    np.testing.assert_allclose(found.cnn, projected, atol=1e-5)
    hidden = [
        hidden_by_hand(model["params"], projected[first : first + RECORDING])
        for first in range(0, FRAMES, RECORDING)
    ]
    np.testing.assert_allclose(found.lstm, np.concatenate(hidden), atol=1e-5)


def test_head_is_trained_on_features_of_labelled_training_frames(with_lstm, monkeypatch):
    fold_run, _ = with_lstm
    stage, directory = captured_stage(fold_run, "fusion_features", monkeypatch)
    assert directory == fold_run.folder("fusion_features")
    inputs, labels, train = (
        network_features(fold_run),
        fold_run.dataset.frames.labels,
        fold_run.fold.train,
    )
    batch = stage.batches.step(0)
    rows = [int(np.flatnonzero((inputs.cnn == row).all(axis=1))[0]) for row in batch["cnn"]]
    assert set(rows) <= set(train[(labels[train] != 0).any(axis=1)].tolist())
    np.testing.assert_array_equal(batch["lstm"], inputs.lstm[rows])
    np.testing.assert_array_equal(batch["labels"], labels[rows])


def test_test_frames_are_scored_by_the_trained_head_of_features(with_lstm, monkeypatch):
    fold_run, _ = with_lstm
    scores = METHODS["fusion_features"].run(fold_run)
    params = jax.tree.map(np.asarray, load_model(fold_run.folder("fusion_features"))["params"])
    inputs, test = network_features(fold_run), fold_run.fold.test
    parts = [
        part[test] / np.linalg.norm(part[test], axis=1)[:, None]
        for part in (inputs.cnn, inputs.lstm)
    ]
    first, second = params["fc1"], params["fc2"]
    hidden = np.maximum(np.concatenate(parts, axis=1) @ first["kernel"] + first["bias"], 0)
    np.testing.assert_allclose(scores, hidden @ second["kernel"] + second["bias"], atol=1e-5)
    monkeypatch.setattr(hybrid, "_train", None)
    np.testing.assert_array_equal(METHODS["fusion_features"].run(fold_run), scores)
