"""Several detectors of the same action units as one: the mean of their scores."""

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

import numpy as np

from au_jax.detector.block import FaceFrames, Outputs
from au_jax.system.pytree import PyTree


@dataclasses.dataclass(frozen=True)
class EnsembleModel:
    """The mean of scores, each divided by its spread.

    Attributes:
        spread: float32 `[input, au]`, above 0: how far apart the scores of each input lie, since
            those of a hinge loss and logits have other units. Decisions of the inputs stay at 0.
    """

    KIND: ClassVar[str] = "ensemble"
    STORED_FEATURES: ClassVar[np.dtype | None] = None

    spread: np.ndarray

    def settings(self) -> dict[str, Any]:
        """Return nothing."""
        return {}

    def arrays(self) -> dict[str, PyTree]:
        """Return the spreads."""
        return {"spread": self.spread}

    @classmethod
    def restored(cls, settings: dict[str, Any], arrays: dict[str, PyTree]) -> "EnsembleModel":
        """Return the model of `arrays()`."""
        del settings
        return cls(np.asarray(arrays["spread"]))

    def outputs(
        self, frames: FaceFrames, rows: np.ndarray, inputs: Sequence[Outputs]
    ) -> Iterator[Outputs]:
        """Yield the mean of all rows at once."""
        del frames, rows
        scores = np.stack([np.asarray(found.known_scores(), np.float32) for found in inputs])
        yield Outputs((scores / self.spread[:, None]).mean(axis=0))
