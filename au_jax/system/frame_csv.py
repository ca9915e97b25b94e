"""CSV files with one row of numbers per frame of a video, such as labels and landmarks."""

import dataclasses
import itertools
from collections.abc import Callable, Sequence

import numpy as np
from etils import epath

from au_jax.errors import InputError
from au_jax.system.csv_rows import CsvRow, Digest, Header, open_csv

_ROWS_AT_A_TIME = 1024
"""Cells take twenty times as much memory as text than as numbers."""


@dataclasses.dataclass(frozen=True)
class FrameColumns:
    """Some columns of a table with one row per frame.

    Attributes:
        path: the file.
        names: names of the columns.
        lines: int64 `[row]`, line of the file.
        frames: int64 `[row]`, number of the frame, increasing from at least 1.
        values: float64 `[row, column]`; NaN where the cell is empty or says so.
    """

    path: str
    names: tuple[str, ...]
    lines: np.ndarray
    frames: np.ndarray
    values: np.ndarray

    def refuse(self, bad: np.ndarray, allowed: str) -> None:
        """Raise InputError for the first value that is not allowed.

        Args:
            bad: bool `[row, column]`.
            allowed: what is allowed, for the message.
        """
        if bad.any():
            row, column = (int(places[0]) for places in np.nonzero(bad))
            raise InputError(
                f"{self.path}, line {self.lines[row]}: '{self.values[row, column]:g}' in column "
                f"'{self.names[column]}'; allowed are {allowed}"
            )


def frame_column(header: Header) -> int:
    """Return the place of the column `frame`.

    Raises:
        InputError: if there is none.
    """
    return header.index("frame")


def read_frame_columns(
    path: epath.PathLike,
    choose: Callable[[Header], Sequence[int]],
    frame: Callable[[Header], int] = frame_column,
    first: int = 1,
    digest: Digest | None = None,
) -> FrameColumns:
    """Read the column with the numbers of the frames and some others.

    Args:
        path: the file.
        choose: returns the places of the columns wanted.
        frame: returns the place of the column with the numbers.
        first: the lowest number that is allowed.
        digest: takes the bytes of the file as they are read.

    Raises:
        InputError: if the file cannot be read, a cell is not a number, or the frames are not whole
            numbers that increase from at least `first`; with file and line.
    """
    with open_csv(path, digest=digest) as (header, rows):
        columns = [frame(header), *choose(header)]
        lines: list[int] = []
        blocks = [np.zeros((0, len(columns)))]
        while block := list(itertools.islice(rows, _ROWS_AT_A_TIME)):
            lines += [row.line for row in block]
            blocks.append(_numbers(header, block, columns))
    values = np.concatenate(blocks)
    _check_frames(header, lines, values[:, 0], first)
    return FrameColumns(
        path=header.path,
        names=tuple(header.names[index] for index in columns[1:]),
        lines=np.array(lines, np.int64),
        frames=values[:, 0].astype(np.int64),
        values=values[:, 1:],
    )


def _numbers(header: Header, rows: list[CsvRow], columns: list[int]) -> np.ndarray:
    cells = [[row.cells[index].strip() or "nan" for index in columns] for row in rows]
    try:
        return np.array(cells, np.float64)
    except ValueError:  # one of them is not plain: slower, but tells which
        return np.array(
            [[_number(header, row, index) for index in columns] for row in rows], np.float64
        )


def _number(header: Header, row: CsvRow, index: int) -> float:
    text = row.cells[index].strip()
    # OpenFace on Windows writes -nan(ind).
    if not text or "nan" in text.lower():
        return float("nan")
    try:
        return float(text)
    except ValueError as error:
        raise InputError(
            f"{header.path}, line {row.line}: '{text}' in column '{header.names[index]}' is not a "
            "number; correct it or leave the cell empty"
        ) from error


def _check_frames(header: Header, lines: list[int], frames: np.ndarray, first: int) -> None:
    whole = np.isfinite(frames) & (frames == np.round(frames))
    bad = ~(whole & (frames >= first) & (frames < 2**31))
    if bad.any():
        row = int(np.flatnonzero(bad)[0])
        shown = "empty" if np.isnan(frames[row]) else f"{frames[row]:g}"
        raise InputError(
            f"{header.path}, line {lines[row]}: frame is {shown}; frames are whole numbers and "
            f"count from {first}"
        )
    back = np.flatnonzero(np.diff(frames) <= 0)
    if len(back):
        row = int(back[0]) + 1
        raise InputError(
            f"{header.path}, line {lines[row]}: frame {frames[row]:.0f} comes after frame "
            f"{frames[row - 1]:.0f}; there must be one row per frame, in increasing order"
        )
