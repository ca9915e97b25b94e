"""Faces beside their labels, as the batches of a plan need them."""

import dataclasses

import numpy as np

from au_jax.datasets.dataset import Faces
from au_jax.sampling.planned_batches import Batch


@dataclasses.dataclass(frozen=True)
class LabelledFaces:
    """Reads some of the frames that a plan was made for; the `read` of `PlannedBatches`.

    Attributes:
        faces: the faces of the data set.
        frames: int64 `[frame]`, their place in the data set.
        labels: int8 `[frame, au]`, their labels.
    """

    faces: Faces
    frames: np.ndarray
    labels: np.ndarray

    def __call__(self, indices: np.ndarray) -> Batch:
        """Return `faces` uint8 `[n, height, width, channel]` and `labels` int8 `[n, au]`.

        Args:
            indices: int64 `[n]`, rows of `frames` and `labels`.
        """
        return {"faces": self.faces[self.frames[indices]], "labels": self.labels[indices]}
