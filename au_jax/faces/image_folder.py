"""Reading a folder of pictures, one per frame, as if it were a video.

The number at the end of a picture's name is the number of its frame: `2440.jpg`, `frame_0012.png`.
So a missing picture shifts nothing, and numbers of different lengths sort as numbers.
"""

import pathlib
import re
import types
from collections.abc import Iterator
from typing import IO

import numpy as np
from etils import epath
from PIL import Image, ImageOps, UnidentifiedImageError

from au_jax.errors import InputError
from au_jax.faces.video import DecodingReport, VideoFrame, VideoSummary

SUFFIXES = (".bmp", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp")

FRAMES_PER_SECOND = 25.0
"""Taken for all folders of pictures, since they do not tell; it is the rate of BP4D's."""


class ImageFolder:
    """A folder of pictures opened for reading in the order of their numbers; a context manager.

    Iterate it once to get its `VideoFrame`s, see `video.Video`. Pictures are turned as their EXIF
    data say; grey ones become RGB, of 16 bits the upper 8 are taken; transparency is dropped. One
    that cannot be read is left out and told in `report`. Where numbers begin at 0, frames are
    numbered one higher. Files other than pictures are passed over.

    Args:
        path: the folder.
        frames_per_second: what the times are computed from.

    Raises:
        InputError: if there is no picture in it, a name has no number, two have the same, or (while
            iterating) not one can be read.
    """

    def __init__(self, path: epath.PathLike, frames_per_second: float = FRAMES_PER_SECOND) -> None:
        self.path = epath.Path(path)
        self.frames_per_second = frames_per_second
        self.report = DecodingReport()
        pictures = _pictures(self.path)
        self._shift = 1 if 0 in pictures else 0
        self._pictures = {number + self._shift: file for number, file in pictures.items()}

    def __enter__(self) -> "ImageFolder":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: types.TracebackType | None,
    ) -> None:
        pass

    def __iter__(self) -> Iterator[VideoFrame]:
        report = self.report
        if self._shift:
            report.notes.append("the pictures are numbered from 0; number 0 became frame 1")
        for number, file in self._pictures.items():
            time = (number - 1) / self.frames_per_second
            try:
                image = read_picture(file)
            except InputError:
                report.lost.append((number, time))
                continue
            report.decoded += 1
            yield VideoFrame(number, time, image)
        if not report.decoded:
            raise InputError(
                f"{self.path}: not one of its pictures can be read; copy them again, or take the "
                "recording out of the data set"
            )

    @property
    def numbers(self) -> np.ndarray:
        """Numbers of the frames, int64 `[picture]`, increasing."""
        return np.array(list(self._pictures), np.int64)

    def summarise(self) -> VideoSummary:
        """Count the pictures; as declared frames, the highest number."""
        count = len(self._pictures)
        return VideoSummary(count, max(self._pictures), self.frames_per_second)


def read_picture(path: epath.PathLike) -> np.ndarray:
    """Read a picture, upright, as uint8 `[height, width, 3]`.

    Raises:
        InputError: if it cannot be read.
    """
    try:
        with epath.Path(path).open("rb") as file:
            return decode_picture(file, str(path))
    except OSError as error:
        raise InputError(
            f"{path}: cannot be read ({error.strerror or error}); copy it again or take it out"
        ) from error


def decode_picture(file: IO[bytes], name: str) -> np.ndarray:
    """Decode an open picture, upright, as uint8 `[height, width, 3]`.

    Args:
        file: the picture.
        name: what to call it in messages.

    Raises:
        InputError: if it cannot be decoded.
    """
    try:
        with Image.open(file) as opened:
            upright = ImageOps.exif_transpose(opened)
            if upright.mode.startswith("I;16") or upright.mode == "I":
                # Pillow would cut off at 255 instead of scaling.
                levels = np.asarray(upright, np.int64) >> 8
                upright = Image.fromarray(np.clip(levels, 0, 255).astype(np.uint8))
            return np.array(upright.convert("RGB"))
    except (
        OSError,
        SyntaxError,  # what Pillow raises for some broken PNG files
        ValueError,
        UnidentifiedImageError,
        Image.DecompressionBombError,
    ) as error:
        raise InputError(
            f"{name}: cannot be read as a picture ({error}); copy it again or take it out"
        ) from error


def picture_files(path: epath.Path) -> list[epath.Path]:
    """Return the pictures in a folder, in the order of their names."""
    files = (file for file in path.iterdir() if file.suffix.lower() in SUFFIXES)
    return sorted(file for file in files if not file.name.startswith("."))


def _pictures(path: epath.Path) -> dict[int, epath.Path]:
    """Return the pictures of a folder by their numbers, in increasing order."""
    found: dict[int, epath.Path] = {}
    for file in picture_files(path):
        digits = re.search(r"(\d+)$", pathlib.PurePath(file.name).stem)
        if digits is None:
            raise InputError(
                f"{file}: the name of a picture must end with the number of its frame, as in "
                "frame_0012.jpg"
            )
        number = int(digits[1])
        if number in found:
            raise InputError(
                f"{file}: there is also {found[number].name}, with the same number; keep one"
            )
        found[number] = file
    if not found:
        raise InputError(
            f"{path}: there are no pictures in this folder (files ending with "
            f"{', '.join(SUFFIXES)}); put them in, or name a video"
        )
    return dict(sorted(found.items()))
