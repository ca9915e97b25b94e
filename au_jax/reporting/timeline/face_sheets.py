"""Small faces of some frames as one picture, and which frames are worth it."""

import base64
import dataclasses
import io

import numpy as np
from PIL import Image

COLUMNS = 16
"""Faces in a row of a sheet."""
_QUALITY = 75


@dataclasses.dataclass(frozen=True)
class FaceSheet:
    """Faces as one picture, in rows of `COLUMNS`.

    Attributes:
        frames: places of their frames among all, increasing.
        jpeg: the picture; empty if there is no face.
    """

    frames: list[int]
    jpeg: bytes

    def data_uri(self) -> str:
        """Return the picture as an address that holds it."""
        if not self.frames:
            return ""
        return "data:image/jpeg;base64," + base64.b64encode(self.jpeg).decode()


def spread_frames(values: np.ndarray, seen: np.ndarray, most: int) -> np.ndarray:
    """Return which frames with a face to show, int64, up to `most`.

    Half of them are spread evenly, the others where values change.

    Args:
        values: float `[frame, au]`.
        seen: bool `[frame]`, whether there is a face of use.
        most: frames at most.
    """
    places = np.flatnonzero(seen)
    if len(places) <= most:
        return places
    of_seen = values[places]
    change = np.abs(np.diff(of_seen, axis=0, prepend=of_seen[:1])).max(axis=1)
    total = change.sum(dtype=np.float64)
    density = np.full(len(places), 1 / len(places))
    if total > 0:
        density = (density + change / total) / 2
    wanted = (np.arange(most) + 0.5) / most
    chosen = np.searchsorted(np.cumsum(density), wanted)
    return places[np.unique(np.minimum(chosen, len(places) - 1))]


class GrowingSheet:
    """Faces as they come.

    Args:
        most: how many will come at most.
        size: height and width of a face; a multiple of 16 keeps JPEG from mixing neighbours.
    """

    def __init__(self, most: int, size: int) -> None:
        rows = -(-most // COLUMNS)
        self._size = size
        self._pixels = np.zeros((rows * size, min(COLUMNS, most) * size, 3), np.uint8)
        self._frames: list[int] = []

    def add(self, frame: int, face: np.ndarray) -> None:
        """Add a face uint8 `[size, size, 3]`."""
        row, column = divmod(len(self._frames), COLUMNS)
        top, left = row * self._size, column * self._size
        self._pixels[top : top + self._size, left : left + self._size] = face
        self._frames.append(frame)

    def finished(self) -> FaceSheet:
        """Return what came."""
        if not self._frames:
            return FaceSheet([], b"")
        buffer = io.BytesIO()
        rows = -(-len(self._frames) // COLUMNS)
        picture = Image.fromarray(self._pixels[: rows * self._size])
        picture.save(buffer, "JPEG", quality=_QUALITY)
        return FaceSheet(self._frames, buffer.getvalue())
