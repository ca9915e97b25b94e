"""Linear classifiers on principal components of features, with the components."""

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

import numpy as np

from au_jax.detector.block import FaceFrames, Outputs
from au_jax.features.standardised_components import StandardisedComponents
from au_jax.system.pytree import PyTree


@dataclasses.dataclass(frozen=True)
class LinearModel:
    """One linear classifier for each AU.

    Attributes:
        components: of the features that it builds on.
        weights: float32 `[component + 1, au]`, the offsets last.
        costs: float32 `[au]`, the cost that validation chose for each.
    """

    KIND: ClassVar[str] = "linear"
    STORED_FEATURES: ClassVar[np.dtype | None] = None

    components: StandardisedComponents
    weights: np.ndarray
    costs: np.ndarray

    def settings(self) -> dict[str, Any]:
        """Return nothing."""
        return {}

    def arrays(self) -> dict[str, PyTree]:
        """Return components, weights and costs."""
        components = dataclasses.asdict(self.components)
        return {"components": components, "weights": self.weights, "costs": self.costs}

    @classmethod
    def restored(cls, settings: dict[str, Any], arrays: dict[str, PyTree]) -> "LinearModel":
        """Return the model of `arrays()`."""
        del settings
        parts = {name: np.asarray(part) for name, part in arrays["components"].items()}
        weights, costs = np.asarray(arrays["weights"]), np.asarray(arrays["costs"])
        return cls(StandardisedComponents(**parts), weights, costs)

    def outputs(
        self, frames: FaceFrames, rows: np.ndarray, inputs: Sequence[Outputs]
    ) -> Iterator[Outputs]:
        """Yield the scores of all rows at once."""
        del frames, rows
        (found,) = inputs
        yield Outputs(with_offset(self.components.project(found.known_features())) @ self.weights)


def with_offset(features: np.ndarray) -> np.ndarray:
    """Return features with a column of ones, whose weight is the offset, float32."""
    ones = np.ones((len(features), 1), np.float32)
    return np.concatenate([np.asarray(features, np.float32), ones], axis=1)
