"""Pieces of work on recordings, and what they have to tell while they are done."""

import dataclasses
from collections.abc import Callable
from typing import Protocol


@dataclasses.dataclass(frozen=True)
class FramesDone:
    """So many more frames are written."""

    frames: int


@dataclasses.dataclass(frozen=True)
class Note:
    """Trouble inside a recording that is done nevertheless."""

    recording: str
    text: str


@dataclasses.dataclass(frozen=True)
class Failure:
    """A recording that cannot be done, and why."""

    recording: str
    reason: str


Event = FramesDone | Note | Failure
Tell = Callable[[Event], None]


class Job(Protocol):
    """Work on one recording; it is sent to other processes, so it must be picklable."""

    @property
    def name(self) -> str:
        """What the recording is called."""
        ...

    @property
    def expected_frames(self) -> int:
        """About how many frames it has, for the progress bar."""
        ...

    def do(self, tell: Tell) -> None:
        """Do it, and tell what happens; a recording that cannot be read is a `Failure`."""
        ...
