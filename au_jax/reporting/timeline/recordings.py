"""Every test recording of a run as its page holds it: labels, scores and faces in few bytes."""

import base64
import dataclasses
import math
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from PIL import Image

from au_jax import facs
from au_jax.datasets.dataset import Dataset
from au_jax.reporting.method_names import method_title
from au_jax.reporting.palette import series_of
from au_jax.reporting.timeline.face_sheets import COLUMNS, FaceSheet, GrowingSheet, spread_frames
from au_jax.runs.scores import Scores

TICKS = 10_000
"""Units of time in a second."""
LEVELS = 254
"""Scores are whole numbers from 0 to this; above the middle an AU is detected."""
GAP = 255
"""Stands for a frame without a score."""
FACE_SIZE = 64
"""Height and width of a face in pixels."""

_MOST_BYTES = 17_000_000
"""Numbers of all recordings at most, as text of the page; of longer runs every k-th frame stays."""
_FACES_OF_RECORDING, _FACES = 40, 2_400
"""Faces at most, about 1.5 kB each as text of the page."""
_FULL_SCALE = 99.0
"""Percentile of the size of a score that reaches the edge of its lane."""


@dataclasses.dataclass(frozen=True)
class RecordingView:
    """A recording in the page.

    Attributes:
        name: of the recording.
        subject: of whom.
        fold: which fold tested it, in words; empty if every recording is in one fold.
        values: numbers of its frames as one text; see `_packed`.
        faces: some of its faces.
        frames: how many frames of it are in the page.
        step: the usual distance of two frame numbers in the page.
    """

    name: str
    subject: str
    fold: str
    values: str
    faces: FaceSheet
    frames: int
    step: int


@dataclasses.dataclass(frozen=True)
class RecordingsView:
    """All test recordings in the page.

    Attributes:
        about: what scripts need to know of all of them, as JSON values.
        recordings: the recordings.
        step: every so many frames are in the page.
    """

    about: Mapping[str, Any]
    recordings: Sequence[RecordingView]
    step: int


