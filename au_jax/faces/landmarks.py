"""Landmarks: where the 68 points of the face lie in each picture.

Whatever finds them is a `LandmarkSource`: a file written by another program, the tracking that came
with a data set (a `LandmarkTrack`), or a detector (`face_tracker.FaceTracker`). This module reads
the CSV files of OpenFace (https://github.com/TadasBaltrusaitis/OpenFace/wiki/Output-Format) and
arrays that users have made by other means.
"""

import dataclasses
import io
from collections.abc import Sequence
from typing import Protocol

import numpy as np
from etils import epath

from au_jax.errors import InputError
from au_jax.faces.mean_shape import MEAN_SHAPE, STABLE_POINTS
from au_jax.faces.video import VideoFrame
from au_jax.system.csv_rows import Digest, Header
from au_jax.system.frame_csv import FrameColumns, read_frame_columns

NUM_POINTS = len(MEAN_SHAPE)


class LandmarkSource(Protocol):
    """Finds the landmarks of one video.

    It is called with the frames of the video in blocks, in order, each frame once; so a detector
    may follow the face from frame to frame.
    """

    def __call__(self, frames: Sequence[VideoFrame]) -> tuple[np.ndarray, np.ndarray]:
        """Return the landmarks of some frames.

        Args:
            frames: consecutive frames of one video.

        Returns:
            points, float32 `[frame, 68, 2]` as (x, y) in pixels of the upright picture, the centre
            of its top left pixel at (0, 0), in the order of `mean_shape`; and confidence, float32
            `[frame]`, from 0 to 1: how sure the source is that a face is there. Where it is 0 there
            is none, and the points mean nothing.
        """
        ...


@dataclasses.dataclass(frozen=True)
class LandmarkTrack:
    """Landmarks of a whole video, found beforehand; a `LandmarkSource`.

    Attributes:
        frames: int64 `[row]`, numbers of the frames, increasing from at least 1.
        points: float32 `[row, 68, 2]`, the centre of the top left pixel at (0, 0); not finite where
            there are none. Who has 49 points takes `from_stable_points`.
        success: bool `[row]`.
        confidence: float32 `[row]`, above 0 and at most 1 where `success`; None if nothing is known
            but the success.
    """

    frames: np.ndarray
    points: np.ndarray
    success: np.ndarray
    confidence: np.ndarray | None = None

    def __call__(self, frames: Sequence[VideoFrame]) -> tuple[np.ndarray, np.ndarray]:
        """Look the frames up by their number; a frame without a row has no landmarks.

        Without a confidence of its own, success counts as 1.
        """
        numbers = np.array([frame.number for frame in frames], np.int64)
        points = np.full((len(numbers), NUM_POINTS, 2), np.nan, np.float32)
        confidence = np.zeros(len(numbers), np.float32)
        if len(self.frames):
            stated = 1 if self.confidence is None else self.confidence
            row = np.minimum(np.searchsorted(self.frames, numbers), len(self.frames) - 1)
            found = self.frames[row] == numbers
            points[found] = self.points[row[found]]
            confidence[found] = np.where(self.success, stated, 0)[row[found]]
        return points, confidence


def from_stable_points(points: np.ndarray) -> np.ndarray:
    """Return 49 points `[frame, 49, 2]` as float32 `[frame, 68, 2]`, NaN for those not among them.

    The 49 are those of IntraFace and of the BP4D and GFT tracking: the 68 without the jaw line and
    the inner corners of the mouth, in the same order. Alignment uses no others.
    """
    spread = np.full((len(points), NUM_POINTS, 2), np.nan, np.float32)
    spread[:, STABLE_POINTS] = points
    return spread


def read_landmark_file(path: epath.Path, digest: Digest | None = None) -> LandmarkTrack:
    """Read a landmark file: an array (`.npy`), or else a CSV file of OpenFace.

    Args:
        path: the file.
        digest: takes its bytes as they are read.

    Raises:
        InputError: as `read_landmark_array` and `read_openface_csv`.
    """
    array = path.suffix.lower() == ".npy"
    return read_landmark_array(path, digest) if array else read_openface_csv(path, digest)


