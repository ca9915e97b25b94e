"""Reading CSV files so that every mistake can be told with file and line.

Columns are found by their header, never by their place.
"""

import contextlib
import csv
import dataclasses
import io
import itertools
import re
from collections.abc import Iterator
from typing import IO, Protocol

from etils import epath

from au_jax.errors import InputError


@dataclasses.dataclass(frozen=True)
class Header:
    """The first line of a CSV file.

    Attributes:
        path: the file.
        names: names of the columns, blanks around them removed.
    """

    path: str
    names: tuple[str, ...]

    def index(self, name: str) -> int:
        """Return the place of a column; capitals do not matter.

        Raises:
            InputError: if there is no such column.
        """
        for index, found in enumerate(self.names):
            if found.lower() == name.lower():
                return index
        seen = ", ".join(self.names[:8]) + (", …" if len(self.names) > 8 else "")
        hint = "; separate columns by commas" if ";" in seen or "\t" in seen else ""
        raise InputError(
            f"{self.path}, line 1: there is no column '{name}'; the header is '{seen}'{hint}"
        )


@dataclasses.dataclass(frozen=True)
class CsvRow:
    """A row behind the header.

    Attributes:
        line: its line in the file, from 1.
        cells: as many as the header has names.
    """

    line: int
    cells: list[str]


class Digest(Protocol):
    """Takes the bytes of a file, such as those of `hashlib`."""

    def update(self, data: bytes, /) -> None:
        """Take the next bytes."""
        ...


@contextlib.contextmanager
def open_csv(
    path: epath.PathLike, *, separators: str = ",", digest: Digest | None = None
) -> Iterator[tuple[Header, Iterator[CsvRow]]]:
    """Open a CSV file (UTF-8) and yield its header and its rows.

    Rows are read as they are asked for; empty ones are left out.

    Args:
        path: the file.
        separators: what may separate columns; of several, the one that the header has most of.
        digest: takes the bytes of the file as the rows are read.

    Raises:
        InputError: if it is missing, empty or not such a file, repeats a column, or a row has
            another number of cells than the header.
    """
    try:
        with (
            epath.Path(path).open("rb") as file,
            # utf-8-sig: spreadsheets put a byte order mark in front.
            io.TextIOWrapper(
                io.BufferedReader(_Watched(file, digest)) if digest else file,
                encoding="utf-8-sig",
                newline="",
            ) as text,
        ):
            rows = _rows_of_text(path, text, separators)
            first = next(rows, CsvRow(1, []))
            header = Header(str(path), tuple(name.strip() for name in first.cells))
            _check_header(header)
            yield header, _rows_below(header, rows)
    except FileNotFoundError as error:
        raise InputError(f"{path}: there is no such file; check the path") from error
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path}, line {_line_that_is_not_utf8(path)}: the text is not UTF-8; save the file as "
            "CSV, UTF-8, separated by commas"
        ) from error
    except OSError as error:
        raise InputError(
            f"{path}: cannot be read ({error.strerror or error}); give a CSV file"
        ) from error


class _Watched(io.RawIOBase):
    """A file whose bytes go into a digest as they are read."""

    def __init__(self, file: IO[bytes], digest: Digest) -> None:
        self._file, self._digest = file, digest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # pyright: ignore[reportIncompatibleMethodOverride]
        data = self._file.read(len(buffer))
        self._digest.update(data)
        buffer[: len(data)] = data
        return len(data)


def _rows_of_text(path: epath.PathLike, text: io.TextIOBase, separators: str) -> Iterator[CsvRow]:
    first_line = text.readline()
    outside_quotes = re.sub(r'"[^"]*("|$)', "", first_line)
    separator = max(separators, key=outside_quotes.count)
    reader = csv.reader(itertools.chain([first_line], text), delimiter=separator, strict=True)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise InputError(
                f"{path}, line {reader.line_num}: cannot be read as CSV ({error}); save the file "
                "as CSV, UTF-8, separated by commas"
            ) from error
        yield CsvRow(reader.line_num, cells)


def _rows_below(header: Header, rows: Iterator[CsvRow]) -> Iterator[CsvRow]:
    for row in rows:
        if not any(cell.strip() for cell in row.cells):
            continue
        if len(row.cells) != len(header.names):
            raise InputError(
                f"{header.path}, line {row.line}: {len(row.cells)} cells, but the header has "
                f"{len(header.names)} columns; the row is cut off or has a comma too many"
            )
        yield row


def _line_that_is_not_utf8(path: epath.PathLike) -> int:
    with epath.Path(path).open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                return number
    return 1


def _check_header(header: Header) -> None:
    names = [name.lower() for name in header.names if name]
    if not names:
        raise InputError(
            f"{header.path}, line 1: there is no header; the first line names the columns"
        )
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise InputError(f"{header.path}, line 1: column '{name}' comes twice; remove one")
        seen.add(name)