def recordings_view(
    dataset: Dataset,
    folds: Mapping[str, Mapping[str, Scores]],
    first: str | None = None,
) -> RecordingsView | None:
    """Return all test recordings of the folds that have scores.

    Args:
        dataset: gives times and faces.
        folds: name of a fold to method to its scores; all methods of a fold have the same frames.
        first: the recording that is shown first.

    Returns:
        None if no fold has scores.
    """
    folds = {name: scores for name, scores in folds.items() if scores}
    if not folds:
        return None
    methods = list(dict.fromkeys(method for scores in folds.values() for method in scores))
    aus = next(iter(next(iter(folds.values())).values())).aus
    scales = _scales(folds, methods, len(aus))
    tested = [next(iter(scores.values())).recordings for scores in folds.values()]
    places = [
        (fold, scores, np.flatnonzero(of_fold == name))
        for (fold, scores), of_fold in zip(folds.items(), tested, strict=True)
        for name in np.unique(of_fold).tolist()
    ]
    again = len({name for of_fold in tested for name in of_fold.tolist()}) < len(places)

    def texts_of(step: int) -> list[str]:
        return [_packed(dataset, by, methods, scales, rows[::step]) for _, by, rows in places]

    step, texts = 1, texts_of(1)
    while (size := sum(map(len, texts))) > _MOST_BYTES:
        step = max(step + 1, math.ceil(step * size / _MOST_BYTES))
        texts = texts_of(step)
    most = max(1, min(_FACES_OF_RECORDING, _FACES // len(places)))
    views = [
        _recording(dataset, fold if again else "", scores, scales, rows[::step], text, most)
        for (fold, scores, rows), text in zip(places, texts, strict=True)
    ]
    views.sort(key=lambda view: (view.subject, view.name))
    return RecordingsView(_about(aus, methods, views, first), views, step)


def _about(
    aus: Sequence[int], methods: Sequence[str], views: Sequence[RecordingView], first: str | None
) -> dict[str, Any]:
    places = series_of(methods)
    return {
        "ticks": TICKS,
        "levels": LEVELS,
        "gap": GAP,
        "thumbnails": {"size": FACE_SIZE, "columns": COLUMNS},
        "aus": [
            {
                "name": facs.column_name(au),
                "title": facs.ACTION_UNITS[au].name if au in facs.ACTION_UNITS else "",
                "threshold": 0.5,
            }
            for au in aus
        ],
        "methods": [
            {"title": method_title(method), "colour": f"series-{places[method]}"}
            for method in methods
        ],
        "visible": [methods.index(method) for method in methods_drawn_first(methods)],
        "recordings": [
            {
                "name": view.name,
                "subject": view.subject,
                "fold": view.fold,
                "frames": view.frames,
                "step": view.step,
                "shown": view.faces.frames,
            }
            for view in views
        ],
        "first": next((i for i, view in enumerate(views) if view.name == first), 0),
    }


def methods_drawn_first(methods: Sequence[str]) -> list[str]:
    """Return which methods are drawn before a reader chooses: few, for the eye."""
    usual = [method for method in methods if method in ("cnn", "lstm", "hybrid")]
    return usual or list(methods[:3])


def _scales(
    folds: Mapping[str, Mapping[str, Scores]], methods: Sequence[str], aus: int
) -> dict[str, np.ndarray]:
    """Return for each method the score of each AU, `[au]`, that fills its lane."""
    scales = {}
    for method in methods:
        sizes = np.concatenate(
            [np.abs(scores[method].scores) for scores in folds.values() if method in scores]
        )
        known = np.where(np.isfinite(sizes), sizes, 0)
        scale = np.percentile(known, _FULL_SCALE, axis=0)
        scales[method] = np.where(scale > 0, scale, 1.0)
    return scales


def _recording(
    dataset: Dataset,
    fold: str,
    scores: Mapping[str, Scores],
    scales: Mapping[str, np.ndarray],
    rows: np.ndarray,
    values: str,
    most_faces: int,
) -> RecordingView:
    one = next(iter(scores.values()))
    frames, table = one.frames[rows], dataset.frames
    levels = [score_levels(by.scores[rows], scales[method]) for method, by in scores.items()]
    spread = np.concatenate(levels, axis=1).astype(np.float64) / LEVELS
    shown = spread_frames(spread, table.tracked[frames], most_faces)
    number = table.frame[frames]
    return RecordingView(
        name=str(one.recordings[rows[0]]),
        subject=str(one.subjects[rows[0]]),
        fold=fold,
        values=values,
        faces=_faces(dataset, frames, shown),
        frames=len(rows),
        step=int(np.median(np.diff(number))) if len(number) > 1 else 1,
    )


def score_levels(scores: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """Return scores as uint8 of the same shape, above `LEVELS / 2` exactly where detected.

    Args:
        scores: `[frame, au]`, decision at 0; NaN becomes `GAP`.
        scale: `[au]`, the score that fills the scale.
    """
    half = LEVELS // 2
    share = np.clip(np.nan_to_num(scores) / scale, -1, 1)
    level = half + np.where(share > 0, np.ceil(half * share), np.round(half * share))
    return np.where(np.isfinite(scores), level, GAP).astype(np.uint8)


def _packed(
    dataset: Dataset,
    scores: Mapping[str, Scores],
    methods: Sequence[str],
    scales: Mapping[str, np.ndarray],
    rows: np.ndarray,
) -> str:
    """Return the numbers of a recording as base64 of their deflated bytes.

    One after the other, each value less the one of the frame before: frame numbers and times in
    ticks, little-endian int32 `[frame]`; scores of each method, uint8 `[au, frame]`; labels, uint8
    `[au, frame]`: 0 absent, 1 present, 2 missing.
    """
    one = next(iter(scores.values()))
    frames, labels = one.frames[rows], one.labels[rows]
    time = np.round(dataset.frames.time[frames] * TICKS).astype(np.int64)
    unknown = np.full(labels.shape, np.nan)
    columns = [
        *(
            score_levels(scores[m].scores[rows] if m in scores else unknown, scales[m])
            for m in methods
        ),
        np.where(labels > 0, 1, np.where(labels < 0, 0, 2)).astype(np.uint8),
    ]
    parts = [
        *(
            np.diff(whole.astype(np.int64), prepend=0).astype("<i4")
            for whole in (dataset.frames.frame[frames], time)
        ),
        *(np.diff(column.T, prepend=np.uint8(0)) for column in columns),
    ]
    return base64.b64encode(zlib.compress(b"".join(p.tobytes() for p in parts), 6)).decode()


def _faces(dataset: Dataset, frames: np.ndarray, shown: np.ndarray) -> FaceSheet:
    sheet = GrowingSheet(len(shown), FACE_SIZE)
    if not len(shown):
        return sheet.finished()
    for place, face in zip(shown.tolist(), dataset.faces[frames[shown]], strict=True):
        colours = np.repeat(face, 3, axis=2) if face.shape[2] == 1 else face
        picture = Image.fromarray(colours).resize((FACE_SIZE, FACE_SIZE), Image.Resampling.BOX)
        sheet.add(place, np.asarray(picture))
    return sheet.finished()
