"""The network over time with its parameters and the principal components that it takes."""

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

import numpy as np

from au_jax.detector.block import FaceFrames, Outputs
from au_jax.features.pca import PrincipalComponents
from au_jax.models.inference import lstm_advance, lstm_outputs
from au_jax.models.networks import TemporalNetwork, temporal_network
from au_jax.settings import StackedLstmConfig
from au_jax.settings.tree import from_json, to_json
from au_jax.system.pytree import PyTree


@dataclasses.dataclass(frozen=True)
class LstmModel:
    """A trained network over the features of a CNN; it gives scores and hidden states.

    Attributes:
        config: what the network is.
        num_aus: number of its outputs.
        params: its parameters.
        pca: of the CNN's features.
    """

    KIND: ClassVar[str] = "lstm"
    # Hidden states lie in (-1, 1), where half precision is enough.
    STORED_FEATURES: ClassVar[np.dtype | None] = np.dtype(np.float16)

    config: StackedLstmConfig
    num_aus: int
    params: PyTree
    pca: PrincipalComponents

    @property
    def network(self) -> TemporalNetwork:
        """The network without its parameters."""
        return temporal_network(self.config, self.num_aus)

    def settings(self) -> dict[str, Any]:
        """Return network, number of AUs, and the variance that the components keep."""
        return {
            "network": to_json(self.config),
            "num_aus": self.num_aus,
            "pca_energy": self.pca.energy,
        }

    def arrays(self) -> dict[str, PyTree]:
        """Return parameters and principal components."""
        return {"params": self.params, "pca": self.pca.arrays()}

    @classmethod
    def restored(cls, settings: dict[str, Any], arrays: dict[str, PyTree]) -> "LstmModel":
        """Return the model of `settings()` and `arrays()`."""
        return cls(
            from_json(StackedLstmConfig, settings["network"]),
            settings["num_aus"],
            arrays["params"],
            PrincipalComponents.of(arrays["pca"], settings["pca_energy"]),
        )

    def outputs(
        self, frames: FaceFrames, rows: np.ndarray, inputs: Sequence[Outputs]
    ) -> Iterator[Outputs]:
        """Yield the scores and hidden states of all rows at once."""
        (cnn,) = inputs
        features = self.pca.project_in_parts(cnn.known_features())
        scores, hidden = lstm_outputs(self.params, features, frames.recording[rows], self.network)
        yield Outputs(scores, hidden.astype(self.STORED_FEATURES))

    def advance(self, inputs: Sequence[Outputs], memory: PyTree | None) -> tuple[Outputs, PyTree]:
        """Return the scores and hidden states of the next frames of a recording, and the state."""
        (cnn,) = inputs
        features = self.pca.project_in_parts(cnn.known_features())
        scores, hidden, state = lstm_advance(self.params, features, memory, self.network)
        return Outputs(scores, hidden.astype(self.STORED_FEATURES)), state
