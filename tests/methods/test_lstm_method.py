import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from au_jax.methods import lstm
from au_jax.methods.lstm import LstmObjective
from au_jax.methods.running import FoldMethods
from au_jax.models.inference import CHUNK_FRAMES, RECORDINGS_AT_ONCE, lstm_outputs
from au_jax.models.lstm import StackedLstm
from au_jax.settings import HingeConfig, StackedLstmConfig
from tests.made.folds import AUS, left, make_fold, model_of, times_written

SETTINGS = {"window": 12, "batch_size": 3, "warm_up": 2, "pca_components": 5}
"""Windows are longer than the recordings, which have eight frames."""


def random_features(frames=96, seed=3):
    return np.random.default_rng(seed).random((frames, 10)).astype(np.float16)


def lstm_task(directory, **settings):
    """What the method is given in a fold whose CNN has left features."""
    run = make_fold(directory, lstm={**SETTINGS, **settings})
    left(run, "cnn", features=random_features())
    return FoldMethods(run).task("lstm")


@pytest.fixture(scope="module")
def staged(tmp_path_factory):
    """A fold, its training, the model before the first step, and its input of every frame."""
    directory = tmp_path_factory.mktemp("lstm")
    with jax.numpy_rank_promotion("raise"):
        task = lstm_task(directory, learning_rate_decay=0.5, decay_after_epochs=2)
        model, features = lstm.initial_model(task)
        return task.run, lstm.stage(task, model, features), model, features


