"""Scores of whole recordings: forward passes in batches of fixed size, nothing random."""

import functools
from collections.abc import Iterable, Iterator
from typing import Any, cast

import jax
import jax.numpy as jnp
import numpy as np

from au_jax.models.cnn import AlexNet
from au_jax.models.fusion import FusionHead
from au_jax.models.lstm import StackedLstm
from au_jax.models.normalisation import l2_normalise
from au_jax.models.preprocessing import FaceInput, centre_crop, centre_faces
from au_jax.pytree import PyTree

RECORDINGS_AT_ONCE = 16
"""Recordings that the LSTM scores side by side."""
CHUNK_FRAMES = 256
"""Frames of a recording that go through the LSTM in one call; its state is carried over."""


@functools.partial(jax.jit, static_argnames=("network", "face_input", "average_mirrored"))
def cnn_forward(
    params: PyTree,
    mean_face: jax.Array,
    faces: jax.Array,
    *,
    network: AlexNet,
    face_input: FaceInput,
    average_mirrored: bool = False,
) -> tuple[jax.Array, jax.Array]:
    """Return logits `[n, aus]` and fc7 `[n, feature]` of faces uint8 `[n, height, width, channel]`.

    Args:
        params: parameters of the network.
        mean_face: float32 `[size, size, channel]`.
        faces: the stored faces; the middle of each is used.
        network: the CNN.
        face_input: how faces become the network's input.
        average_mirrored: average over each face and its mirror image; AUs have no side.
    """
    images = centre_crop(centre_faces(faces, mean_face, face_input), face_input.crop)

    def forward(images: jax.Array) -> tuple[jax.Array, jax.Array]:
        outputs = network.apply({"params": params}, images, train=False)
        return cast("tuple[jax.Array, jax.Array]", outputs)

    logits, fc7 = forward(images)
    if average_mirrored:
        mirrored_logits, mirrored_fc7 = forward(images[:, :, ::-1])
        logits, fc7 = (logits + mirrored_logits) / 2, l2_normalise(fc7 + mirrored_fc7)
    return logits, fc7


def cnn_outputs(
    params: PyTree,
    mean_face: jax.Array,
    batches: Iterable[np.ndarray],
    *,
    network: AlexNet,
    face_input: FaceInput,
    batch_size: int,
    average_mirrored: bool = False,
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield logits and fc7, float32, for each batch of at most `batch_size` faces.

    A short batch is padded, so that the network is compiled for one size.
    """
    for faces in batches:
        padded = np.pad(faces, [(0, batch_size - len(faces)), (0, 0), (0, 0), (0, 0)])
        logits, fc7 = cnn_forward(
            params,
            mean_face,
            padded,
            network=network,
            face_input=face_input,
            average_mirrored=average_mirrored,
        )
        yield np.asarray(logits)[: len(faces)], np.asarray(fc7)[: len(faces)]


@functools.partial(jax.jit, static_argnames=("network",))
def _lstm_chunk(
    params: PyTree,
    features: jax.Array,
    carry: PyTree,
    *,
    network: StackedLstm,
) -> tuple[jax.Array, Any]:
    reset = jnp.zeros(features.shape[:2], bool)
    return network.apply(
        {"params": params}, features, reset, carry, train=False, method=StackedLstm.unroll
    )


def lstm_scores(
    params: PyTree,
    features: np.ndarray,
    recordings: np.ndarray,
    *,
    network: StackedLstm,
) -> np.ndarray:
    """Return the LSTM's scores of every frame, float32 `[frames, aus]`.

    Each recording runs through the LSTM from its first to its last frame, however long it is.

    Args:
        params: parameters of the network.
        features: float32 `[frames, feature]`, each recording's frames together and in order.
        recordings: `[frames]`, the recording of each frame.
        network: the LSTM.
    """
    scores = np.empty((len(features), network.num_aus), np.float32)
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
            chunk_scores, carry = _lstm_chunk(params, chunk, carry, network=network)
            values = np.asarray(chunk_scores)
            for row, (start, _) in enumerate(group):
                length = len(parts[row])
                scores[start + time : start + time + length] = values[row, :length]
    return scores


@functools.partial(jax.jit, static_argnames=("network",))
def fusion_logits(
    params: PyTree,
    cnn_scores: jax.Array,
    lstm_scores: jax.Array,
    *,
    network: FusionHead,
) -> jax.Array:
    """Return the hybrid's logits `[frames, aus]` from both networks' scores `[frames, aus]`."""
    return cast("jax.Array", network.apply({"params": params}, cnn_scores, lstm_scores))
