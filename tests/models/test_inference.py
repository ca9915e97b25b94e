import functools

import jax
import jax.numpy as jnp
import numpy as np

from au_jax.models.cnn import AlexNet
from au_jax.models.fusion import FusionHead
from au_jax.models.inference import (
    CHUNK_FRAMES,
    cnn_forward,
    fusion_hidden,
    fusion_logits,
    lstm_outputs,
)
from au_jax.models.lstm import StackedLstm
from au_jax.settings import (
    AlexNetConfig,
    FaceInputConfig,
    FusionHeadConfig,
    Initialisation,
    StackedLstmConfig,
)
from tests.made.detectors import random_params

NETWORK = AlexNet(3, AlexNetConfig(width=1 / 32, stride1=2, initialisation=Initialisation.HE))


def outputs(faces, average_mirrored):
    init = jax.jit(functools.partial(NETWORK.init, train=False))
    params = init(jax.random.key(0), jnp.zeros((1, 36, 36, 3)))["params"]
    mean_face = jnp.zeros((40, 40, 3))
    return cnn_forward(
        params,
        mean_face,
        jnp.asarray(faces),
        network=NETWORK,
        face_input=FaceInputConfig(
            face_size=40, crop=36, pixel_scale=1 / 64, average_mirrored=average_mirrored
        ),
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
    network = StackedLstm(5, StackedLstmConfig(layers=2, cells=3))
    init = jax.jit(functools.partial(network.init, train=False))
    start = init(jax.random.key(0), jnp.zeros((1, 1, 4)), jnp.zeros((1, 1), bool))
    params = jax.tree.map(lambda value: 4 * value, start["params"])
    recordings = np.repeat([0, 1, 2], [CHUNK_FRAMES + 9, 6, 20])
    features = np.random.default_rng(0).normal(size=(len(recordings), 4)).astype(np.float32)
    scores, hidden = lstm_outputs(params, features, recordings, network)
    assert hidden.shape == (len(recordings), 3) and hidden.dtype == np.float32
    kernel, bias = (np.asarray(params["head"][name]) for name in ("kernel", "bias"))
    assert np.linalg.matrix_rank(kernel) == 3
    np.testing.assert_allclose(np.tanh(hidden @ kernel + bias), scores, atol=1e-5)


def test_fused_logits_are_computed_from_the_hidden_layer():
    head = FusionHead(3, FusionHeadConfig(hidden=5))
    scores = np.random.default_rng(1).normal(size=(2, 6, 3)).astype(np.float32)
    params = random_params(head, 0, *scores)
    hidden = np.asarray(fusion_hidden(params, *scores, network=head))
    assert hidden.shape == (6, 5) and (hidden >= 0).all() and (hidden > 0).any()
    logits = hidden @ params["fc2"]["kernel"] + params["fc2"]["bias"]
    np.testing.assert_allclose(logits, fusion_logits(params, *scores, network=head), atol=1e-5)
