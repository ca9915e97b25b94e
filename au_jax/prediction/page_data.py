"""The numbers of a video as its page holds them: small, and to be read by a script."""

import base64
from collections.abc import Sequence
from typing import Any

import numpy as np

from au_jax import facs
from au_jax.datasets.raw.pictures import Pictures
from au_jax.prediction.events import events_of
from au_jax.prediction.person_curves import PersonCurves, person_curves
from au_jax.prediction.prediction import Prediction
from au_jax.prediction.scored_frames import ScoredFrames
from au_jax.prediction.thumbnails import SIZE, cut_thumbnails
from au_jax.reporting.timeline.face_sheets import COLUMNS

TICKS = 10_000
"""Units of time in a second."""
LEVELS = 254
"""Probabilities are whole numbers from 0 to this."""
GAP = 255
"""Stands for a frame without a face of use."""

_MOST_VALUES = 3_600_000
"""Probabilities on a page at most, so that it stays below 10 MB."""
_MOST_OF_PERSON, _MOST_THUMBNAILS = 400, 1000


def page_data(found: Prediction, frames: ScoredFrames, pictures: Pictures) -> dict[str, Any]:
    """Return what the script of a page draws, as JSON values.

    Numbers of frames are int32 and times int32 in `TICKS`, both `[frame]`; probabilities are uint8
    `[frame, au]` in `LEVELS` or `GAP`; all as base64 of their little-endian bytes. A long video
    with many AUs or persons keeps every `step`-th frame; events keep their exact times.

    Raises:
        InputError: if the video cannot be read.
    """
    people = person_curves(found, frames)
    step = -(-len(frames) * len(found.aus) * len(people) // _MOST_VALUES)
    step = max(1, step)
    number = frames.number[::step]
    people = [curves.of_frames(slice(None, None, step)) for curves in people]
    most = min(_MOST_OF_PERSON, _MOST_THUMBNAILS // len(people))
    thumbnails = cut_thumbnails(pictures, number, people, most)
    thresholds = found.about.get("thresholds", {})
    return {
        "ticks": TICKS,
        "levels": LEVELS,
        "gap": GAP,
        "step": step,
        "number": _encoded(number, "<i4"),
        "time": _encoded(_ticks(frames.time[::step]), "<i4"),
        "aus": [
            {
                "name": facs.column_name(au),
                "title": facs.ACTION_UNITS[au].name if au in facs.ACTION_UNITS else "",
                "threshold": thresholds.get(facs.column_name(au), {}).get("probability"),
            }
            for au in found.aus
        ],
        "thumbnails": {"size": SIZE, "columns": COLUMNS},
        "people": [
            {
                "id": curves.face_id,
                "share": round(float(curves.success.mean()), 4),
                "probabilities": _encoded(_levels(curves), "u1"),
                "faces": faces.data_uri(),
                "shown": faces.frames,
            }
            for curves, faces in zip(people, thumbnails, strict=True)
        ],
        "events": _events(found, people),
    }


def _events(found: Prediction, people: Sequence[PersonCurves]) -> list[list[Any]]:
    """Return rows of person, AU (both as places), onset, offset, frames, mean probability."""
    person = {curves.face_id: place for place, curves in enumerate(people)}
    column = {au: place for place, au in enumerate(found.aus)}
    return [
        [
            person[event.face_id],
            column[event.au],
            *_ticks(np.array([event.onset, event.offset])).tolist(),
            event.first_frame,
            event.last_frame,
            round(event.mean_probability, 3),
        ]
        for event in events_of(found)
    ]


def _levels(curves: PersonCurves) -> np.ndarray:
    """Return probabilities as uint8 `[frame, au]`."""
    known = np.where(curves.success[:, None], curves.probabilities, 0)
    return np.where(curves.success[:, None], np.round(known * LEVELS), GAP)


def _ticks(time: np.ndarray) -> np.ndarray:
    return np.round(time * TICKS).astype(np.int32)


def _encoded(values: np.ndarray, kind: str) -> str:
    return base64.b64encode(values.astype(kind).tobytes()).decode()
