import functools

import jax
import jax.numpy as jnp
import numpy as np

from au_jax.models.cnn import AlexNet
from au_jax.models.inference import (
    CHUNK_FRAMES,
    cnn_forward,
    lstm_hidden_states,
    lstm_scores,
)
from au_jax.models.lstm import StackedLstm
from au_jax.models.preprocessing import FaceInput

NETWORK = AlexNet(num_aus=3, width=1 / 32, stride1=2, initialisation="he")
INPUT = FaceInput(size=40, crop=36, pixel_scale=1 / 64)


def outputs(faces, average_mirrored):
    init = jax.jit(functools.partial(NETWORK.init, train=False))
    params = init(jax.random.key(0), jnp.zeros((1, 36, 36, 3)))["params"]
    mean_face = jnp.zeros((40, 40, 3))
    return cnn_forward(
        params,
        mean_face,
        jnp.asarray(faces),
        network=NETWORK,
        face_input=INPUT,
        average_mirrored=average_mirrored,
    )


def test_averages_over_the_mirror_image_do_not_know_left_from_right():
    faces = np.random.default_rng(0).integers(0, 256, (4, 40, 40, 3), np.uint8)
    mirrored = faces[:, :, ::-1]
    plain, _ = outputs(faces, average_mirrored=False)
    other, _ = outputs(mirrored, average_mirrored=False)
    logits, fc7 = outputs(faces, average_mirrored=True)
    again, again_fc7 = outputs(mirrored, average_mirrored=True)
    np.testing.assert_allclose(logits, (plain + other) / 2, atol=1e-5)
    np.testing.assert_allclose(logits, again, atol=1e-5)
    np.testing.assert_allclose(fc7, again_fc7, atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(fc7, axis=1), 1.0, rtol=1e-5)
    assert np.abs(plain - other).max() > 1e-4


def test_scores_are_computed_from_the_hidden_states_of_the_top_layer():
    # More AUs than cells: only one hidden state gives the scores of a frame.
    network = StackedLstm(num_aus=5, layers=2, cells=3)
    init = jax.jit(functools.partial(network.init, train=False))
    start = init(jax.random.key(0), jnp.zeros((1, 1, 4)), jnp.zeros((1, 1), bool))
    params = jax.tree.map(lambda value: 4 * value, start["params"])
    recordings = np.repeat([0, 1, 2], [CHUNK_FRAMES + 9, 6, 20])
    features = np.random.default_rng(0).normal(size=(len(recordings), 4)).astype(np.float32)
    scores = lstm_scores(params, features, recordings, network=network)
    hidden = lstm_hidden_states(params, features, recordings, network=network)
    assert hidden.shape == (len(recordings), 3) and hidden.dtype == np.float32
    kernel, bias = (np.asarray(params["head"][name]) for name in ("kernel", "bias"))
    assert np.linalg.matrix_rank(kernel) == 3
    np.testing.assert_allclose(np.tanh(hidden @ kernel + bias), scores, atol=1e-5)
