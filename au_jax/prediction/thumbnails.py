"""Small pictures of faces, cut out of a video that is read once more."""

import base64
import dataclasses
import io
from collections.abc import Sequence

import numpy as np
from PIL import Image

from au_jax.datasets.raw.pictures import Pictures
from au_jax.faces.picture_crop import Square, crop_square
from au_jax.prediction.person_curves import PersonCurves

SIZE = 96
"""Height and width of a thumbnail; a multiple of 16, so that JPEG does not mix neighbours."""
COLUMNS = 16
_MARGIN = 1.9
"""Side of the square that is cut out, in sides of the box around brows, eyes and mouth."""
_QUALITY = 75


@dataclasses.dataclass(frozen=True)
class Thumbnails:
    """Faces of one person as one picture, in rows of `COLUMNS`.

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


def choose_frames(curves: PersonCurves, most: int) -> np.ndarray:
    """Return which frames with a face to show, int64, up to `most`.

    Half of them are spread evenly, the others where probabilities change.
    """
    seen = np.flatnonzero(curves.success)
    if len(seen) <= most:
        return seen
    probabilities = curves.probabilities[seen]
    change = np.abs(np.diff(probabilities, axis=0, prepend=probabilities[:1])).max(axis=1)
    total = change.sum(dtype=np.float64)
    density = np.full(len(seen), 1 / len(seen))
    if total > 0:
        density = (density + change / total) / 2
    wanted = (np.arange(most) + 0.5) / most
    places = np.searchsorted(np.cumsum(density), wanted)
    return seen[np.unique(np.minimum(places, len(seen) - 1))]


def cut_thumbnails(
    pictures: Pictures, number: np.ndarray, people: Sequence[PersonCurves], most: int
) -> list[Thumbnails]:
    """Read a video once more and return faces of each person.

    No more is in memory than one frame and the thumbnails.

    Args:
        pictures: the video.
        number: `[frame]`, the numbers of the frames that the curves are of.
        people: the persons.
        most: thumbnails of each person at most.

    Raises:
        InputError: if the video cannot be read.
    """
    chosen = [choose_frames(curves, most) for curves in people]
    sheets = [_Sheet(len(frames)) for frames in chosen]
    wanted: dict[int, list[tuple[int, int]]] = {}
    for person, frames in enumerate(chosen):
        for frame in frames.tolist():
            wanted.setdefault(int(number[frame]), []).append((person, frame))
    if wanted:
        with pictures.between(min(wanted), max(wanted)).open() as opened:
            for picture in opened:
                for person, frame in wanted.pop(picture.number, ()):
                    square = _around(people[person].points[frame])
                    sheets[person].add(frame, crop_square(picture.image, square, SIZE))
                if not wanted:
                    break
    return [sheet.finished() for sheet in sheets]


def _around(points: np.ndarray) -> Square:
    """Return the upright square around the landmarks `[point, 2]` of a face."""
    least, most = points.min(axis=0), points.max(axis=0)
    # Landmarks count from the centre of a pixel, squares from its corner.
    x, y = ((least + most) / 2 + 0.5).tolist()
    return Square(x, y, float((most - least).max()) * _MARGIN)


class _Sheet:
    """Thumbnails as they come.

    Args:
        most: how many will come at most.
    """

    def __init__(self, most: int) -> None:
        rows = -(-most // COLUMNS)
        self._pixels = np.zeros((rows * SIZE, min(COLUMNS, most) * SIZE, 3), np.uint8)
        self._frames: list[int] = []

    def add(self, frame: int, face: np.ndarray) -> None:
        """Add a face uint8 `[SIZE, SIZE, 3]`."""
        row, column = divmod(len(self._frames), COLUMNS)
        top, left = row * SIZE, column * SIZE
        self._pixels[top : top + SIZE, left : left + SIZE] = face
        self._frames.append(frame)

    def finished(self) -> Thumbnails:
        """Return what came."""
        if not self._frames:
            return Thumbnails([], b"")
        buffer = io.BytesIO()
        rows = -(-len(self._frames) // COLUMNS)
        picture = Image.fromarray(self._pixels[: rows * SIZE])
        picture.save(buffer, "JPEG", quality=_QUALITY)
        return Thumbnails(self._frames, buffer.getvalue())