def test_learning_rate_falls_with_each_epoch_after_the_first_ones(staged):
    fold_run, stage, _, _ = staged
    updates = -(-len(fold_run.fold.train) // (12 * 3))
    assert len(fold_run.fold.train) == 48 and updates == 2
    rates = [stage.optimizer.learning_rate(step) / 1e-3 for step in range(10)]
    assert rates == pytest.approx([1, 1, 1, 1, 1, 1, 0.5, 0.5, 0.25, 0.25])


def test_principal_components_are_those_of_the_training_frames(staged):
    fold_run, _, model, _ = staged
    features = random_features()[fold_run.fold.train].astype(np.float64)
    np.testing.assert_allclose(model.pca.mean, features.mean(axis=0), atol=1e-5)
    _, values, axes = np.linalg.svd(features - features.mean(axis=0), full_matrices=False)
    components = model.pca.components
    np.testing.assert_allclose(abs((components * axes[:5]).sum(axis=1)), 1, atol=1e-3)
    assert model.pca.energy == pytest.approx((values[:5] ** 2).sum() / (values**2).sum())


def test_batches_are_windows_of_one_training_subject_in_order(staged):
    fold_run, stage, _, projected = staged
    table, train = fold_run.dataset.frames, fold_run.fold.train
    for step in range(10):
        batch = stage.batches.step(step)
        assert batch["features"].shape == (3, 12, 5)
        for features, labels, reset, counts in zip(
            *(batch[name] for name in ("features", "labels", "reset", "counts")), strict=True
        ):
            rows = [int(np.flatnonzero((projected == x).all(axis=1))[0]) for x in features]
            assert np.diff(rows).tolist() == [1] * 11 and set(rows) <= set(train.tolist())
            assert len(set(table.subject[rows])) == 1
            np.testing.assert_array_equal(labels, table.labels[rows])
            assert counts.tolist() == [False] * 2 + [True] * 10
            again = np.diff(table.recording[rows]) != 0
            assert reset.tolist() == [True, *again.tolist()] and again.sum() >= 1


def test_padding_has_no_label_and_does_not_count(tmp_path):
    task = lstm_task(tmp_path, window=20)
    batch = lstm.stage(task, *lstm.initial_model(task)).batches.step(0)
    # A subject has 16 frames.
    assert (batch["labels"][:, 16:] == 0).all() and (batch["features"][:, 16:] == 0).all()
    assert not batch["counts"][:, 16:].any() and batch["counts"][:, 2:16].all()


def test_recordings_can_be_run_through_without_a_reset(tmp_path):
    task = lstm_task(tmp_path, reset_at_recordings=False)
    reset = lstm.stage(task, *lstm.initial_model(task)).batches.step(0)["reset"]
    assert reset[:, 0].all() and not reset[:, 1:].any()


def small_network(layers=2, dropout=0.0):
    network = StackedLstm(len(AUS), StackedLstmConfig(layers=layers, cells=4, dropout=dropout))
    init = jax.jit(functools.partial(network.init, train=False))
    start = init(jax.random.key(0), jnp.zeros((1, 1, 5)), jnp.zeros((1, 1), bool))
    # Large weights, so that the state of long ago still shows.
    return network, jax.tree.map(lambda value: 4 * value, start["params"])


def test_loss_is_the_weighted_hinge_of_the_frames_that_count():
    network, params = small_network()
    rng = np.random.default_rng(0)
    features = rng.normal(size=(2, 6, 5)).astype(np.float32)
    labels = rng.choice(np.array([-1, 0, 1], np.int8), (2, 6, 3))
    reset = np.zeros((2, 6), bool)
    counts = np.ones((2, 6), bool)
    counts[:, :2] = False
    weights = np.array([[0.5, 1.0, 2.0], [3.0, 1.5, 0.25]], np.float32)
    batch = {"features": features, "labels": labels, "reset": reset, "counts": counts}
    loss = jax.jit(LstmObjective(network, HingeConfig(margin=0.5)))(
        params,
        {"class_weights": jnp.asarray(weights)},
        jax.tree.map(jnp.asarray, batch),
        jax.random.key(0),
    )
    apply = jax.jit(functools.partial(network.apply, train=False))
    scores = np.asarray(apply({"params": params}, jnp.asarray(features), jnp.asarray(reset)))
    total = 0.0
    for row in range(2):
        for frame in range(2, 6):
            known = [au for au in range(3) if labels[row, frame, au]]
            hinges = [
                weights[1 if labels[row, frame, au] > 0 else 0, au]
                * max(0.0, 0.5 - labels[row, frame, au] * scores[row, frame, au])
                for au in known
            ]
            total += sum(hinges) / max(len(known), 1)
    assert float(loss) == pytest.approx(total / 8, rel=1e-5)


def test_long_recordings_in_pieces_are_scored_as_in_one_pass():
    network, params = small_network()
    lengths = [CHUNK_FRAMES * 2 + 37, 5, CHUNK_FRAMES, CHUNK_FRAMES + 1]
    lengths += [3] * RECORDINGS_AT_ONCE  # more recordings than go side by side
    recordings = np.repeat(np.arange(len(lengths)), lengths)
    features = np.random.default_rng(1).normal(size=(len(recordings), 5)).astype(np.float32)
    scores, _ = lstm_outputs(params, features, recordings, network)
    # In one sequence, with the state zeroed at the first frame of each recording.
    starts = np.diff(recordings, prepend=-1) != 0
    apply = jax.jit(functools.partial(network.apply, train=False))
    expected = apply({"params": params}, jnp.asarray(features[None]), jnp.asarray(starts[None]))[0]
    np.testing.assert_allclose(scores, expected, atol=1e-5)
    # The state does matter in the second piece: from zero it would score otherwise.
    alone, _ = lstm_outputs(params, features[CHUNK_FRAMES:], recordings[CHUNK_FRAMES:], network)
    assert abs(alone[:5] - scores[CHUNK_FRAMES : CHUNK_FRAMES + 5]).max() > 1e-3


def test_scores_of_every_frame_are_left_for_the_fusion_and_not_computed_again(tmp_path):
    fold_run = make_fold(tmp_path, lstm={**SETTINGS, "steps": 2})
    left(fold_run, "cnn", features=random_features())
    methods = ["lstm", "hybrid"]
    scores = FoldMethods(fold_run, methods).test_scores("lstm")
    everything = np.load(tmp_path / "lstm/scores.npy")
    assert everything.shape == (96, 3) and (abs(everything) <= 1).all()
    np.testing.assert_array_equal(scores, everything[fold_run.fold.test])
    written = times_written(tmp_path)
    np.testing.assert_array_equal(FoldMethods(fold_run, methods).test_scores("lstm"), scores)
    assert times_written(tmp_path) == written


def test_hidden_states_are_those_of_the_trained_layer_step_by_step(tmp_path):
    fold_run = make_fold(tmp_path, lstm={**SETTINGS, "steps": 2})
    left(fold_run, "cnn", features=random_features())
    model = model_of(FoldMethods(fold_run).fitted("lstm").block.folder)
    arrays = jax.tree.map(np.asarray, model.arrays())
    mean, components = arrays["pca"]["mean"].astype(np.float64), arrays["pca"]["components"]
    projected = (random_features() - mean) @ components.T
    found = FoldMethods(fold_run).fitted("lstm").outputs()
    hidden = [
        hidden_by_hand(arrays["params"], projected[first : first + 8]) for first in range(0, 96, 8)
    ]
    assert found.known_features().dtype == np.float16
    np.testing.assert_allclose(found.known_features(), np.concatenate(hidden), atol=1e-3)


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
