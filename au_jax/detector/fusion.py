"""The fusion of a CNN and an LSTM: a head on their scores, one on their features, or a mean."""

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

import jax.numpy as jnp
import numpy as np

from au_jax.detector.block import FaceFrames, Outputs
from au_jax.features.pca import PrincipalComponents
from au_jax.models.fusion import FeatureFusionHead, FusionHead
from au_jax.models.inference import fusion_hidden, fusion_logits
from au_jax.models.normalisation import l2_normalise
from au_jax.settings import FusionHeadConfig
from au_jax.settings.tree import from_json, to_json
from au_jax.system.pytree import PyTree


@dataclasses.dataclass(frozen=True)
class FusionModel:
    """A trained fusion head on what the two networks give.

    Attributes:
        config: what the head is.
        num_aus: number of its outputs.
        params: its parameters.
        pca: of the CNN's features, for a head on features; None for one on scores.
    """

    KIND: ClassVar[str] = "fusion"
    STORED_FEATURES: ClassVar[np.dtype | None] = None

    config: FusionHeadConfig
    num_aus: int
    params: PyTree
    pca: PrincipalComponents | None = None

    @property
    def network(self) -> FusionHead | FeatureFusionHead:
        """The head without its parameters."""
        kind = FusionHead if self.pca is None else FeatureFusionHead
        return kind(num_aus=self.num_aus, config=self.config)

    def settings(self) -> dict[str, Any]:
        """Return the head, the number of AUs, and the variance that the components keep."""
        energy = None if self.pca is None else self.pca.energy
        network = to_json(self.config)
        return {"network": network, "num_aus": self.num_aus, "pca_energy": energy}

    def arrays(self) -> dict[str, PyTree]:
        """Return the parameters, and principal components if there are any."""
        pca = {} if self.pca is None else {"pca": self.pca.arrays()}
        return {"params": self.params, **pca}

    @classmethod
    def restored(cls, settings: dict[str, Any], arrays: dict[str, PyTree]) -> "FusionModel":
        """Return the model of `settings()` and `arrays()`."""
        pca = None
        if "pca" in arrays:
            pca = PrincipalComponents.of(arrays["pca"], settings["pca_energy"])
        config = from_json(FusionHeadConfig, settings["network"])
        return cls(config, settings["num_aus"], arrays["params"], pca)

    def inputs_of(self, cnn: Outputs, lstm: Outputs) -> tuple[np.ndarray, np.ndarray]:
        """Return what the head takes of the CNN and of the LSTM, float32 `[row, …]` each."""
        if self.pca is None:
            return cnn.known_scores(), lstm.known_scores()
        return self.pca.project_in_parts(cnn.known_features()), lstm.known_features()

    def outputs(
        self, frames: FaceFrames, rows: np.ndarray, inputs: Sequence[Outputs]
    ) -> Iterator[Outputs]:
        """Yield the fused logits of all rows at once."""
        del frames, rows
        cnn, lstm = self.inputs_of(*inputs)
        yield Outputs(np.asarray(fusion_logits(self.params, cnn, lstm, network=self.network)))

    def hidden(self, inputs: Sequence[Outputs]) -> np.ndarray:
        """Return the hidden layer, float32 `[row, hidden]`; `inputs` as of `outputs`."""
        cnn, lstm = self.inputs_of(*inputs)
        return np.asarray(fusion_hidden(self.params, cnn, lstm, network=self.network))


@dataclasses.dataclass(frozen=True)
class MeanModel:
    """The weighted mean of both networks' scores; nothing is trained.

    Attributes:
        config: its `lstm_share`, and whether scores are first divided by their L2 norm.
    """

    KIND: ClassVar[str] = "mean"
    STORED_FEATURES: ClassVar[np.dtype | None] = None

    config: FusionHeadConfig

    def settings(self) -> dict[str, Any]:
        """Return the settings of the mean."""
        return to_json(self.config)

    def arrays(self) -> dict[str, PyTree]:
        """Return nothing."""
        return {}

    @classmethod
    def restored(cls, settings: dict[str, Any], arrays: dict[str, PyTree]) -> "MeanModel":
        """Return the model of `settings()`."""
        del arrays
        return cls(from_json(FusionHeadConfig, settings))

    def outputs(
        self, frames: FaceFrames, rows: np.ndarray, inputs: Sequence[Outputs]
    ) -> Iterator[Outputs]:
        """Yield the mean scores of all rows at once."""
        del frames, rows
        scores = [found.known_scores() for found in inputs]
        if self.config.normalise_scores:
            scores = [np.asarray(l2_normalise(jnp.asarray(one))) for one in scores]
        share = self.config.lstm_share
        yield Outputs((1 - share) * scores[0] + share * scores[1])
