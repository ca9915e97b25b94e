"""Scores of whole recordings: forward passes in batches of fixed size, nothing random."""

import functools
from collections.abc import Iterable, Iterator
from typing import cast

import jax
import jax.numpy as jnp
import numpy as np

from au_jax.models.fusion import FeatureFusionHead, FusionHead
from au_jax.models.networks import Backbone, TemporalNetwork
from au_jax.models.normalisation import l2_normalise
from au_jax.models.preprocessing import network_input
from au_jax.settings import FaceInputConfig
from au_jax.system.pytree import PyTree

RECORDINGS_AT_ONCE = 16
"""Recordings that the LSTM scores side by side."""
CHUNK_FRAMES = 256
"""Frames of a recording that go through the LSTM in one call; its state is carried over."""


@functools.partial(jax.jit, static_argnames=("network", "face_input"))
def cnn_forward(
    params: PyTree,
    mean_face: jax.Array,
    faces: jax.Array,
    *,
    network: Backbone,
    face_input: FaceInputConfig,
) -> tuple[jax.Array, jax.Array]:
    """Return logits `[n, aus]` and features `[n, feature]` of faces.

    Args:
        params: parameters of the network.
        mean_face: float32 `[size, size, channel]`.
        faces: the stored faces, uint8 `[n, height, width, channel]`; the middle of each is used.
        network: the CNN.
        face_input: how faces become the network's input, and whether outputs are averaged over
            each face and its mirror image; AUs have no side.
    """
    images = network_input(faces, mean_face, face_input)
    mirrored = face_input.average_mirrored
    return image_outputs(params, images, network=network, average_mirrored=mirrored)


def image_outputs(
    params: PyTree, images: jax.Array, *, network: Backbone, average_mirrored: bool
) -> tuple[jax.Array, jax.Array]:
    """Return logits `[n, aus]` and features `[n, feature]` of what a network sees.

    Args:
        params: parameters of the network.
        images: its input, float32 `[n, crop, crop, channel]`.
        network: the CNN.
        average_mirrored: whether outputs are averaged over each image and its mirror image.
    """

    def forward(images: jax.Array) -> tuple[jax.Array, jax.Array]:
        outputs = network.apply({"params": params}, images, train=False)
        return cast("tuple[jax.Array, jax.Array]", outputs)

    logits, features = forward(images)
    if average_mirrored:
        mirrored_logits, mirrored = forward(images[:, :, ::-1])
        logits, features = (logits + mirrored_logits) / 2, l2_normalise(features + mirrored)
    return logits, features


