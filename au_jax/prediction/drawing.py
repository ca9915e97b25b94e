"""Drawing what was found in a frame over its picture."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from au_jax import facs
from au_jax.prediction.panels import COLOURS, font, lay_out, text_size
from au_jax.prediction.person_curves import PersonCurves

_NO_FACE = "no face"


class FrameDrawing:
    """Draws boxes, landmarks and bars of all persons over pictures of one size.

    Args:
        aus: the AUs.
        people: what is said of each person in all frames.
        thresholds: `thresholds` of `Prediction.about`.
        size: height and width of the pictures in pixels.
    """

    def __init__(
        self,
        aus: Sequence[int],
        people: Sequence[PersonCurves],
        thresholds: Mapping[str, Mapping[str, Any]],
        size: tuple[int, ...],
    ) -> None:
        self._people = people
        self._thresholds = [
            thresholds.get(facs.column_name(au), {}).get("probability") for au in aus
        ]
        self._panels = lay_out(people, aus, size)
        self._letters = text_size(size[0])
        self._dot = max(0.8, size[0] / 400)
        self._line = max(1, round(size[0] / 360))

    def __call__(self, image: np.ndarray, frame: int | None) -> np.ndarray:
        """Return a picture with what was found drawn over it.

        Args:
            image: uint8 `[height, width, 3]`, RGB.
            frame: its place among the frames of the curves; None if it is not one of them.

        Returns:
            uint8 of the same shape.
        """
        picture = Image.fromarray(image)
        seen = [] if frame is None else [one for one in self._people if one.success[frame]]
        if frame is None or not seen:
            self._mark_empty(picture)
            return np.asarray(picture)
        draw = ImageDraw.Draw(picture)
        for curves in seen:
            self._draw_face(draw, curves.points[frame], curves.face_id)
        for curves, panel in zip(self._people, self._panels, strict=True):
            if curves.success[frame]:
                panel.draw(
                    picture,
                    f"person {curves.face_id}",
                    _colour(curves.face_id),
                    curves.probabilities[frame],
                    curves.decisions[frame],
                    self._thresholds,
                )
        return np.asarray(picture)

    def _draw_face(self, draw: ImageDraw.ImageDraw, points: np.ndarray, face_id: int) -> None:
        """Draw box, landmarks `[point, 2]` and number of a person."""
        colour = _colour(face_id)
        (left, top), (right, bottom) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
        margin = 0.15 * (right - left)
        box = (left - margin, top - margin, right + margin, bottom + margin)
        draw.rectangle(box, outline=colour, width=self._line)
        for x, y in points.tolist():
            dot = (x - self._dot, y - self._dot, x + self._dot, y + self._dot)
            draw.ellipse(dot, fill=colour)
        place = (max(0.0, box[0]), max(0.0, box[1] - 1.4 * self._letters))
        _label(draw, place, str(face_id), colour, self._letters)

    def _mark_empty(self, picture: Image.Image) -> None:
        place = (self._letters / 2, self._letters / 2)
        _label(ImageDraw.Draw(picture), place, _NO_FACE, (255, 255, 255), self._letters)


def _colour(face_id: int) -> tuple[int, int, int]:
    return COLOURS[face_id % len(COLOURS)]


def _label(
    draw: ImageDraw.ImageDraw,
    place: tuple[float, float],
    text: str,
    colour: tuple[int, int, int],
    letters: int,
) -> None:
    """Write a word on a dark ground."""
    left, top, right, bottom = draw.textbbox(place, text, font=font(letters))
    draw.rectangle((left - 2, top - 2, right + 2, bottom + 2), fill=(0, 0, 0))
    draw.text(place, text, fill=colour, font=font(letters))
