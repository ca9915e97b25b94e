"""Files of FACS coders as the licensed data sets come with them, read as labels.

Occurrence: a table with a header, one column per action unit, 1 present and 0 absent. Intensity:
0 absent, 1 to 5 for A (trace) to E (maximum). Other codes that stand for "not known" are missing.
"""

import dataclasses
import hashlib
import io
from collections.abc import Sequence

import numpy as np
from etils import epath

from au_jax.datasets.raw.label_csv import NO_LABELS, LabelTrack
from au_jax.errors import InputError
from au_jax.facs import ACTION_UNITS, INTENSITIES, parse_column
from au_jax.system.csv_rows import Header
from au_jax.system.frame_csv import read_frame_columns

_MISSING_CODES = (9, -1, -999)
_FRAME_COLUMN_NAMES = ("0", "frame", "frames", "frame_number", "framenumber", "frame number")


@dataclasses.dataclass(frozen=True)
class TableLayout:
    """How a table of occurrences or intensities looks.

    Attributes:
        expected: the header that is expected, for messages.
        first_column: whether the frame column may have any name if it comes first.
        other_columns: whether columns that are no action unit are passed over.
        other_codes: whether codes that are not known count as missing.
        first_frame: the lowest frame number that is allowed.
    """

    expected: str
    first_column: bool = False
    other_columns: bool = False
    other_codes: bool = False
    first_frame: int = 1


def read_coding_table(
    path: epath.PathLike, layout: TableLayout, positive_from: int | None
) -> LabelTrack:
    """Read a table with a header: the frame, and one column for each action unit.

    Columns are found by name. Numbers that `facs` does not know (such as the 3 and 8 of BP4D, or
    codes of visibility) are passed over.

    Args:
        path: the file.
        layout: what it may look like.
        positive_from: None for occurrence codes, else the lowest intensity, 1 to 5, that counts as
            present.

    Raises:
        InputError: for another header, with the one seen; for another code, with file and line.
    """
    table = read_frame_columns(
        path,
        lambda header: _au_columns(header, layout),
        lambda header: _frame_column(header, layout),
        layout.first_frame,
    )
    highest = 1 if positive_from is None else len(INTENSITIES)
    if not layout.other_codes:
        allowed = ", ".join(map(str, range(highest + 1)))
        table.refuse(_is_no_code(table.values, highest), f"{allowed}, and 9 (missing)")
    labels = labels_of_codes(table.values, positive_from)
    aus = tuple(au for au in map(parse_column, table.names) if au is not None)
    return LabelTrack(aus, table.frames, labels)


def read_intensity_pairs(path: epath.PathLike, au: int, positive_from: int) -> LabelTrack:
    """Read a file without a header with `frame,intensity` in each line, for one action unit.

    Args:
        path: the file.
        au: its action unit.
        positive_from: the lowest intensity, 1 to 5, that counts as present.

    Raises:
        InputError: for another layout, with the line seen; frames must be whole numbers that
            increase from at least 0.
    """
    lines = _read_text(path).splitlines()
    values = _pairs(path, lines)
    frames, codes = values[:, 0], values[:, 1:]
    _refuse_lines(
        path,
        lines,
        ~(np.isfinite(frames) & (frames == np.round(frames)) & (frames >= 0) & (frames < 2**31)),
        "frames are whole numbers",
    )
    _refuse_lines(
        path, lines, np.diff(frames, prepend=-1) <= 0, "there must be one line per frame, in order"
    )
    _refuse_lines(
        path,
        lines,
        _is_no_code(codes, len(INTENSITIES))[:, 0],
        "intensities are 0 to 5, and 9 for missing",
    )
    return LabelTrack((au,), frames.astype(np.int64), labels_of_codes(codes, positive_from))


def labels_of_codes(codes: np.ndarray, positive_from: int | None) -> np.ndarray:
    """Return the labels of codes, int8 of the same shape; what is no code is missing.

    Args:
        codes: floats of any shape.
        positive_from: None for occurrences (0 and 1); else the lowest intensity of 0 to 5 that
            counts as present.
    """
    if positive_from is None:
        return np.select([codes == 1, codes == 0], [1, -1], 0).astype(np.int8)
    known = np.isin(codes, range(len(INTENSITIES) + 1))
    return np.where(known, np.where(codes >= positive_from, 1, -1), 0).astype(np.int8)


