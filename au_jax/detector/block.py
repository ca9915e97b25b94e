"""What detectors are made of: models, and blocks of models that build on one another."""

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from typing import Any, ClassVar, Protocol, runtime_checkable

import numpy as np
from etils import epath

from au_jax.datasets.dataset import ArrayFaces, Dataset, Faces
from au_jax.sampling.planned_batches import PlannedBatches
from au_jax.sampling.random import SequentialPlan
from au_jax.system.pytree import PyTree


@dataclasses.dataclass(frozen=True)
class FaceFrames:
    """Aligned faces of recordings, all that a detector sees.

    Attributes:
        faces: uint8 `[frame, height, width, channel]`, in memory or on disk.
        recording: int `[frame]`; the frames of a recording lie together, in order.
        landmarks: float32 `[frame, 49, 2]`, (x, y) in pixels of the face, NaN where they were not
            found; None if there are none.
        at_once: faces that go through a network at a time; fewer are filled up to so many.
    """

    faces: Faces
    recording: np.ndarray
    landmarks: np.ndarray | None = None
    at_once: int = 256

    def __len__(self) -> int:
        return len(self.recording)

    def batches(self, rows: np.ndarray, size: int) -> Iterator[np.ndarray]:
        """Yield the faces of rows, uint8 `[face, height, width, channel]`, up to `size` at a time.

        Those on disk are read ahead.
        """
        plan = SequentialPlan(rows, size)
        if isinstance(self.faces, ArrayFaces):
            yield from (self.faces[plan[step]] for step in range(len(plan)))
            return
        # Only now: prediction never reads from disk, and Grain takes most of a second to import.
        from au_jax.sampling.loader import iterate_batches

        planned = PlannedBatches(plan, lambda some: {"faces": self.faces[some]})
        batches = iterate_batches(planned, first=0, last=len(plan), name="faces")
        yield from (batch["faces"] for batch in batches)

    @staticmethod
    def of(dataset: Dataset) -> "FaceFrames":
        """Return the frames of a data set."""
        return FaceFrames(dataset.faces, dataset.frames.recording, dataset.frames.landmarks)


@dataclasses.dataclass(frozen=True)
class Outputs:
    """What a model says of some frames.

    Attributes:
        scores: float32 `[frame, au]` with the decision at 0; None for features alone.
        features: float `[frame, feature]`, what the scores are computed from; None if there are
            none. May lie on disk.
    """

    scores: np.ndarray | None = None
    features: np.ndarray | None = None

    def of_rows(self, rows: np.ndarray) -> "Outputs":
        """Return the outputs of some rows."""
        parts = (self.scores, self.features)
        return Outputs(*(None if part is None else part[rows] for part in parts))

    def known_scores(self) -> np.ndarray:
        """Return the scores.

        Raises:
            ValueError: if the model gives features alone.
        """
        if self.scores is None:
            raise ValueError("this model gives features and no scores")
        return self.scores

    def known_features(self) -> np.ndarray:
        """Return the features.

        Raises:
            ValueError: if the model gives scores alone.
        """
        if self.features is None:
            raise ValueError("this model gives scores and no features")
        return self.features

    @staticmethod
    def joined(parts: Sequence["Outputs"]) -> "Outputs":
        """Return consecutive outputs as one."""

        def join(arrays: Sequence[np.ndarray | None]) -> np.ndarray | None:
            there = [array for array in arrays if array is not None]
            return np.concatenate(there) if there else None

        return Outputs(join([part.scores for part in parts]), join([p.features for p in parts]))


class Model(Protocol):
    """A trained model: arrays and the settings that say what to do with them.

    Attributes:
        KIND: the name of the class in a bundle.
        STORED_FEATURES: type of its features on disk; None if they are not worth storing.
    """

    KIND: ClassVar[str]
    STORED_FEATURES: ClassVar[np.dtype | None]

    def settings(self) -> dict[str, Any]:
        """Return what is not an array, as JSON values."""
        ...

    def arrays(self) -> dict[str, PyTree]:
        """Return the arrays."""
        ...

    @classmethod
    def restored(cls, settings: dict[str, Any], arrays: dict[str, PyTree]) -> "Model":
        """Return the model of `settings()` and `arrays()`."""
        ...

    def outputs(
        self, frames: FaceFrames, rows: np.ndarray, inputs: Sequence[Outputs]
    ) -> Iterator[Outputs]:
        """Yield the outputs of consecutive rows.

        Args:
            frames: the faces.
            rows: int64 `[row]`, increasing; of a recording all frames or none, for a model that
                looks at more than single frames.
            inputs: outputs of these rows by the models that it builds on.
        """
        ...


@runtime_checkable
class Recurrent(Protocol):
    """A model that remembers: it can be given a recording in parts."""

    def advance(self, inputs: Sequence[Outputs], memory: PyTree | None) -> tuple[Outputs, PyTree]:
        """Return the outputs of the next frames of one recording, and what to remember.

        Args:
            inputs: outputs of these frames by the models that it builds on.
            memory: of the frames before; None at the start of a recording.
        """
        ...


@dataclasses.dataclass(frozen=True, eq=False)
class Block:
    """A model and the blocks whose outputs it takes.

    Attributes:
        model: the model.
        inputs: in the order that the model expects.
        folder: where it lies on disk; None if it is only in memory.
    """

    model: Model
    inputs: tuple["Block", ...] = ()
    folder: epath.Path | None = None

    def outputs(
        self,
        frames: FaceFrames,
        rows: np.ndarray,
        known: "Callable[[Block], Outputs | None]" = lambda _: None,
    ) -> Iterator[Outputs]:
        """Yield the outputs of consecutive rows; each block of the tree is computed once.

        Args:
            frames: the faces.
            rows: int64 `[row]`, see `Model.outputs`.
            known: gives outputs of `rows` that are there already.
        """
        found: dict[int, Outputs] = {}

        def outputs_of(block: Block) -> Outputs:
            if id(block) not in found:
                there = known(block)
                found[id(block)] = there or Outputs.joined(list(run(block)))
            return found[id(block)]

        def run(block: Block) -> Iterator[Outputs]:
            return block.model.outputs(frames, rows, [outputs_of(one) for one in block.inputs])

        return run(self)

    def scores(
        self,
        frames: FaceFrames,
        rows: np.ndarray,
        known: "Callable[[Block], Outputs | None]" = lambda _: None,
    ) -> np.ndarray:
        """Return the scores of rows, float32 `[row, au]`; arguments as of `outputs`."""
        return Outputs.joined(list(self.outputs(frames, rows, known))).known_scores()
