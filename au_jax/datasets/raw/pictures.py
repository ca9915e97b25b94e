"""The pictures of a recording: a video, a folder of pictures, or pictures inside a zip.

Pictures in single files are named by the number of their frame, with any number of leading zeros;
they are matched by that number. A picture that cannot be decoded keeps its number.
"""

import contextlib
import dataclasses
import hashlib
import io
import pathlib
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

import numpy as np
from etils import epath

from au_jax.datasets.raw.source_tree import is_image
from au_jax.errors import InputError
from au_jax.faces.image_folder import decode_picture
from au_jax.faces.open_video import summarise_video
from au_jax.faces.video import DecodingReport, Video, VideoFrame


class Frames(Protocol):
    """Frames in order, to be read once; then `report` says what was lost."""

    report: DecodingReport

    def __iter__(self) -> Iterator[VideoFrame]: ...


class Pictures(Protocol):
    """Where the pictures of a recording are; picklable."""

    def between(self, first: int, last: int) -> "Pictures":
        """Return the same pictures, without reading those that are outside where that is easy."""
        ...

    def open(self) -> contextlib.AbstractContextManager[Frames]:
        """Open them for reading."""
        ...

    def count(self) -> "PictureCount":
        """Return how many there are, without decoding."""
        ...

    def made_from(self) -> dict[str, Any]:
        """Return what identifies them, as JSON values."""
        ...

    def numbers_by_name(self) -> list[int] | None:
        """Return the numbers of single picture files in the order of their names; else None."""
        ...


@dataclasses.dataclass(frozen=True)
class PictureCount:
    """How many pictures there are.

    Attributes:
        numbers: sorted int64 `[picture]`, numbers of the frames that are there.
        declared: the last frame there should be.
    """

    numbers: np.ndarray
    declared: int


@dataclasses.dataclass(frozen=True)
class VideoPictures:
    """`Pictures` in a video file."""

    path: epath.Path

    def between(self, first: int, last: int) -> "VideoPictures":
        """Return itself: a video is read from its start, and to its end to find what is lost."""
        del first, last
        return self

    def open(self) -> Video:
        """Open the video.

        Raises:
            InputError: if it cannot be read.
        """
        return Video(self.path)

    def count(self) -> PictureCount:
        """Count the frames without decoding.

        Raises:
            InputError: if the video cannot be read.
        """
        summary = summarise_video(self.path)
        return PictureCount(np.arange(1, summary.frames + 1), summary.declared_frames)

    def made_from(self) -> dict[str, Any]:
        """Return name and size."""
        return {"video": self.path.name, "video_bytes": int(self.path.stat().length)}

    def numbers_by_name(self) -> None:
        """Return None: the frames have no names."""
        return


@dataclasses.dataclass(frozen=True)
class PictureFiles:
    """`Pictures` in files of their own.

    Attributes:
        place: the folder, or the zip.
        names: names of the files in the place, in the order of their numbers.
        numbers: number of the frame of each, increasing.
        frames_per_second: frame rate of the recording.
        checksums: CRC-32 of each in a zip, else nothing.
    """

    place: epath.Path
    names: tuple[str, ...]
    numbers: tuple[int, ...]
    frames_per_second: float
    checksums: tuple[int, ...] = ()

    def between(self, first: int, last: int) -> "PictureFiles":
        """Return the pictures with numbers from `first` to `last`."""
        start, end = np.searchsorted(self.numbers, [first, last + 1])
        return dataclasses.replace(
            self,
            names=self.names[start:end],
            numbers=self.numbers[start:end],
            checksums=self.checksums[start:end],
        )

    def open(self) -> "PictureFilesReader":
        """Open them for reading."""
        return PictureFilesReader(self)

    def count(self) -> PictureCount:
        """Return the numbers of the pictures."""
        return PictureCount(np.array(self.numbers, np.int64), self.numbers[-1])

    def made_from(self) -> dict[str, Any]:
        """Return the names, and for a zip also what is in them, as a digest."""
        text = "\n".join((*self.names, *map(str, self.checksums)))
        return {
            "pictures": self.place.name,
            "count": len(self.names),
            "pictures_sha256": hashlib.sha256(text.encode()).hexdigest(),
        }

    def numbers_by_name(self) -> list[int]:
        """Return the numbers in the order of the names."""
        return [number for _, number in sorted(zip(self.names, self.numbers, strict=True))]


class PictureFilesReader:
    """Reads `PictureFiles` from first to last; a context manager.

    Args:
        files: what to read.

    Raises:
        InputError: if a zip cannot be opened, or (while iterating) not one picture can be decoded.
    """

    def __init__(self, files: PictureFiles) -> None:
        self.report = DecodingReport()
        self._files = files
        self._closing = contextlib.ExitStack()

    def __enter__(self) -> "PictureFilesReader":
        self._read = self._reader()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.close()

    def __iter__(self) -> Iterator[VideoFrame]:
        for name, number in zip(self._files.names, self._files.numbers, strict=True):
            time = (number - 1) / self._files.frames_per_second
            try:
                image = decode_picture(io.BytesIO(self._read(name)), name)
            except (InputError, OSError, zipfile.BadZipFile, zlib.error):
                self.report.lost.append((number, time))
                continue
            self.report.decoded += 1
            yield VideoFrame(number, time, image)
        if not self.report.decoded:
            raise InputError(
                f"{self._files.place}: not one of {len(self._files.names)} pictures can be "
                "decoded; copy them again from the original"
            )

    def _reader(self) -> Callable[[str], bytes]:
        place = self._files.place
        if not self._files.checksums:
            return lambda name: (place / name).read_bytes()
        return self._closing.enter_context(open_zip(place)).read


@contextlib.contextmanager
def open_zip(path: epath.Path) -> Iterator[zipfile.ZipFile]:
    """Open a zip.

    Raises:
        InputError: if it is cut off or no zip.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error})") from error
    with file:
        try:
            archive = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, OSError, ValueError) as error:
            raise InputError(
                f"{path}: cannot be read as a zip ({error}); copy it again from the original"
            ) from error
        with archive:
            yield archive


def number_pictures(
    place: epath.Path,
    names: Sequence[str],
    frames_per_second: float,
    checksums: Sequence[int] = (),
    counts_from: int = 1,
) -> PictureFiles | None:
    """Return the pictures among some files whose name is a number; None if there are none.

    Args:
        place: the folder, or the zip.
        names: names of files.
        frames_per_second: frame rate of the recording.
        checksums: CRC-32 of each file in a zip.
        counts_from: number in the name of the first frame.

    Raises:
        InputError: if two pictures have the same number.
    """
    found: dict[int, tuple[str, int]] = {}
    for index, name in enumerate(names):
        stem = pathlib.PurePosixPath(name).stem
        if not is_image(name) or not (stem.isascii() and stem.isdigit()):
            continue
        number = int(stem) + 1 - counts_from
        if number in found:
            raise InputError(
                f"{place}: {found[number][0]} and {name} are both the picture of one frame; "
                "remove one"
            )
        found[number] = name, checksums[index] if checksums else 0
    if not found:
        return None
    numbers = tuple(sorted(found))
    return PictureFiles(
        place=place,
        names=tuple(found[number][0] for number in numbers),
        numbers=numbers,
        frames_per_second=frames_per_second,
        checksums=tuple(found[number][1] for number in numbers) if checksums else (),
    )
