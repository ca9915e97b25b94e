"""Labels from anybody's CSV file: one row per frame or sample, some columns are labels.

Unlike `label_csv`, it knows nothing of faces, action units or videos.
"""

import dataclasses
import enum
import itertools
from collections.abc import Sequence

import numpy as np
from etils import epath

from au_jax.errors import InputError
from au_jax.system.csv_rows import CsvRow, Header, open_csv

_ROWS_AT_A_TIME = 8192

_CODES = {1.0: 1, 0.0: 0, -1.0: -1, 9.0: 9}
_MISSING, _OTHER = 9, 2
_EMPTY = frozenset({"", "nan", "na", "-nan(ind)"})

_ALLOWED = "1 (present), 0 (absent), and 9, NaN or nothing (missing)"


class MinusOne(enum.Enum):
    """What −1 means in a file: data sets differ.

    `ABSENT`: 1 is present, −1 absent, 0 missing, as inside this package. `MISSING`: 1 is present,
    0 absent, −1 missing, as in ABAW.
    """

    ABSENT = "absent"
    MISSING = "missing"


@dataclasses.dataclass(frozen=True)
class MultiLabelTable:
    """The labels of a file.

    Attributes:
        names: names of the label columns, as in the file.
        labels: int8 `[row, label]`: +1 present, -1 absent, 0 missing.
        left_out: the other columns, each with the reason why it is no label.
    """

    names: tuple[str, ...]
    labels: np.ndarray
    left_out: dict[str, str]


def read_multi_label_csv(
    path: epath.PathLike,
    *,
    label_columns: Sequence[str] | None = None,
    minus_one: MinusOne | None = None,
) -> MultiLabelTable:
    """Read a CSV file (UTF-8; commas, semicolons or tabs) whose first line names the columns.

    A column is a label if all its cells are 1 (present), 0 (absent), 9, NaN or empty (missing), and
    at least one is 1. Columns with −1 are labels too once `minus_one` says what it means. Rows of
    nothing but empty cells are left out.

    A million rows of twelve labels take about 3 s, and 30 MB with the labels themselves.

    Args:
        path: the file.
        label_columns: the columns to take, in this order; another value in them is an error. By
            default all that are labels.
        minus_one: what −1 means; it holds for all labels of the file.

    Raises:
        InputError: if the file cannot be read, has no label, or holds a value in a column asked for
            that is none of these; with file, line and column.
    """
    with open_csv(path, separators=",;\t") as (header, rows):
        columns = [
            _Column(header, index, required=label_columns is not None)
            for index in _wanted(header, label_columns)
        ]
        count = 0
        while block := list(itertools.islice(rows, _ROWS_AT_A_TIME)):
            count += len(block)
            by_column = list(zip(*(row.cells for row in block), strict=True))
            for column in columns:
                column.add(by_column[column.index], block)
    if not count:
        raise InputError(f"{path}: there is no row below the header; nothing to read")
    labels = [column for column in columns if column.is_label]
    if not labels:
        raise InputError(
            f"{path}: no column is a label. The values of a label are {_ALLOWED}, and at least one "
            f"is 1. Columns: {_reasons(columns)}"
        )
    return MultiLabelTable(
        names=tuple(column.name for column in labels),
        labels=_signs(header.path, labels, count, minus_one),
        left_out={column.name: column.reason for column in columns if not column.is_label},
    )


class _Codes(dict[str, int]):
    """The code of each text, found once: texts repeat millions of times."""

    def __missing__(self, text: str) -> int:
        stripped = text.strip().lower()
        if stripped in _EMPTY:
            code = _MISSING
        else:
            try:
                code = _CODES.get(float(stripped), _OTHER)
            except ValueError:
                code = _OTHER
        # Text columns hold any number of texts; a label holds few.
        if code != _OTHER:
            self[text] = code
        return code


