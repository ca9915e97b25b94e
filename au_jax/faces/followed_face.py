"""What is remembered of a face that is followed through a video, and where it is looked for."""

import dataclasses

import numpy as np

from au_jax.faces.picture_crop import Square

PATIENCE = 1.0
"""Seconds during which a face that was lost is looked for near its last place only."""

_NEAR = 1.0
"""How far away "near" is at most, in sides of the face's square (1.5 times the face)."""

_SAME = 0.4
"""How far the middles of two squares around one face are apart at most, in sides of the larger one.
Heads cheek by cheek are 0.6 apart."""


@dataclasses.dataclass(frozen=True)
class FollowedFace:
    """Where one person's face is, or was; picklable.

    Attributes:
        square: where to look for it in the next frame; None while it is lost.
        last: around the face when it was last seen; None if it never was.
        last_time: presentation time of that frame, in seconds.
    """

    square: Square | None = None
    last: Square | None = None
    last_time: float = 0.0

    def seen(self, square: Square, time: float) -> "FollowedFace":
        """Return it after it was found in a square, in a frame of that time in seconds."""
        return FollowedFace(square, square, time)

    def lost(self) -> "FollowedFace":
        """Return it after a frame in which it was not found."""
        return dataclasses.replace(self, square=None)

    def is_awaited(self, time: float) -> bool:
        """Tell whether it was seen at most `PATIENCE` before a time in seconds."""
        return self.last is not None and time - self.last_time <= PATIENCE

    def away(self, square: Square) -> float:
        """Return how far a square is from the last place, in pixels; infinite if there is none."""
        return float("inf") if self.last is None else distance(square, self.last)

    def is_near(self, square: Square) -> bool:
        """Tell whether a square is so near the last place that it may well be this face."""
        return self.last is not None and self.away(square) <= _NEAR * self.last.side


def distance(first: Square, second: Square) -> float:
    """Return the distance of the middles of two squares, in pixels."""
    return float(np.hypot(first.x - second.x, first.y - second.y))


def are_of_one_face(first: Square, second: Square) -> bool:
    """Tell whether two squares overlap so much that they cannot be around two faces."""
    return distance(first, second) <= _SAME * max(first.side, second.side)


def prominence(square: Square, picture_size: tuple[int, ...]) -> float:
    """Return the side of a square, weighted by 1 in the middle of the picture, ½ in its corners."""
    height, width = picture_size
    away = np.hypot(square.x - width / 2, square.y - height / 2) / np.hypot(height / 2, width / 2)
    return square.side * (1 - away / 2)
