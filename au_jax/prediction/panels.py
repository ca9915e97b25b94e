"""Where the bars of each person go in a picture, and how they are drawn."""

import dataclasses
import functools
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from au_jax import facs
from au_jax.prediction.person_curves import PersonCurves

COLOURS = ((64, 200, 255), (120, 230, 110), (255, 130, 200), (255, 170, 60), (190, 160, 255))
"""RGB of the persons, in turn."""
PRESENT, ABSENT, EMPTY = (255, 200, 60), (215, 215, 215), (75, 75, 75)

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


@functools.cache
def font(size: int) -> Font:
    """Return the font that comes with Pillow, at a size in pixels."""
    return ImageFont.load_default(size)


def text_size(height: int) -> int:
    """Return the size of letters in pixels for pictures of a height: 11 for 240, 30 for 1080."""
    return int(np.clip(round(height / 36), 11, 48))


@dataclasses.dataclass(frozen=True)
class Panel:
    """The bars of a person, in columns at one side of a picture.

    Attributes:
        left: in pixels.
        top: in pixels.
        width: of the whole, in pixels.
        height: of the whole, in pixels.
        rows: AUs below each other.
        letters: size of letters.
        names: what is written beside the bars.
        name_width: room for these, in pixels.
        bar_width: length of a bar at probability 1, in pixels.
    """

    left: int
    top: int
    width: int
    height: int
    rows: int
    letters: int
    names: tuple[str, ...]
    name_width: int
    bar_width: int

    def draw(
        self,
        picture: Image.Image,
        title: str,
        colour: tuple[int, int, int],
        probabilities: np.ndarray,
        decisions: np.ndarray,
        thresholds: Sequence[float | None],
    ) -> None:
        """Draw title and bars over a picture, whose pixels shine through.

        Args:
            picture: RGB.
            title: who it is.
            colour: of the title.
            probabilities: `[au]`.
            decisions: `[au]`, above 0 for present.
            thresholds: probability of each AU from which on it is present, if known.
        """
        box = (self.left, self.top, self.left + self.width, self.top + self.height)
        below = picture.crop(box)
        picture.paste(Image.blend(below, Image.new("RGB", below.size), 0.68), box[:2])
        draw = ImageDraw.Draw(picture)
        letter, line, gap = font(self.letters), _line(self.letters), self.letters // 3
        draw.text((self.left + gap, self.top + gap), title, fill=colour, font=letter)
        column_width = self.name_width + self.bar_width + 3 * gap
        for au, name in enumerate(self.names):
            column, row = divmod(au, self.rows)
            left = self.left + gap + column * column_width
            top = self.top + gap + (row + 1) * line
            present = decisions[au] > 0
            ink = PRESENT if present else ABSENT
            draw.text((left, top), name, fill=ink, font=letter)
            start, upper, lower = left + self.name_width + gap, top + 2, top + line - 3
            draw.rectangle((start, upper, start + self.bar_width, lower), fill=EMPTY)
            end = start + round(float(probabilities[au]) * self.bar_width)
            draw.rectangle((start, upper, end, lower), fill=ink)
            threshold = thresholds[au]
            if threshold is not None:
                mark = start + round(threshold * self.bar_width)
                width = max(1, self.letters // 12)
                draw.line((mark, upper - 1, mark, lower + 1), fill=(255, 255, 255), width=width)


def lay_out(
    people: Sequence[PersonCurves], aus: Sequence[int], size: tuple[int, ...]
) -> list[Panel]:
    """Return the panel of each person, at the edges of the picture so that bars stand still.

    A single one is at the side where the face is not; of several, each is at its face's side.

    Args:
        people: at least one.
        aus: the AUs.
        size: height and width of the pictures in pixels.
    """
    width = size[1]
    middles = []
    for curves in people:
        seen = curves.points[curves.success][:, :, 0]
        middles.append(float(np.median(seen)) if seen.size else width / 2)
    if len(people) == 1:
        at_right = [middles[0] <= width / 2]
    else:
        order = np.argsort(np.argsort(middles, kind="stable"), kind="stable")
        at_right = [place >= len(people) / 2 for place in order.tolist()]
    sides = {side: at_right.count(side) for side in (False, True)}
    placed = {False: 0, True: 0}
    panels = []
    for side in at_right:
        share = size[0] // sides[side]
        panels.append(_panel(aus, size, placed[side] * share, share, side))
        placed[side] += 1
    return panels


def _panel(aus: Sequence[int], size: tuple[int, ...], top: int, room: int, at_right: bool) -> Panel:
    """Return a panel that takes up to `room` pixels in height, if it can."""
    height, width = size
    letters = text_size(height)
    line, gap = _line(letters), letters // 3
    rows = max(1, min(len(aus), (room - 2 * gap) // line - 1))
    columns = -(-len(aus) // rows)
    short = tuple(facs.column_name(au) for au in aus)
    full = tuple(
        f"{name} {facs.ACTION_UNITS[au].name}" if au in facs.ACTION_UNITS else name
        for au, name in zip(aus, short, strict=True)
    )
    bar_width = 4 * letters
    names = short
    # Words only where they leave the face free.
    if columns * (_width(full, letters) + bar_width + 3 * gap) < 0.3 * width:
        names = full
    name_width = _width(names, letters)
    whole = columns * (name_width + bar_width + 3 * gap) + gap
    return Panel(
        left=max(0, width - whole) if at_right else 0,
        top=top,
        width=min(whole, width),
        height=min((rows + 1) * line + 2 * gap, height - top),
        rows=rows,
        letters=letters,
        names=names,
        name_width=name_width,
        bar_width=bar_width,
    )


def _line(letters: int) -> int:
    return round(1.3 * letters)


def _width(names: Sequence[str], letters: int) -> int:
    """Return the width of the longest name in pixels."""
    return max(int(np.ceil(font(letters).getlength(name))) for name in names)
