"""Pictures in files of their own, in a folder or in a zip, read as if they were a video.

A picture is known by the number of its frame in its name, with any number of leading zeros. So a
missing picture, or one that cannot be decoded, shifts nothing.
"""

import contextlib
import dataclasses
import hashlib
import io
import pathlib
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from etils import epath

from au_jax.datasets.raw.pictures import PictureCount
from au_jax.errors import InputError
from au_jax.faces.picture_decoding import SUFFIXES, decode_picture, is_picture
from au_jax.faces.video import DecodingReport, VideoFrame

FRAMES_PER_SECOND = 25.0
"""Taken for folders of pictures of which nothing else is known; it is the rate of BP4D's."""

_NUMBER = re.compile(r"\d+$")


@dataclasses.dataclass(frozen=True)
class PictureFiles:
    """`pictures.Pictures` in files of their own.

    Attributes:
        place: the folder, or the zip.
        names: names of the files in the place, in the order of their numbers.
        numbers: number of the frame of each, increasing.
        frames_per_second: frame rate of the recording.
        checksums: CRC-32 of each in a zip, else nothing.
        notes: sentences on their numbering, for the report of who reads them.
    """

    place: epath.Path
    names: tuple[str, ...]
    numbers: tuple[int, ...]
    frames_per_second: float
    checksums: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()

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

    def counted_from_one(self) -> "PictureFiles":
        """Return them with numbers from 1; those that have a number 0 count from 0."""
        shift = int(self.numbers[0] == 0)
        return dataclasses.replace(self, numbers=tuple(number + shift for number in self.numbers))


class PictureFilesReader:
    """Reads `PictureFiles` from first to last; a context manager.

    Args:
        files: what to read.

    Raises:
        InputError: if a zip cannot be opened, or (while iterating) not one picture can be decoded.
    """

    def __init__(self, files: PictureFiles) -> None:
        self.report = DecodingReport(notes=list(files.notes))
        self._files = files
        self._closing = contextlib.ExitStack()

    def __enter__(self) -> "PictureFilesReader":
        self._read = self._reader()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.close()

    @property
    def frames_per_second(self) -> float:
        """Frame rate of the recording."""
        return self._files.frames_per_second

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
                "decoded; copy them again from the original, or take the recording out"
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
) -> PictureFiles | None:
    """Return the pictures among some files whose whole name is a number; None if there are none.

    Args:
        place: the folder, or the zip.
        names: names of files.
        frames_per_second: frame rate of the recording.
        checksums: CRC-32 of each file in a zip.

    Raises:
        InputError: if two pictures have the same number.
    """
    stems = [pathlib.PurePosixPath(name).stem for name in names]
    wanted = [
        index
        for index, (name, stem) in enumerate(zip(names, stems, strict=True))
        if is_picture(name) and stem.isascii() and stem.isdigit()
    ]
    if not wanted:
        return None
    chosen = [checksums[index] for index in wanted] if checksums else ()
    return _in_order(place, [names[index] for index in wanted], frames_per_second, chosen)


def picture_folder(folder: epath.Path) -> PictureFiles:
    """Return the pictures of a folder by the numbers at the end of their names.

    Such names are `2440.jpg` and `frame_0012.png`. Where numbers begin at 0, frames are numbered
    one higher, and told so. Files other than pictures are passed over.

    Raises:
        InputError: if there is no picture in it, a name has no number, or two have the same.
    """
    names = sorted(
        file.name
        for file in folder.iterdir()
        if is_picture(file.name) and not file.name.startswith(".")
    )
    if not names:
        raise InputError(
            f"{folder}: there are no pictures in this folder (files ending with "
            f"{', '.join(SUFFIXES)}); put them in, or name a video"
        )
    for name in names:
        if not _NUMBER.search(pathlib.PurePosixPath(name).stem):
            raise InputError(
                f"{folder / name}: the name of a picture must end with the number of its frame, as "
                "in frame_0012.jpg"
            )
    found = _in_order(folder, names, FRAMES_PER_SECOND)
    if found.numbers[0] > 0:
        return found
    note = "the pictures are numbered from 0; number 0 became frame 1"
    return dataclasses.replace(found.counted_from_one(), notes=(note,))


def _in_order(
    place: epath.Path,
    names: Sequence[str],
    frames_per_second: float,
    checksums: Sequence[int] = (),
) -> PictureFiles:
    """Return pictures whose names end with a number, in the order of these."""
    found: dict[int, int] = {}
    for index, name in enumerate(names):
        number = int(_NUMBER.findall(pathlib.PurePosixPath(name).stem)[0])
        if number in found:
            raise InputError(
                f"{place}: {names[found[number]]} and {name} are both the picture of one frame; "
                "remove one"
            )
        found[number] = index
    numbers = tuple(sorted(found))
    return PictureFiles(
        place=place,
        names=tuple(names[found[number]] for number in numbers),
        numbers=numbers,
        frames_per_second=frames_per_second,
        checksums=tuple(checksums[found[number]] for number in numbers) if checksums else (),
    )
