"""Scoring a recording while it comes in: a detector that remembers."""

from collections.abc import Mapping

import numpy as np

from au_jax.datasets.dataset import ArrayFaces
from au_jax.detector.block import Block, FaceFrames, Outputs, Recurrent
from au_jax.detector.detector import Detector
from au_jax.system.pytree import PyTree

Memory = Mapping[str, PyTree]
"""What the recurrent models of a detector remember, by their place in its tree."""


class RecordingScorer:
    """Gives the scores of one face's recording, part by part.

    The scores are those of `Detector.scores` on the whole recording, but for rounding: sums of
    other lengths are added in another order.

    Args:
        detector: what scores.
        at_once: most frames of a part; fewer are filled up to so many, at full cost.
        memory: of another scorer, to go on where that one was.
    """

    def __init__(self, detector: Detector, at_once: int, memory: Memory | None = None) -> None:
        self._detector = detector
        self._at_once = at_once
        self._memory: dict[str, PyTree] = dict(memory or {})

    @property
    def memory(self) -> Memory:
        """What it remembers so far; picklable."""
        return dict(self._memory)

    def __call__(self, faces: np.ndarray, landmarks: np.ndarray | None = None) -> np.ndarray:
        """Return the scores of the next frames, float32 `[frame, au]`.

        Args:
            faces: uint8 `[frame, height, width, channel]`, up to `at_once` of them.
            landmarks: float32 `[frame, 49, 2]`, see `Detector.scores`.

        Raises:
            InputError: if the faces are not of the shape that the detector was trained on.
        """
        self._detector.check_faces(faces)
        of_one = np.zeros(len(faces), np.int64)
        frames = FaceFrames(ArrayFaces(faces), of_one, landmarks, self._at_once)
        return self._outputs(self._detector.block, "", frames, {}).known_scores()

    def _outputs(
        self, block: Block, place: str, frames: FaceFrames, found: dict[int, Outputs]
    ) -> Outputs:
        """Return the outputs of a block, computed once; `place` says where in the tree it lies."""
        if id(block) not in found:
            inputs = [
                self._outputs(one, f"{place}/{number}", frames, found)
                for number, one in enumerate(block.inputs)
            ]
            if isinstance(block.model, Recurrent):
                outputs, memory = block.model.advance(inputs, self._memory.get(place))
                self._memory[place] = memory
            else:
                rows = np.arange(len(frames))
                outputs = Outputs.joined(list(block.model.outputs(frames, rows, inputs)))
            found[id(block)] = outputs
        return found[id(block)]
