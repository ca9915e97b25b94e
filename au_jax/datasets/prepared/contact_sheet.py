"""A contact sheet of a prepared data set: some faces of each subject with their action units.

It answers what no number does: whether faces are upright, in place and of the right people, and
whether labels sit on the faces they belong to.
"""

import textwrap
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from au_jax.datasets.dataset import Dataset, FramesTable

_FACE = 150
_GAP = 6
_POINTS = 13
_LINE = 16
_LABEL_LINES = 3
_MARGIN = 130
_HEAD = 44
_SUBJECTS = 40

_BLACK, _GREY, _RED = (0, 0, 0), (110, 110, 110), (190, 0, 0)


def contact_sheet(dataset: Dataset, *, faces_per_subject: int = 8) -> np.ndarray:
    """Draw faces of each subject, the action units present written below each.

    Args:
        dataset: the data set.
        faces_per_subject: columns of the sheet. Of more than 40 subjects, 40 evenly spaced ones are
            shown.

    Returns:
        uint8 RGB `[height, width, 3]`.
    """
    subjects = _shown_subjects(dataset.frames)
    cell_width, cell_height = _FACE + _GAP, _FACE + _LINE * (1 + _LABEL_LINES) + _GAP
    width = _MARGIN + faces_per_subject * cell_width
    sheet = Image.new("RGB", (width, _HEAD + max(1, len(subjects)) * cell_height), "white")
    pen = ImageDraw.Draw(sheet)
    _text(pen, (_GAP, 5), _title(dataset, subjects))
    _text(
        pen, (_GAP, 5 + _LINE), "below each face: frame, AUs present, AUs without label (?)", _GREY
    )
    for row, subject in enumerate(subjects):
        top = _HEAD + row * cell_height
        rows = np.flatnonzero(dataset.frames.subject == subject)
        _write_subject(pen, top, dataset.frames, subject, rows)
        chosen = choose_frames(dataset.frames, rows, faces_per_subject)
        for column, (index, face) in enumerate(zip(chosen, dataset.faces[chosen], strict=True)):
            left = _MARGIN + column * cell_width
            sheet.paste(_thumbnail(face), (left, top))
            _write_labels(pen, left, top + _FACE + 2, dataset, int(index))
    return np.asarray(sheet)


def choose_frames(frames: FramesTable, rows: np.ndarray, count: int) -> np.ndarray:
    """Choose frames that show as many action units as possible, among frames with the face found.

    One after the other the frame is taken that adds most units not seen yet, and of equal ones the
    frame farthest from those chosen; so an expressionless subject is shown evenly over time.

    Args:
        frames: the frames table.
        rows: int64 `[frame]`, the frames of a subject.
        count: how many are wanted.

    Returns:
        int64 `[count or fewer]`, in the order of the table.
    """
    tracked = rows[frames.tracked[rows]]
    candidates = tracked if len(tracked) else rows
    present = frames.labels[candidates] == 1
    chosen: list[int] = []
    unseen = np.ones(present.shape[1], bool)
    distance = np.full(len(candidates), np.inf)
    for _ in range(min(count, len(candidates))):
        # The distance decides among equals only: it is brought below 1.
        tie = distance / (1 + distance.max()) if chosen else np.zeros(len(candidates))
        score = (present & unseen).sum(axis=1) + tie
        score[chosen] = -1
        best = int(np.argmax(score))
        chosen.append(best)
        unseen &= ~present[best]
        distance = np.minimum(distance, np.abs(np.arange(len(candidates)) - best))
    return candidates[np.sort(np.array(chosen, np.int64))]


def _shown_subjects(frames: FramesTable) -> np.ndarray:
    there = np.unique(frames.subject)
    if len(there) <= _SUBJECTS:
        return there
    return there[np.linspace(0, len(there) - 1, _SUBJECTS).round().astype(int)]


def _title(dataset: Dataset, subjects: np.ndarray) -> str:
    there = len(np.unique(dataset.frames.subject))
    shown = (
        f"{there} subjects" if len(subjects) == there else f"{len(subjects)} of {there} subjects"
    )
    return f"{dataset.name}: {shown}, {len(dataset.frames)} frames"


def _write_subject(
    pen: ImageDraw.ImageDraw, top: int, frames: FramesTable, subject: int, rows: np.ndarray
) -> None:
    lines = [
        *textwrap.wrap(frames.subjects[subject], 16)[:3],
        f"{len(np.unique(frames.recording[rows]))} recording(s)",
        f"{len(rows)} frames",
        f"{100 * frames.tracked[rows].mean():.0f} % tracked",
    ]
    for number, line in enumerate(lines):
        _text(pen, (_GAP, top + number * _LINE), line)


def _write_labels(
    pen: ImageDraw.ImageDraw, left: int, top: int, dataset: Dataset, index: int
) -> None:
    frames = dataset.frames
    labels = frames.labels[index]
    lines = _wrapped("AU", [au for au, label in zip(dataset.aus, labels, strict=True) if label > 0])
    missing = [au for au, label in zip(dataset.aus, labels, strict=True) if label == 0]
    colours = [_BLACK] * len(lines)
    unknown = ["? all"] if len(missing) == len(labels) else _wrapped("?", missing)
    if missing:
        lines, colours = [*lines, *unknown], [*colours, *[_GREY] * len(unknown)]
    if not lines:
        lines, colours = ["no AU"], [_GREY]
    _text(pen, (left, top), f"{frames.recordings[frames.recording[index]]}"[-14:], _GREY)
    number = f"#{frames.frame[index]}"
    end = left + _FACE - pen.textlength(number, _font())
    _text(pen, (int(end), top), number, _GREY)
    if not frames.tracked[index]:
        pen.rectangle((left, top - _FACE - 2, left + _FACE - 1, top - 3), outline=_RED, width=3)
        lines, colours = ["not tracked", *lines], [_RED, *colours]
    for place, (line, colour) in enumerate(zip(lines, colours, strict=True)):
        if place < _LABEL_LINES:
            _text(pen, (left, top + (1 + place) * _LINE), line, colour)


def _wrapped(head: str, aus: Sequence[int]) -> list[str]:
    """Return numbers in lines that fit below a face; none for none."""
    if not aus:
        return []
    return textwrap.wrap(f"{head} {' '.join(map(str, aus))}", 21, subsequent_indent="    ")


def _thumbnail(face: np.ndarray) -> Image.Image:
    picture = Image.fromarray(face[..., 0] if face.shape[-1] == 1 else face)
    return picture.convert("RGB").resize((_FACE, _FACE), Image.Resampling.LANCZOS)


def _text(
    pen: ImageDraw.ImageDraw,
    place: tuple[int, int],
    text: str,
    colour: tuple[int, int, int] = _BLACK,
) -> None:
    pen.text(place, text, fill=colour, font=_font())


def _font() -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(_POINTS)
