"""The nouns: a data set is a frames table and the faces that belong to its rows."""

import dataclasses
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np

from au_jax.errors import InputError
from au_jax.faces.mean_shape import STABLE_POINTS

_COLUMNS = {
    "subject": np.int32,
    "recording": np.int32,
    "frame": np.int32,
    "time": np.float64,
    "labels": np.int8,
    "tracked": np.bool_,
}


@dataclasses.dataclass(frozen=True)
class FramesTable:
    """One row per frame; the rows of a recording lie together, in order.

    Attributes:
        subject: int32 `[frame]`, index into `subjects`.
        recording: int32 `[frame]`, index into `recordings`.
        frame: int32 `[frame]`, number of the frame in its video, from 1.
        time: float64 `[frame]`, presentation time in seconds.
        labels: int8 `[frame, au]`: +1 present, -1 absent, 0 missing.
        tracked: bool `[frame]`, whether the face was found.
        subjects: names of the subjects.
        recordings: names of the recordings.
        landmarks: float32 `[frame, 49, 2]`, the stable points of `faces.mean_shape` as (x, y) in
            pixels of the face, NaN where they were not found; None if the data set has none.

    Raises:
        ValueError: if the columns do not fit together.
    """

    subject: np.ndarray
    recording: np.ndarray
    frame: np.ndarray
    time: np.ndarray
    labels: np.ndarray
    tracked: np.ndarray
    subjects: tuple[str, ...]
    recordings: tuple[str, ...]
    landmarks: np.ndarray | None = None

    def __post_init__(self) -> None:
        for name, dtype in _COLUMNS.items():
            column = getattr(self, name)
            dimensions = 2 if name == "labels" else 1
            if column.dtype != dtype or column.ndim != dimensions or len(column) != len(self):
                raise ValueError(
                    f"column {name} is {column.dtype} {column.shape}; it must be "
                    f"{np.dtype(dtype)} with {dimensions} dimension(s) and {len(self)} rows"
                )
        points = (len(self), len(STABLE_POINTS), 2)
        if self.landmarks is not None and (
            self.landmarks.dtype != np.float32 or self.landmarks.shape != points
        ):
            raise ValueError(
                f"column landmarks is {self.landmarks.dtype} {self.landmarks.shape}; it must be "
                f"float32 {points}"
            )
        if not np.isin(self.labels, (-1, 0, 1)).all():
            raise ValueError("labels must be -1 (absent), 0 (missing) or +1 (present)")
        for name, names in (("subject", self.subjects), ("recording", self.recordings)):
            column = getattr(self, name)
            if len(column) and not 0 <= column.min() <= column.max() < len(names):
                raise ValueError(f"column {name} points outside its {len(names)} names")
            if len(set(names)) != len(names):
                raise ValueError(f"the names of the {name}s repeat")
        self._check_recordings()

    def __len__(self) -> int:
        return len(self.frame)

    def _check_recordings(self) -> None:
        same = self.recording[1:] == self.recording[:-1]
        blocks = self.recording[np.concatenate([[True], ~same])] if len(self) else self.recording
        if len(np.unique(blocks)) != len(blocks):
            raise ValueError("the frames of a recording must lie together")
        if np.any(same & (self.subject[1:] != self.subject[:-1])):
            raise ValueError("a recording must have one subject")
        if np.any(same & (self.frame[1:] <= self.frame[:-1])):
            raise ValueError("the frame numbers of a recording must increase")


class Faces(Protocol):
    """Random access to the faces of a data set; safe to use from threads, and picklable."""

    @property
    def face_shape(self) -> tuple[int, int, int]:
        """Height, width and channels of a face."""
        ...

    def __len__(self) -> int: ...

    def __getitem__(self, indices: np.ndarray) -> np.ndarray:
        """Return uint8 `[index, height, width, channel]` for integer indices `[index]`."""
        ...


@dataclasses.dataclass(frozen=True)
class ArrayFaces:
    """Faces in memory.

    Attributes:
        array: uint8 `[face, height, width, channel]`.
    """

    array: np.ndarray

    def __post_init__(self) -> None:
        if self.array.dtype != np.uint8 or self.array.ndim != 4:
            raise ValueError(
                f"faces are {self.array.dtype} {self.array.shape}, not uint8 [n,h,w,c]"
            )

    @property
    def face_shape(self) -> tuple[int, int, int]:
        """Height, width and channels of a face."""
        height, width, channels = self.array.shape[1:]
        return height, width, channels

    def __len__(self) -> int:
        return len(self.array)

    def __getitem__(self, indices: np.ndarray) -> np.ndarray:
        """Return uint8 `[index, height, width, channel]` for integer indices `[index]`."""
        return self.array[np.asarray(indices, np.int64)]


@dataclasses.dataclass(frozen=True)
class Dataset:
    """A data set ready for use.

    Attributes:
        name: what it is called in tables.
        aus: the action units of the columns of `frames.labels`.
        frames: the frames table.
        faces: the face of every row.
        digest: changes when the AUs, the frames table or the faces do.
        preparation: how its faces were prepared: settings of its reader by name.
    """

    name: str
    aus: tuple[int, ...]
    frames: FramesTable
    faces: Faces
    digest: str
    preparation: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.frames.labels.shape[1] != len(self.aus) or len(self.faces) != len(self.frames):
            raise ValueError(
                f"{len(self.aus)} AUs, labels {self.frames.labels.shape} and {len(self.faces)} "
                "faces do not fit together"
            )


def select_aus(dataset: Dataset, aus: Sequence[int]) -> Dataset:
    """Return the data set with the columns of some action units only, in the order asked for.

    Raises:
        InputError: if the data set has no labels of one of them.
    """
    wanted = tuple(aus)
    if wanted == dataset.aus:
        return dataset
    lacking = [au for au in wanted if au not in dataset.aus]
    if lacking:
        raise InputError(
            f"data set '{dataset.name}' has no labels of AU {', '.join(map(str, lacking))}; it has "
            f"AU {', '.join(map(str, dataset.aus))}. Choose among these"
        )
    columns = [dataset.aus.index(au) for au in wanted]
    frames = dataclasses.replace(dataset.frames, labels=dataset.frames.labels[:, columns])
    digest = hashlib.sha256(f"{dataset.digest} {wanted}".encode()).hexdigest()
    return dataclasses.replace(dataset, aus=wanted, frames=frames, digest=digest)


def recording_slices(frames: FramesTable) -> list[slice]:
    """Return the rows of each recording, in the order of the table."""
    if not len(frames):
        return []
    starts = np.flatnonzero(np.diff(frames.recording, prepend=-1))
    ends = [*starts[1:].tolist(), len(frames)]
    return [slice(start, end) for start, end in zip(starts.tolist(), ends, strict=True)]


def base_rates(labels: np.ndarray) -> np.ndarray:
    """Return the share of present among known labels.

    Args:
        labels: int8 `[frame, au]`.

    Returns:
        float64 `[au]`; NaN where no label is known.
    """
    present = (labels == 1).sum(axis=0)
    known = (labels != 0).sum(axis=0)
    return np.divide(present, known, out=np.full(len(known), np.nan), where=known > 0)