class _Column:
    """One column while the file is read: its codes, or the reason why it is no label."""

    def __init__(self, header: Header, index: int, *, required: bool) -> None:
        self.index = index
        self.name = header.names[index] or f"column {index + 1}"
        self._path = header.path
        self._required = required
        self._reason = ""
        self._codes = _Codes()
        self._blocks: list[np.ndarray] = []
        self._has_one = False
        self.first_minus_one: int | None = None
        """The line of the first −1."""

    def add(self, cells: Sequence[str], rows: Sequence[CsvRow]) -> None:
        """Take the cells of the next rows."""
        if self._reason:
            return
        codes = np.fromiter(map(self._codes.__getitem__, cells), np.int8, len(cells))
        others = np.flatnonzero(codes == _OTHER)
        if len(others):
            first = int(others[0])
            self._refuse(cells[first].strip(), rows[first].line)
            return
        self._has_one |= bool((codes == 1).any())
        if self.first_minus_one is None and (minus := np.flatnonzero(codes == -1)).size:
            self.first_minus_one = rows[int(minus[0])].line
        self._blocks.append(codes)

    def _refuse(self, text: str, line: int) -> None:
        shown = text if len(text) <= 30 else f"{text[:29]}…"
        if self._required:
            raise InputError(
                f"{self._path}, line {line}: '{shown}' in column '{self.name}'; allowed are "
                f"{_ALLOWED}, and -1 with --minus_one. Correct it, or leave the column out of "
                "--label_columns"
            )
        self._reason = f"'{shown}' in line {line}"
        self._blocks.clear()

    @property
    def is_label(self) -> bool:
        return not self.reason

    @property
    def reason(self) -> str:
        """Why it is no label; nothing if it is one."""
        if self._reason or self._required or self._has_one:
            return self._reason
        return "no 1 in it"

    def codes(self) -> np.ndarray:
        """Return int8 `[row]` of 1, 0, −1 and 9."""
        return np.concatenate(self._blocks)


def _wanted(header: Header, names: Sequence[str] | None) -> list[int]:
    if names is None:
        return list(range(len(header.names)))
    stripped = [name.strip() for name in names]
    if not stripped or not all(stripped):
        raise InputError(
            f"--label_columns is '{','.join(names)}'; give names of columns of {header.path}, "
            "separated by commas"
        )
    places = [header.index(name) for name in stripped]
    for place in places:
        if places.count(place) > 1:
            raise InputError(
                f"--label_columns names column '{header.names[place]}' of {header.path} twice; "
                "remove one"
            )
    return places


def _signs(
    path: str, columns: Sequence[_Column], rows: int, minus_one: MinusOne | None
) -> np.ndarray:
    """Return int8 `[row, label]` of +1 present, -1 absent, 0 missing."""
    with_minus = [column for column in columns if column.first_minus_one is not None]
    if with_minus and minus_one is None:
        column = with_minus[0]
        raise InputError(
            f"{path}, line {column.first_minus_one}: '-1' in column '{column.name}' means absent "
            "in some data sets and missing in others; say which: --minus_one=absent (then 0 is "
            "missing, as inside au_jax) or --minus_one=missing (then 0 is absent, as in ABAW)"
        )
    if minus_one is MinusOne.ABSENT and not with_minus:
        raise InputError(
            f"{path}: --minus_one=absent, but there is no -1 in {_quoted(columns)}, so that no "
            "label would be absent; leave --minus_one out"
        )
    absent = -1 if minus_one is MinusOne.ABSENT else 0
    labels = np.empty((rows, len(columns)), np.int8)
    for place, column in enumerate(columns):
        codes = column.codes()
        labels[:, place] = (codes == 1).astype(np.int8) - (codes == absent)
    return labels


def _quoted(columns: Sequence[_Column]) -> str:
    return _shortened([f"'{column.name}'" for column in columns])


def _reasons(columns: Sequence[_Column]) -> str:
    return _shortened([f"{column.name} ({column.reason})" for column in columns])


def _shortened(parts: list[str]) -> str:
    return ", ".join(parts[:8]) + (", …" if len(parts) > 8 else "")
