"""Two data sets as one, so that a model of one can be tested on the other."""

import dataclasses
import hashlib

import numpy as np

from au_jax.datasets.dataset import Dataset, Faces, FramesTable
from au_jax.errors import InputError
from au_jax.faces.mean_shape import STABLE_POINTS


@dataclasses.dataclass(frozen=True)
class JoinedFaces:
    """The faces of one data set, then those of another; a `Faces`.

    Attributes:
        first: faces of the first rows.
        second: faces of the rows after them, of the same shape.
    """

    first: Faces
    second: Faces

    @property
    def face_shape(self) -> tuple[int, int, int]:
        """Height, width and channels of a face."""
        return self.first.face_shape

    def __len__(self) -> int:
        return len(self.first) + len(self.second)

    def __getitem__(self, indices: np.ndarray) -> np.ndarray:
        """Return uint8 `[index, height, width, channel]` for integer indices `[index]`.

        Raises:
            IndexError: if an index is negative or too large.
        """
        indices = np.asarray(indices, np.int64)
        if len(indices) and not 0 <= indices.min() <= indices.max() < len(self):
            raise IndexError(
                f"indices from {indices.min()} to {indices.max()} of {len(self)} faces"
            )
        of_second = indices >= len(self.first)
        if not of_second.any():
            return self.first[indices]
        if of_second.all():
            return self.second[indices - len(self.first)]
        faces = np.empty((len(indices), *self.face_shape), np.uint8)
        faces[~of_second] = self.first[indices[~of_second]]
        faces[of_second] = self.second[indices[of_second] - len(self.first)]
        return faces


def join_datasets(first: Dataset, second: Dataset) -> Dataset:
    """Return the frames of `first`, then those of `second`, as one data set.

    Subjects and recordings are called `<data set>/<name>`, so that a name that both data sets use
    stays two people.

    Args:
        first: a data set.
        second: another, with the same AUs in the same order.

    Raises:
        InputError: if their names are equal or their faces differ in shape.
        ValueError: if their AUs differ.
    """
    if first.aus != second.aus:
        raise ValueError(f"AUs {first.aus} and {second.aus} differ; select common ones before")
    if first.name == second.name:
        raise InputError(
            f"training and test data set are both '{first.name}'; choose two different ones, or "
            "--experiment.protocol.scenario=within to test on other subjects of the same one"
        )
    if first.faces.face_shape != second.faces.face_shape:
        raise InputError(
            f"faces of '{first.name}' are {first.faces.face_shape}, those of '{second.name}' "
            f"{second.faces.face_shape} (height, width, channels); prepare both with the same "
            "--face_size"
        )
    return Dataset(
        name=f"{first.name}+{second.name}",
        aus=first.aus,
        frames=_join_tables(first, second),
        faces=JoinedFaces(first.faces, second.faces),
        digest=hashlib.sha256(f"{first.digest} {second.digest}".encode()).hexdigest(),
        preparation=first.preparation,
    )


def _join_tables(first: Dataset, second: Dataset) -> FramesTable:
    tables = first.frames, second.frames

    def names(kind: str) -> tuple[str, ...]:
        return tuple(
            f"{dataset.name}/{name}"
            for dataset in (first, second)
            for name in getattr(dataset.frames, kind)
        )

    def column(name: str) -> np.ndarray:
        return np.concatenate([getattr(table, name) for table in tables])

    shift = np.repeat(np.array([0, 1], np.int32), [len(table) for table in tables])
    return FramesTable(
        subject=column("subject") + shift * np.int32(len(first.frames.subjects)),
        recording=column("recording") + shift * np.int32(len(first.frames.recordings)),
        frame=column("frame"),
        time=column("time"),
        labels=column("labels"),
        tracked=column("tracked"),
        subjects=names("subjects"),
        recordings=names("recordings"),
        landmarks=_join_landmarks(*tables),
    )


def _join_landmarks(first: FramesTable, second: FramesTable) -> np.ndarray | None:
    """Return the landmarks of both; NaN for a data set without any, None if neither has any."""
    if first.landmarks is None and second.landmarks is None:
        return None
    shape = (len(STABLE_POINTS), 2)
    return np.concatenate(
        [
            np.full((len(table), *shape), np.nan, np.float32)
            if table.landmarks is None
            else table.landmarks
            for table in (first, second)
        ]
    )
