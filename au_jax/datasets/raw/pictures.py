"""The pictures of a recording: a video, or picture files (see `picture_files`)."""

import contextlib
import dataclasses
from collections.abc import Iterator
from typing import Any, Protocol

import numpy as np
from etils import epath

from au_jax.errors import InputError
from au_jax.faces.video import DecodingReport, Video, VideoFrame


class Frames(Protocol):
    """Frames in order, to be read once; then `report` says what was lost."""

    report: DecodingReport

    @property
    def frames_per_second(self) -> float:
        """Average frame rate."""
        ...

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
            InputError: if the video cannot be read, or holds no frame.
        """
        with Video(self.path) as video:
            summary = video.summarise()
        if summary.frames == 0:
            raise InputError(f"{self.path}: the video holds no frames; take it out of the data set")
        return PictureCount(np.arange(1, summary.frames + 1), summary.declared_frames)

    def made_from(self) -> dict[str, Any]:
        """Return name and size."""
        return {"video": self.path.name, "video_bytes": int(self.path.stat().length)}

    def numbers_by_name(self) -> None:
        """Return None: the frames have no names."""
        return
