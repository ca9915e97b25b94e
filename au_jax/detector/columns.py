"""Scores without a network: a constant, and the columns of several detectors side by side."""

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

import numpy as np

from au_jax.detector.block import FaceFrames, Outputs
from au_jax.system.pytree import PyTree


class WithoutArrays:
    """What models of settings alone have in common: their attributes are JSON values."""

    STORED_FEATURES: ClassVar[np.dtype | None] = None

    def settings(self) -> dict[str, Any]:
        """Return the attributes."""
        return dict(vars(self))

    def arrays(self) -> dict[str, PyTree]:
        """Return nothing."""
        return {}

    @classmethod
    def restored(cls, settings: dict[str, Any], arrays: dict[str, PyTree]) -> Any:  # noqa: ANN401
        """Return the model of `settings()`."""
        del arrays
        return cls(**settings)


@dataclasses.dataclass(frozen=True)
class ConstantModel(WithoutArrays):
    """The same score for every frame and AU.

    Attributes:
        score: the score.
        num_aus: number of AUs.
    """

    KIND: ClassVar[str] = "constant"

    score: float
    num_aus: int

    def outputs(
        self, frames: FaceFrames, rows: np.ndarray, inputs: Sequence[Outputs]
    ) -> Iterator[Outputs]:
        """Yield the score for all rows at once."""
        del frames, inputs
        yield Outputs(np.full((len(rows), self.num_aus), self.score, np.float32))


@dataclasses.dataclass(frozen=True)
class ColumnsModel(WithoutArrays):
    """The scores of the blocks that it builds on, side by side."""

    KIND: ClassVar[str] = "columns"

    def outputs(
        self, frames: FaceFrames, rows: np.ndarray, inputs: Sequence[Outputs]
    ) -> Iterator[Outputs]:
        """Yield the scores of all rows at once."""
        del frames, rows
        yield Outputs(np.concatenate([found.known_scores() for found in inputs], axis=1))