def join_tracks(tracks: Sequence[LabelTrack]) -> LabelTrack:
    """Join the tracks of different action units of one video; a frame may be in some of them only.

    Raises:
        ValueError: if two have the same action unit.
    """
    aus = tuple(au for track in tracks for au in track.aus)
    if len(set(aus)) != len(aus):
        raise ValueError(f"tracks of the same action unit: {aus}")
    if not tracks:
        return NO_LABELS
    frames = np.unique(np.concatenate([track.frames for track in tracks]))
    return LabelTrack(
        aus, frames, np.concatenate([track.at(frames, track.aus) for track in tracks], axis=1)
    )


def counted_from_one(track: LabelTrack) -> LabelTrack:
    """Return the track with frames from 1; one that has a frame 0 counts from 0."""
    shift = int(len(track.frames) > 0 and track.frames[0] == 0)
    return dataclasses.replace(track, frames=track.frames + shift)


def track_sha256(track: LabelTrack) -> str:
    """Return a digest of the action units, frames and labels of a track."""
    digest = hashlib.sha256(str(track.aus).encode())
    digest.update(track.frames.astype("<i8").tobytes())
    digest.update(track.labels.tobytes())
    return digest.hexdigest()


def layout_error(path: epath.PathLike, seen: str, expected: str) -> InputError:
    """Return the error for a file that does not look as expected."""
    return InputError(
        f"{path}: unknown layout: it begins with '{seen[:120]}'; expected is {expected}. Give the "
        "files as they are distributed, or use --dataset=folder"
    )


def _frame_column(header: Header, layout: TableLayout) -> int:
    names = [name.lower() for name in header.names]
    for index, name in enumerate(names):
        if name in _FRAME_COLUMN_NAMES:
            return index
    if layout.first_column and _known_au(header.names[0]) is None:
        return 0
    raise layout_error(header.path, ",".join(header.names), layout.expected)


def _au_columns(header: Header, layout: TableLayout) -> list[int]:
    frame = _frame_column(header, layout)
    columns = [index for index in range(len(header.names)) if index != frame]
    strange = [i for i in columns if parse_column(header.names[i]) is None]
    known = [i for i in columns if _known_au(header.names[i]) is not None]
    aus = [parse_column(header.names[i]) for i in known]
    repeated = len(set(aus)) != len(aus)
    if (strange and not layout.other_columns) or not known or repeated:
        raise layout_error(header.path, ",".join(header.names), layout.expected)
    return known


def _known_au(name: str) -> int | None:
    au = parse_column(name)
    return au if au in ACTION_UNITS else None


def _is_no_code(codes: np.ndarray, highest: int) -> np.ndarray:
    return ~(np.isin(codes, (*range(highest + 1), *_MISSING_CODES)) | np.isnan(codes))


def _pairs(path: epath.PathLike, lines: Sequence[str]) -> np.ndarray:
    """Return float64 `[line, 2]`; empty lines at the end of the file are left out."""
    while lines and not lines[-1].strip():
        lines = lines[:-1]
    expected = "'frame,intensity' in every line, without a header, as in '1,0'"
    if not lines:
        raise layout_error(path, "", expected)
    cells = [line.split(",") for line in lines]
    for number, (line, parts) in enumerate(zip(lines, cells, strict=True), 1):
        if len(parts) != 2:
            raise layout_error(f"{path}, line {number}", line, expected)
    try:
        return np.array([[cell.strip() or "nan" for cell in parts] for parts in cells], np.float64)
    except ValueError:
        for number, (line, parts) in enumerate(zip(lines, cells, strict=True), 1):
            if not all(map(_is_number, parts)):
                raise layout_error(f"{path}, line {number}", line, expected) from None
        raise


def _is_number(text: str) -> bool:
    try:
        float(text.strip() or "nan")
    except ValueError:
        return False
    return True


def _refuse_lines(
    path: epath.PathLike, lines: Sequence[str], bad: np.ndarray, allowed: str
) -> None:
    if bad.any():
        row = int(np.flatnonzero(bad)[0])
        raise InputError(f"{path}, line {row + 1}: '{lines[row]}'; {allowed}")


def _read_text(path: epath.PathLike) -> str:
    try:
        with (
            epath.Path(path).open("rb") as file,
            io.TextIOWrapper(file, encoding="utf-8-sig") as text,
        ):
            return text.read()
    except UnicodeDecodeError as error:
        raise layout_error(path, "bytes that are no text", "'frame,intensity' as text") from error
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error})") from error