def cnn_outputs(
    params: PyTree,
    mean_face: jax.Array,
    batches: Iterable[np.ndarray],
    *,
    network: Backbone,
    face_input: FaceInputConfig,
    batch_size: int,
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield logits and features, float32, for each batch of at most `batch_size` faces.

    A short batch is padded, so that the network is compiled for one size.
    """
    for faces in batches:
        padded = np.pad(faces, [(0, batch_size - len(faces)), (0, 0), (0, 0), (0, 0)])
        logits, features = cnn_forward(
            params, mean_face, padded, network=network, face_input=face_input
        )
        yield np.asarray(logits)[: len(faces)], np.asarray(features)[: len(faces)]


def lstm_outputs(
    params: PyTree, features: np.ndarray, recordings: np.ndarray, network: TemporalNetwork
) -> tuple[np.ndarray, np.ndarray]:
    """Return scores and hidden states of every frame, float32 `[frames, au]`, `[frames, cell]`.

    Each recording runs through the network from its first to its last frame, however long it is,
    in chunks of one size, several side by side.

    Args:
        params: parameters of the network.
        features: float32 `[frames, feature]`, each recording's frames together and in order.
        recordings: `[frames]`, the recording of each frame.
        network: the network.
    """
    scores = np.empty((len(features), network.num_aus), np.float32)
    hidden = np.empty((len(features), network.hidden_size), np.float32)
    borders = np.flatnonzero(recordings[1:] != recordings[:-1]) + 1
    slices = list(zip([0, *borders], [*borders, len(features)], strict=True))
    slices.sort(key=lambda part: part[1] - part[0])  # neighbours of like length waste least
    for first in range(0, len(slices), RECORDINGS_AT_ONCE):
        group = slices[first : first + RECORDINGS_AT_ONCE]
        longest = max(end - start for start, end in group)
        carry = network.initial_carry(RECORDINGS_AT_ONCE)
        for time in range(0, longest, CHUNK_FRAMES):
            shape = (RECORDINGS_AT_ONCE, CHUNK_FRAMES, features.shape[1])
            chunk = np.zeros(shape, np.float32)
            parts = [
                features[start + time : min(end, start + time + CHUNK_FRAMES)]
                for start, end in group
            ]
            for row, part in enumerate(parts):
                chunk[row, : len(part)] = part
            values, carry = unrolled(params, chunk, carry, network=network)
            for whole, chunk_values in zip((scores, hidden), map(np.asarray, values), strict=True):
                for row, (start, _) in enumerate(group):
                    length = len(parts[row])
                    whole[start + time : start + time + length] = chunk_values[row, :length]
    return scores, hidden


def lstm_advance(
    params: PyTree, features: np.ndarray, carry: PyTree | None, network: TemporalNetwork
) -> tuple[np.ndarray, np.ndarray, PyTree]:
    """Return scores and hidden states of the next frames of one recording, and the state then.

    Args:
        params: parameters of the network.
        features: float32 `[frame, feature]`, one frame at least.
        carry: state of the network before them; None at the start of the recording.
        network: the network.
    """
    parts, done = [], 0
    state = network.initial_carry(1) if carry is None else carry
    while done < len(features):
        # Powers of two, so that few lengths are compiled and none is filled up.
        length = 1 << ((len(features) - done).bit_length() - 1)
        part = features[None, done : done + length]
        values, state = unrolled(params, part, state, network=network)
        parts.append([np.asarray(value)[0] for value in values])
        done += length
    scores, hidden = (np.concatenate(of_parts) for of_parts in zip(*parts, strict=True))
    return scores, hidden, jax.tree.map(np.asarray, state)


@functools.partial(jax.jit, static_argnames=("network",))
def unrolled(
    params: PyTree, features: jax.Array, carry: PyTree, *, network: TemporalNetwork
) -> tuple[tuple[jax.Array, jax.Array], PyTree]:
    """Return scores and hidden states `[recording, time, …]` of a chunk, and the carry."""
    (scores, carry), collected = network.apply(
        {"params": params},
        features,
        jnp.zeros(features.shape[:2], bool),
        carry,
        train=False,
        method="unroll",
        mutable=["intermediates"],
    )
    (hidden,) = collected["intermediates"]["hidden"]
    return (scores, hidden), carry


@functools.partial(jax.jit, static_argnames=("network",))
def fusion_logits(
    params: PyTree,
    cnn_part: jax.Array,
    lstm_part: jax.Array,
    *,
    network: FusionHead | FeatureFusionHead,
) -> jax.Array:
    """Return the fused logits `[frames, aus]`.

    Args:
        params: parameters of the head.
        cnn_part: what it takes of the CNN, scores or features, `[frames, …]`.
        lstm_part: what it takes of the LSTM, the same way.
        network: the head.
    """
    return cast("jax.Array", network.apply({"params": params}, cnn_part, lstm_part))


@functools.partial(jax.jit, static_argnames=("network",))
def fusion_hidden(
    params: PyTree,
    cnn_part: jax.Array,
    lstm_part: jax.Array,
    *,
    network: FusionHead | FeatureFusionHead,
) -> jax.Array:
    """Return the rectified hidden layer `[frames, hidden]`; arguments as of `fusion_logits`."""
    _, collected = network.apply(
        {"params": params},
        cnn_part,
        lstm_part,
        capture_intermediates=lambda module, _: module.name == "fc1",
        mutable=["intermediates"],
    )
    (hidden,) = collected["intermediates"]["fc1"]["__call__"]
    return jax.nn.relu(cast("jax.Array", hidden)).astype(jnp.float32)
