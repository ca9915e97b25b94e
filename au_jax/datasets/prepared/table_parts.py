"""The parts of a frames table, one for each recording, and how they are joined."""

import dataclasses
import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from au_jax.datasets.dataset import base_rates
from au_jax.datasets.prepared.reading import arrays_digest, dataset_digest, shard_name
from au_jax.faces.mean_shape import STABLE_POINTS
from au_jax.facs import column_name


@dataclasses.dataclass(frozen=True)
class FrameBlock:
    """Consecutive frames of a recording, ready to be written.

    Attributes:
        frame: int32 `[frame]`, numbers in the video, from 1.
        time: float64 `[frame]`, seconds.
        labels: int8 `[frame, au]`.
        tracked: bool `[frame]`.
        transform: float32 `[frame, 2, 3]`, takes (x, y, 1) of the picture to (x, y) of the face.
        faces: uint8 `[frame, height, width, channel]`.
        notes: sentences on trouble with the recording, for `dataset.json`.
        landmarks: float32 `[frame, 49, 2]`, the stable points of `faces.mean_shape` as (x, y) in
            pixels of the face, NaN where the face is not tracked; None if nobody knows them.
    """

    frame: np.ndarray
    time: np.ndarray
    labels: np.ndarray
    tracked: np.ndarray
    transform: np.ndarray
    faces: np.ndarray
    notes: tuple[str, ...] = ()
    landmarks: np.ndarray | None = None

    def check(self, num_aus: int, face_shape: tuple[int, int, int]) -> None:
        """Raise ValueError if the arrays do not fit the data set or each other."""
        rows = len(self.faces)
        shapes = {
            "frame": (rows,),
            "time": (rows,),
            "labels": (rows, num_aus),
            "tracked": (rows,),
            "transform": (rows, 2, 3),
            "faces": (rows, *face_shape),
        }
        dtypes = {**_PART_COLUMNS, "faces": np.uint8, "landmarks": np.float32}
        if self.landmarks is not None:
            shapes["landmarks"] = (rows, len(STABLE_POINTS), 2)
        for name, shape in shapes.items():
            array = getattr(self, name)
            if array.shape != shape or array.dtype != dtypes[name]:
                raise ValueError(
                    f"{name} is {array.dtype} {array.shape} instead of "
                    f"{np.dtype(dtypes[name])} {shape}"
                )


_PART_COLUMNS = {
    "frame": np.int32,
    "time": np.float64,
    "labels": np.int8,
    "tracked": np.bool_,
    "transform": np.float32,
}


@dataclasses.dataclass(frozen=True)
class RecordingKey:
    """What identifies a prepared recording.

    Attributes:
        name: name of the recording.
        subject: name of its subject.
        source: what it was made from (names, sizes, digests) as JSON values; another source makes
            another recording.
    """

    name: str
    subject: str
    source: Mapping[str, Any] = dataclasses.field(default_factory=dict)


def make_part(
    key: RecordingKey, blocks: Sequence[FrameBlock], faces_sha256: str
) -> dict[str, np.ndarray]:
    """Return the arrays of the part of a recording; its `about` is text."""
    about = {
        "recording": key.name,
        "subject": key.subject,
        "source": dict(key.source),
        "faces_sha256": faces_sha256,
        "notes": [note for block in blocks for note in block.notes],
    }
    columns = {
        name: np.concatenate([getattr(block, name) for block in blocks]) for name in _PART_COLUMNS
    }
    found = _join_landmarks([block.landmarks for block in blocks], [len(b.frame) for b in blocks])
    return {**columns, **found, "about": np.array(json.dumps(about))}


def _join_landmarks(
    pieces: Sequence[np.ndarray | None], counts: Sequence[int]
) -> dict[str, np.ndarray]:
    """Return the column `landmarks`, NaN for pieces without; no column if no piece has them."""
    if all(piece is None for piece in pieces):
        return {}
    shape = (len(STABLE_POINTS), 2)
    filled = [
        np.full((count, *shape), np.nan, np.float32) if piece is None else piece
        for piece, count in zip(pieces, counts, strict=True)
    ]
    return {"landmarks": np.concatenate(filled)}


def part_about(part: Mapping[str, np.ndarray]) -> dict[str, Any]:
    """Return what a part says about its recording."""
    return json.loads(str(part["about"]))


def join_parts(
    settings: Mapping[str, Any], parts: Sequence[Mapping[str, np.ndarray]]
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Join the parts of all recordings.

    Args:
        settings: name, AUs and so on, as they begin `dataset.json`.
        parts: from `make_part`, in the order of the data set.

    Returns:
        the contents of `dataset.json` and of `frames.npz`.
    """
    abouts = [part_about(part) for part in parts]
    subjects = list(dict.fromkeys(about["subject"] for about in abouts))
    counts = [len(part["frame"]) for part in parts]
    subject_of = np.array([subjects.index(about["subject"]) for about in abouts], np.int32)
    table = {name: np.concatenate([part[name] for part in parts]) for name in _PART_COLUMNS}
    table |= _join_landmarks([part.get("landmarks") for part in parts], counts)
    table["subject"] = np.repeat(subject_of, counts)
    table["recording"] = np.repeat(np.arange(len(parts), dtype=np.int32), counts)
    table["subjects"] = np.array(subjects)
    table["recordings"] = np.array([about["recording"] for about in abouts])
    rates = zip(settings["aus"], base_rates(table["labels"]), strict=True)
    about = {
        **settings,
        "frames": sum(counts),
        "tracked_frames": int(table["tracked"].sum()),
        "base_rates": {
            column_name(au): None if np.isnan(rate) else round(float(rate), 6) for au, rate in rates
        },
        "subjects": {
            name: int((table["subject"] == index).sum()) for index, name in enumerate(subjects)
        },
        "recordings": [
            {
                **about,
                "file": shard_name(about["recording"]),
                "frames": len(part["frame"]),
                "tracked_frames": int(part["tracked"].sum()),
            }
            for about, part in zip(abouts, parts, strict=True)
        ],
        "frames_sha256": arrays_digest(table),
    }
    return {**about, "digest": dataset_digest(about)}, table
