"""The frame-wise network with its parameters and the mean face."""

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

import jax
import jax.numpy as jnp
import numpy as np

from au_jax.datasets.dataset import Dataset
from au_jax.datasets.row_selection import evenly_spaced
from au_jax.detector.block import FaceFrames, Outputs
from au_jax.models.inference import cnn_outputs
from au_jax.models.networks import Backbone, frame_network
from au_jax.models.preprocessing import normalise_faces
from au_jax.sampling.random import SequentialPlan
from au_jax.settings import AlexNetConfig, FaceInputConfig
from au_jax.settings.tree import from_json, to_json
from au_jax.system.pytree import PyTree

_BATCH = 256
_MEAN_FACE_FRAMES = 4096


@dataclasses.dataclass(frozen=True)
class CnnModel:
    """A trained frame-wise network; it gives logits and features.

    Attributes:
        config: what the network is.
        face_input: how faces become its input.
        num_aus: number of its outputs.
        params: its parameters.
        mean_face: float32 `[size, size, channel]`, subtracted from every face.
    """

    KIND: ClassVar[str] = "cnn"
    # Features lie in [0, 1], where half precision is enough.
    STORED_FEATURES: ClassVar[np.dtype | None] = np.dtype(np.float16)

    config: AlexNetConfig
    face_input: FaceInputConfig
    num_aus: int
    params: PyTree
    mean_face: jax.Array

    @property
    def network(self) -> Backbone:
        """The network without its parameters."""
        return frame_network(self.config, self.num_aus)

    def settings(self) -> dict[str, Any]:
        """Return network, input and number of AUs."""
        return {
            "network": to_json(self.config),
            "input": to_json(self.face_input),
            "num_aus": self.num_aus,
        }

    def arrays(self) -> dict[str, PyTree]:
        """Return parameters and mean face."""
        return {"params": self.params, "mean_face": self.mean_face}

    @classmethod
    def restored(cls, settings: dict[str, Any], arrays: dict[str, PyTree]) -> "CnnModel":
        """Return the model of `settings()` and `arrays()`."""
        return cls(
            from_json(AlexNetConfig, settings["network"]),
            from_json(FaceInputConfig, settings["input"]),
            settings["num_aus"],
            arrays["params"],
            arrays["mean_face"],
        )

    def outputs(
        self, frames: FaceFrames, rows: np.ndarray, inputs: Sequence[Outputs] = ()
    ) -> Iterator[Outputs]:
        """Yield logits, and features in half precision, in batches."""
        del inputs
        for logits, features in cnn_outputs(
            self.params,
            self.mean_face,
            frames.batches(rows, frames.at_once),
            network=self.network,
            face_input=self.face_input,
            batch_size=frames.at_once,
        ):
            yield Outputs(logits, features.astype(self.STORED_FEATURES))

    def logits(self, frames: FaceFrames, rows: np.ndarray) -> np.ndarray:
        """Return the logits of rows, float32 `[row, au]`."""
        parts = [found.known_scores() for found in self.outputs(frames, rows)]
        return np.concatenate([np.empty((0, self.num_aus), np.float32), *parts])


def mean_face_of(dataset: Dataset, frames: np.ndarray, face_input: FaceInputConfig) -> jax.Array:
    """Return the mean of evenly spaced training faces, float32 `[size, size, channel]`."""
    tracked = frames[dataset.frames.tracked[frames]]
    spaced = evenly_spaced(tracked, _MEAN_FACE_FRAMES)
    plan = SequentialPlan(spaced, _BATCH)
    total = sum(
        np.asarray(normalise_faces(jnp.asarray(dataset.faces[plan[step]]), face_input)).sum(0)
        for step in range(len(plan))
    )
    return jnp.asarray(total / len(spaced), jnp.float32)
