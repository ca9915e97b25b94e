"""Features of frames that somebody else has computed, in one `.npz`.

It holds `features` `[n, d]`, `recording` `[n]`, the names of the recordings, and `frame` `[n]`,
the numbers of the frames, from 1, as in the frames table. Rows may come in any order, and may be
more or fewer than the data set has.
"""

import dataclasses
import zipfile

import numpy as np
from etils import epath

from au_jax.datasets.dataset import FramesTable
from au_jax.errors import InputError
from au_jax.system import atomic_files

_HOLD = "it holds features [n, d], recording [n] (names) and frame [n] (numbers from 1)"


@dataclasses.dataclass(frozen=True)
class FeatureFile:
    """Features from a file, matched to a frames table.

    Attributes:
        features: real `[n, d]`.
        place: int64 `[row]`, the place of each row of the frames table in `features`; −1 if none.
    """

    features: np.ndarray
    place: np.ndarray

    def of_rows(self, rows: np.ndarray) -> np.ndarray:
        """Return the features of rows that have some, float32 `[row, d]`."""
        return np.asarray(self.features[self.place[rows]], np.float32)


def read_feature_file(path: epath.PathLike, frames: FramesTable) -> FeatureFile:
    """Read features and find the rows of a frames table that they belong to.

    A recording of two joined data sets, `DATA SET/NAME`, may be called NAME alone.

    Args:
        path: the file; nothing in it is unpickled.
        frames: the frames table.

    Raises:
        InputError: if the file cannot be read, lacks an array or has one of a wrong kind, holds a
            frame twice, or none of the frames table.
    """
    arrays = _read(path)
    features, names, numbers = (arrays[name] for name in ("features", "recording", "frame"))
    recordings = _recordings(names, frames.recordings)
    row_of = {
        (recording, frame): row
        for row, (recording, frame) in enumerate(
            zip(frames.recording.tolist(), frames.frame.tolist(), strict=True)
        )
    }
    place = np.full(len(frames), -1, np.int64)
    for index, key in enumerate(zip(recordings.tolist(), numbers.tolist(), strict=True)):
        row = row_of.get(key)
        if row is None:
            continue
        if place[row] >= 0:
            raise InputError(
                f"{path}: frame {key[1]} of recording '{names[index]}' comes twice, at places "
                f"{place[row]} and {index}; keep one"
            )
        place[row] = index
    if (place < 0).all():
        raise InputError(
            f"{path}: none of its {len(features)} frames is in the data set: its first is frame "
            f"{numbers[0]} of '{names[0]}', that of the data set frame {frames.frame[0]} of "
            f"'{frames.recordings[frames.recording[0]]}'; take recordings and frame numbers from "
            "frames.npz of the data set"
        )
    return FeatureFile(features, place)


def file_version(path: epath.PathLike) -> list[str | int]:
    """Return what changes when the file does: path, size, and seconds of the last change.

    Raises:
        InputError: if there is no such file.
    """
    try:
        status = epath.Path(path).stat()
    except FileNotFoundError as error:
        raise InputError(f"{path}: there is no such file; check the path") from error
    return [str(path), status.length, int(status.mtime)]


def _recordings(names: np.ndarray, known: tuple[str, ...]) -> np.ndarray:
    """Return the number of the recording of each name, int64; −1 for names not known."""
    number_of: dict[str, int] = {}
    short: dict[str, list[int]] = {}
    for number, name in enumerate(known):
        number_of[name] = number
        short.setdefault(name.partition("/")[2], []).append(number)
    for name, numbers in short.items():
        if name and len(numbers) == 1:
            number_of.setdefault(name, numbers[0])
    found, inverse = np.unique(names, return_inverse=True)
    return np.array([number_of.get(str(name), -1) for name in found], np.int64)[inverse]


def _read(path: epath.PathLike) -> dict[str, np.ndarray]:
    """Return the arrays of the file after checking them."""
    try:
        arrays = atomic_files.read_arrays(path)
    except FileNotFoundError as error:
        raise InputError(f"{path}: there is no such file; check the path") from error
    except (ValueError, OSError, EOFError, zipfile.BadZipFile, TypeError) as error:
        raise InputError(
            f"{path}: cannot be read as .npz without unpickling ({error}); write it with "
            f"numpy.savez, names as strings; {_HOLD}"
        ) from error
    lacking = {"features", "recording", "frame"} - arrays.keys()
    if lacking:
        raise InputError(f"{path}: there is no array '{min(lacking)}'; {_HOLD}")
    _check(path, arrays["features"], arrays["recording"], arrays["frame"])
    return arrays


def _check(
    path: epath.PathLike, features: np.ndarray, recording: np.ndarray, frame: np.ndarray
) -> None:
    def refuse(name: str, array: np.ndarray) -> None:
        raise InputError(f"{path}: {name} is {array.dtype} {array.shape}; {_HOLD}")

    if features.ndim != 2 or features.dtype.kind not in "fiu" or not features.size:
        refuse("features", features)
    if recording.shape != (len(features),) or recording.dtype.kind != "U":
        refuse("recording", recording)
    if frame.shape != (len(features),) or frame.dtype.kind not in "iu":
        refuse("frame", frame)
    if frame.min() < 1:
        raise InputError(f"{path}: frame holds {frame.min()}; frames count from 1, add 1 to all")
    if not np.isfinite(features).all():
        row = int(np.flatnonzero(~np.isfinite(features).all(axis=1))[0])
        raise InputError(
            f"{path}: the features at place {row}, frame {frame[row]} of '{recording[row]}', are "
            "not all finite; leave out frames that have none"
        )