def read_landmark_array(path: epath.PathLike, digest: Digest | None = None) -> LandmarkTrack:
    """Read landmarks from a `.npy` file with one row per frame, from frame 1 on.

    Args:
        path: holds numbers `[frame, 68, 2]` or `[frame, 49, 2]` (see `from_stable_points`) as
            (x, y) in pixels. Rows with a point that is not finite have no landmarks.
        digest: takes its bytes.

    Raises:
        InputError: if it cannot be read, or has another shape or type.
    """
    try:
        content = epath.Path(path).read_bytes()
        points = np.load(io.BytesIO(content), allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise InputError(
            f"{path}: cannot be read as a NumPy array ({error}); write it with numpy.save"
        ) from error
    if digest:
        digest.update(content)
    shapes = [(count, 2) for count in (NUM_POINTS, len(STABLE_POINTS))]
    if (
        not isinstance(points, np.ndarray)
        or points.dtype.kind not in "iuf"
        or points.shape[1:] not in shapes
    ):
        found = f"{getattr(points, 'dtype', type(points))} {getattr(points, 'shape', '')}"
        raise InputError(
            f"{path}: holds {found}; landmarks are numbers of shape (frames, 68, 2) or "
            "(frames, 49, 2)"
        )
    with np.errstate(over="ignore"):  # becomes infinite, so no success
        points = points.astype(np.float32)
    success = np.array(np.isfinite(points).all(axis=(1, 2)))
    spread = points if points.shape[1] == NUM_POINTS else from_stable_points(points)
    return LandmarkTrack(np.arange(1, len(points) + 1), spread, success)


def read_openface_csv(path: epath.PathLike, digest: Digest | None = None) -> LandmarkTrack:
    """Read landmarks from a CSV file as OpenFace writes it.

    The columns `frame`, `success`, `x_0` … `x_67`, `y_0` … `y_67` and, if there is one,
    `confidence` are found by name; blanks around the names and further columns do not matter. A row
    whose `success` is not 1 or that lacks a coordinate has no landmarks. OpenFace sets `success`
    from its own confidence; no further threshold is applied.

    Args:
        path: the file.
        digest: takes its bytes as they are read.

    Raises:
        InputError: if a column is missing, a cell is not a number, a face was found with a
            confidence beyond 0 and 1, or the frames do not increase; with file and line.
    """
    table = read_frame_columns(path, _columns, digest=digest)
    success = table.values[:, :1]
    table.refuse(~np.isin(success, (0, 1)), "1 (face found) and 0")
    with np.errstate(over="ignore"):  # becomes infinite, so no success
        points = table.values[:, 1:_BEHIND_POINTS].reshape(-1, 2, NUM_POINTS).transpose(0, 2, 1)
        points = points.astype(np.float32)
    found = (success[:, 0] == 1) & np.isfinite(points).all(axis=(1, 2))
    return LandmarkTrack(table.frames, points, found, _confidence(table, found))


_BEHIND_POINTS = 1 + 2 * NUM_POINTS
"""Place of the confidence among the columns that are read."""

_LEAST_CONFIDENCE = 0.001
"""Stands for a confidence of 0 in a row that says that a face was found."""


def _columns(header: Header) -> list[int]:
    names = ["success", *(f"{axis}_{i}" for axis in "xy" for i in range(NUM_POINTS))]
    if "confidence" in (name.lower() for name in header.names):
        names.append("confidence")
    return [header.index(name) for name in names]


def _confidence(table: FrameColumns, found: np.ndarray) -> np.ndarray | None:
    """Return the confidence of all rows, float32 `[row]`; an empty cell counts as 1."""
    if table.values.shape[1] == _BEHIND_POINTS:
        return None
    stated = table.values[:, _BEHIND_POINTS]
    bad = np.zeros(table.values.shape, bool)
    bad[:, _BEHIND_POINTS] = found & ((stated < 0) | (stated > 1))
    table.refuse(bad, "numbers from 0 to 1")
    known = np.where(found & ~np.isnan(stated), stated, 1)
    return np.where(found, np.maximum(known, _LEAST_CONFIDENCE), 0).astype(np.float32)
