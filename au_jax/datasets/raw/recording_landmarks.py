"""Where the landmarks of a recording come from: found in its pictures, or from files."""

import dataclasses
import hashlib
from typing import Any, Protocol

import numpy as np
from etils import epath

from au_jax.datasets.raw.pictures import Pictures
from au_jax.errors import InputError
from au_jax.faces.face_tracker import FaceTracker
from au_jax.faces.landmarks import LandmarkSource, LandmarkTrack, read_landmark_file
from au_jax.faces.model_files import MODEL_FILES


class RecordingLandmarks(Protocol):
    """Gives every recording of a data set its `LandmarkSource`; picklable."""

    def start(self, recording: str, pictures: Pictures) -> LandmarkSource:
        """Return the source for one recording; called where the recording is read.

        Raises:
            InputError: if there is none.
        """
        ...

    def made_from(self, recording: str) -> dict[str, Any]:
        """Return what identifies the landmarks of a recording, as JSON values."""
        ...


@dataclasses.dataclass(frozen=True)
class TrackedFaces:
    """`RecordingLandmarks` found in the pictures by `faces.face_tracker`."""

    def start(self, recording: str, pictures: Pictures) -> FaceTracker:
        """Return a new tracker.

        Raises:
            InputError: if its networks are not installed.
        """
        del recording, pictures
        return FaceTracker()

    def made_from(self, recording: str) -> dict[str, Any]:
        """Return the digests of the networks."""
        del recording
        return {"landmark_models_sha256": [model.sha256 for model in MODEL_FILES]}

    def require(self) -> None:
        """Check that the networks are there.

        Raises:
            InputError: if they are not, with how to install them.
        """
        FaceTracker()


@dataclasses.dataclass(frozen=True)
class LandmarkFile:
    """`RecordingLandmarks` of one recording, numbered by frame; the file was checked before.

    Attributes:
        path: the file.
        sha256: digest of its bytes.
    """

    path: epath.Path
    sha256: str

    def start(self, recording: str, pictures: Pictures) -> LandmarkTrack:
        """Read the file.

        Raises:
            InputError: if it cannot be read any more.
        """
        del recording, pictures
        return read_landmark_file(self.path)

    def made_from(self, recording: str) -> dict[str, Any]:
        """Return the digest."""
        del recording
        return {"landmarks_sha256": self.sha256}


@dataclasses.dataclass(frozen=True)
class LandmarkFolder:
    """`RecordingLandmarks` from a folder of files, one for each recording.

    They are `RECORDING.csv` as OpenFace writes it, or `RECORDING.npy` with one row per frame from
    frame 1 on.

    Attributes:
        folder: the folder.
    """

    folder: epath.Path

    def start(self, recording: str, pictures: Pictures) -> LandmarkTrack:
        """Read the landmarks of a recording.

        OpenFace numbers single pictures 1, 2, … in the order of their names. So in a file with as
        many rows as there are pictures, numbered like this, the first row is the first picture;
        otherwise the numbers are those of the frames.

        Raises:
            InputError: if there is no file, or none of its frames has a picture.
        """
        path = self._path(recording)
        if path is None:
            raise InputError(
                f"recording {recording} has no landmarks: there is neither {recording}.csv nor "
                f"{recording}.npy in {self.folder}; make {recording}.csv with OpenFace's "
                "FeatureExtraction (-2Dfp)"
            )
        track = read_landmark_file(path)
        numbers = pictures.numbers_by_name()
        if numbers is None:
            return track
        in_order = track.frames.tolist() == list(range(1, len(numbers) + 1))
        if not in_order or sorted(numbers) == track.frames.tolist():
            if not np.isin(numbers, track.frames).any():
                raise InputError(
                    f"{path}: landmarks are of frames {track.frames.min(initial=0)} to "
                    f"{track.frames.max(initial=0)}, pictures of {min(numbers)} to {max(numbers)}; "
                    "they do not belong together"
                )
            return track
        if numbers != sorted(numbers):
            raise InputError(
                f"{path}: the rows are numbered in the order of the names of the pictures, which "
                "is not that of their numbers (10.jpg comes before 2.jpg); number the rows by frame"
            )
        return dataclasses.replace(track, frames=np.array(numbers, np.int64))

    def made_from(self, recording: str) -> dict[str, Any]:
        """Return name and digest of the file."""
        path = self._path(recording)
        digest = hashlib.sha256(path.read_bytes()).hexdigest() if path else None
        return {"landmarks": path.name if path else None, "landmarks_sha256": digest}

    def require(self) -> None:
        """Check that there is such a folder.

        Raises:
            InputError: if there is not.
        """
        if not self.folder.is_dir():
            raise InputError(f"{self.folder}: there is no such folder; check --landmarks")

    def _path(self, recording: str) -> epath.Path | None:
        paths = [self.folder / f"{recording}{suffix}" for suffix in (".csv", ".npy")]
        return next((path for path in paths if path.exists()), None)
