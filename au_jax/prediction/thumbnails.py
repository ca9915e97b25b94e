"""Small pictures of faces, cut out of a video that is read once more."""

from collections.abc import Sequence

import numpy as np

from au_jax.datasets.raw.pictures import Pictures
from au_jax.faces.picture_crop import Square, crop_square
from au_jax.prediction.person_curves import PersonCurves
from au_jax.reporting.timeline.face_sheets import FaceSheet, GrowingSheet, spread_frames

SIZE = 96
"""Height and width of a thumbnail."""
_MARGIN = 1.9
"""Side of the square that is cut out, in sides of the box around brows, eyes and mouth."""


def choose_frames(curves: PersonCurves, most: int) -> np.ndarray:
    """Return which frames with a face to show, int64, up to `most`."""
    return spread_frames(curves.probabilities, curves.success, most)


def cut_thumbnails(
    pictures: Pictures, number: np.ndarray, people: Sequence[PersonCurves], most: int
) -> list[FaceSheet]:
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
    sheets = [GrowingSheet(len(frames), SIZE) for frames in chosen]
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
