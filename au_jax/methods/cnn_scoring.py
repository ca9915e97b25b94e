"""Scoring faces with a CNN: how settings become a network and its input, and its outputs."""

from collections.abc import Iterator

import jax
import jax.numpy as jnp
import numpy as np

from au_jax.datasets.dataset import Dataset
from au_jax.datasets.row_selection import evenly_spaced
from au_jax.models.cnn import AlexNet
from au_jax.models.inference import cnn_outputs
from au_jax.models.preprocessing import FaceInput, normalise_faces
from au_jax.sampling.loader import iterate_batches
from au_jax.sampling.planned_batches import PlannedBatches
from au_jax.sampling.random import SequentialPlan
from au_jax.settings import CnnConfig
from au_jax.system.pytree import PyTree

_BATCH = 256
_MEAN_FACE_FRAMES = 4096


def build_network(config: CnnConfig, num_aus: int) -> AlexNet:
    """Return the network that `config` describes."""
    return AlexNet(
        num_aus=num_aus,
        width=config.width,
        groups=config.groups,
        stride1=config.stride1,
        pool_mode=config.pool_mode.value,
        local_response_norm=config.local_response_norm,
        dropout=config.dropout,
        initialisation=config.initialisation.value,
    )


def face_input(config: CnnConfig) -> FaceInput:
    """Return how faces become the input of the network that `config` describes."""
    return FaceInput(
        size=config.face_size,
        crop=config.crop,
        local_contrast=config.local_contrast,
        pixel_scale=config.pixel_scale,
    )


def outputs(
    dataset: Dataset,
    config: CnnConfig,
    num_aus: int,
    params: PyTree,
    mean_face: jax.Array,
    frames: np.ndarray,
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield logits and fc7 of `frames`, in order, in batches.

    Args:
        dataset: gives the faces.
        config: the settings of the network.
        num_aus: its number of outputs.
        params: its parameters.
        mean_face: float32 `[size, size, channel]`, subtracted from every face.
        frames: int64 `[frame]`, rows of the frames table.
    """
    plan = SequentialPlan(frames, _BATCH)
    planned = PlannedBatches(plan, lambda rows: {"faces": dataset.faces[rows]})
    batches = iterate_batches(planned, first=0, last=len(plan), name="faces")
    return cnn_outputs(
        params,
        mean_face,
        (batch["faces"] for batch in batches),
        network=build_network(config, num_aus),
        face_input=face_input(config),
        batch_size=_BATCH,
        average_mirrored=config.average_mirrored,
    )


def logits_of(
    dataset: Dataset, config: CnnConfig, params: PyTree, mean_face: jax.Array, frames: np.ndarray
) -> np.ndarray:
    """Return the logits of `frames`, float32 `[frame, au]`; arguments as of `outputs`."""
    aus = len(dataset.aus)
    parts = [logits for logits, _ in outputs(dataset, config, aus, params, mean_face, frames)]
    return np.concatenate([np.empty((0, aus), np.float32), *parts])


def mean_face_of(dataset: Dataset, frames: np.ndarray, face_input: FaceInput) -> jax.Array:
    """Return the mean of evenly spaced training faces, float32 `[size, size, channel]`."""
    tracked = frames[dataset.frames.tracked[frames]]
    spaced = evenly_spaced(tracked, _MEAN_FACE_FRAMES)
    plan = SequentialPlan(spaced, _BATCH)
    total = sum(
        np.asarray(normalise_faces(jnp.asarray(dataset.faces[plan[step]]), face_input)).sum(0)
        for step in range(len(plan))
    )
    return jnp.asarray(total / len(spaced), jnp.float32)
