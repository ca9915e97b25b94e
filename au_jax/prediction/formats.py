"""Predictions as files that other programs read.

`openface` follows OpenFace 2.2 (https://github.com/TadasBaltrusaitis/OpenFace/wiki/Output-Format),
`pyfeat` the Fex tables of py-feat (https://py-feat.org). What is not known is an empty cell, which
readers take as NaN.
"""

import csv
import dataclasses
import io
import math
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from au_jax.errors import InputError
from au_jax.facs import column_name
from au_jax.prediction.events import events_of
from au_jax.prediction.prediction import Prediction

OPENFACE_INTENSITIES = (1, 2, 4, 5, 6, 7, 9, 10, 12, 14, 15, 17, 20, 23, 25, 26, 45)
OPENFACE_OCCURRENCES = (*OPENFACE_INTENSITIES[:-1], 28, 45)
"""The AUs of OpenFace 2.2, in the order of its columns `AU01_r` and `AU01_c`."""


@dataclasses.dataclass(frozen=True)
class Format:
    """A way to write a prediction.

    Attributes:
        ending: of the file, behind the name of the recording.
        content: gives the bytes of the file.
        title: what it is, for `--help`.
    """

    ending: str
    content: Callable[[Prediction], bytes]
    title: str


def _native(found: Prediction) -> bytes:
    columns = found.columns()
    decimals = {"timestamp": 6, "confidence": 4}
    return _table(
        list(columns),
        (
            _cells(column, decimals.get(name, 4 if name.endswith("_p") else 0))
            for name, column in columns.items()
        ),
    )


def _openface(found: Prediction) -> bytes:
    empty = [""] * len(found)
    decided = {au: _cells(found.decisions[:, column], 0) for column, au in enumerate(found.aus)}
    further = [au for au in found.aus if au not in OPENFACE_OCCURRENCES]
    columns = {
        "frame": _cells(found.frame, 0),
        "face_id": _cells(found.face_id, 0),
        "timestamp": _cells(found.timestamp, 3),
        "confidence": _cells(found.confidence, 2),
        "success": _cells(found.success, 0),
        **{f"{column_name(au)}_r": empty for au in OPENFACE_INTENSITIES},
        **{
            f"{column_name(au)}_c": decided.get(au, empty)
            for au in (*OPENFACE_OCCURRENCES, *further)
        },
        **{
            f"{column_name(au)}_p": _cells(found.probabilities[:, column], 4)
            for column, au in enumerate(found.aus)
        },
    }
    return _table(list(columns), columns.values())


def _pyfeat(found: Prediction) -> bytes:
    minutes, seconds = np.divmod(found.timestamp.astype(np.int64), 60)
    columns = {
        **{
            name: _cells(found.box[:, column], 2)
            for column, name in enumerate(
                ("FaceRectX", "FaceRectY", "FaceRectWidth", "FaceRectHeight")
            )
        },
        "FaceScore": _cells(found.confidence, 4),
        **{
            column_name(au): _cells(found.probabilities[:, column], 4)
            for column, au in enumerate(found.aus)
        },
        "input": [found.video.name] * len(found),
        "frame": _cells(found.frame - 1, 0),
        "approx_time": [f"{m:02d}:{s:02d}" for m, s in zip(minutes, seconds, strict=True)],
        "timestamp": _cells(found.timestamp, 6),
        "Identity": [f"Person_{person}" for person in found.face_id],
    }
    return _table(list(columns), columns.values())


def _events(found: Prediction) -> bytes:
    events = events_of(found)
    columns = {
        "recording": [found.video.recording] * len(events),
        "face_id": [str(event.face_id) for event in events],
        "au": [str(event.au) for event in events],
        "onset": [f"{event.onset:.3f}" for event in events],
        "offset": [f"{event.offset:.3f}" for event in events],
        "duration": [f"{event.offset - event.onset:.3f}" for event in events],
        "onset_frame": [str(event.first_frame) for event in events],
        "offset_frame": [str(event.last_frame) for event in events],
        "mean_probability": [f"{event.mean_probability:.4f}" for event in events],
    }
    return _table(list(columns), columns.values())


def _parquet(found: Prediction) -> bytes:
    try:
        import pyarrow  # pyright: ignore[reportMissingImports]
        import pyarrow.parquet  # pyright: ignore[reportMissingImports]
    except ImportError as error:
        raise InputError(
            'Parquet files need pyarrow; install it with: pip install "au_jax[parquet]"'
        ) from error
    buffer = io.BytesIO()
    columns = {
        name: pyarrow.array(column, from_pandas=True) for name, column in found.columns().items()
    }
    pyarrow.parquet.write_table(pyarrow.table(columns), buffer)
    return buffer.getvalue()


FORMATS = {
    "native": Format(".csv", _native, "probability and decision of each AU"),
    "openface": Format(".openface.csv", _openface, "columns of OpenFace 2.2, then probabilities"),
    "pyfeat": Format(".pyfeat.csv", _pyfeat, "columns of py-feat, frames from 0"),
    "events": Format(".events.csv", _events, "a row for each event: onset, offset, duration"),
    "parquet": Format(".parquet", _parquet, "as native, in Parquet"),
}


def check_formats(names: Sequence[str]) -> None:
    """Refuse formats that cannot be written, before any work is done.

    Raises:
        InputError: for an unknown name, or one that needs a package that is not there.
    """
    for name in names:
        if name not in FORMATS:
            raise InputError(f"--format has {name!r}; allowed are {', '.join(FORMATS)}")
        if name == "parquet":
            try:
                import pyarrow  # noqa: F401  # pyright: ignore[reportMissingImports]
            except ImportError as error:
                raise InputError(
                    '--format=parquet needs pyarrow: pip install "au_jax[parquet]"'
                ) from error


def _cells(values: np.ndarray, decimals: int) -> list[str]:
    """Return numbers as text, empty where NaN."""
    numbers = values.tolist()
    return ["" if math.isnan(x) else f"{x:.{decimals}f}" for x in numbers]


def _table(header: Sequence[str], columns: Iterable[Sequence[str]]) -> bytes:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(zip(*columns, strict=True))
    return buffer.getvalue().encode()
