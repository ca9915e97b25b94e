"""Where the faces of a video come from: followed in its pictures, or landmarks found beforehand."""

import dataclasses
from collections.abc import Sequence
from typing import Protocol

import numpy as np

from au_jax.faces.landmarks import LandmarkSource
from au_jax.faces.people_tracker import PeopleState
from au_jax.faces.video import VideoFrame


class PeopleSource(Protocol):
    """Finds the faces of several people, block by block; such as `PeopleTracker`."""

    @property
    def state(self) -> PeopleState | None:
        """What it remembers so far; None if nothing."""
        ...

    def __call__(self, frames: Sequence[VideoFrame]) -> tuple[np.ndarray, np.ndarray]:
        """Return points `[frame, person, 68, 2]` and confidence `[frame, person]`."""
        ...


@dataclasses.dataclass(frozen=True)
class OnePerson:
    """A `PeopleSource` of landmarks that are known.

    Attributes:
        landmarks: those of the person; it must remember nothing, as a `LandmarkTrack`.
    """

    landmarks: LandmarkSource

    @property
    def state(self) -> None:
        """Nothing is remembered."""
        return

    def __call__(self, frames: Sequence[VideoFrame]) -> tuple[np.ndarray, np.ndarray]:
        """Return points `[frame, 1, 68, 2]` and confidence `[frame, 1]`."""
        points, confidence = self.landmarks(frames)
        return points[:, None], confidence[:, None]
