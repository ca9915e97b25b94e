"""Labels of a recording from a CSV file: `frame,AU01,AU02,…` with 1, 0, 9 or nothing."""

import dataclasses
from collections.abc import Sequence

import numpy as np
from etils import epath

from au_jax.errors import InputError
from au_jax.facs import ACTION_UNITS, PAPER_AUS, parse_column, validate_aus
from au_jax.system.csv_rows import Digest, Header
from au_jax.system.frame_csv import read_frame_columns


@dataclasses.dataclass(frozen=True)
class LabelTrack:
    """Labels of the frames of one video.

    Attributes:
        aus: the action units of the columns.
        frames: int64 `[row]`, numbers of the frames, increasing from at least 1.
        labels: int8 `[row, au]`: +1 present, -1 absent, 0 missing.
    """

    aus: tuple[int, ...]
    frames: np.ndarray
    labels: np.ndarray

    def at(self, numbers: np.ndarray, aus: Sequence[int]) -> np.ndarray:
        """Return the labels of some frames and action units; what has none is missing.

        Args:
            numbers: integers `[frame]`, numbers of frames.
            aus: action units.

        Returns:
            int8 `[frame, au]`.
        """
        labels = np.zeros((len(numbers), len(aus)), np.int8)
        known = [i for i, au in enumerate(aus) if au in self.aus]
        if len(self.frames) and known:
            row = np.minimum(np.searchsorted(self.frames, numbers), len(self.frames) - 1)
            found = self.frames[row] == numbers
            for i in known:
                labels[found, i] = self.labels[row[found], self.aus.index(aus[i])]
        return labels


NO_LABELS = LabelTrack((), np.zeros(0, np.int64), np.zeros((0, 0), np.int8))


def read_label_csv(path: epath.PathLike, digest: Digest | None = None) -> LabelTrack:
    """Read a label file.

    The column `frame` counts from 1; every other column is named after its action unit (`AU01`,
    `au1` or `1`). 1 is present, 0 absent, 9 or an empty cell missing. Rows may be left out.

    Args:
        path: the file.
        digest: takes its bytes as they are read.

    Raises:
        InputError: for a column that is no action unit, another code, or frames that do not
            increase; with file and line.
    """
    table = read_frame_columns(path, _columns, digest=digest)
    values = table.values
    table.refuse(
        ~(np.isin(values, (0, 1, 9)) | np.isnan(values)),
        "1 (present), 0 (absent), and 9 or nothing (missing)",
    )
    labels = np.select([values == 1, values == 0], [1, -1], 0).astype(np.int8)
    aus = tuple(au for au in map(parse_column, table.names) if au is not None)
    return LabelTrack(aus, table.frames, labels)


def choose_aus(coded: Sequence[tuple[int, ...]], aus: Sequence[int] | None) -> tuple[int, ...]:
    """Return the action units of a data set.

    Args:
        coded: the action units of each label file.
        aus: those asked for, or None for those that all files have.

    Returns:
        those asked for, or those of the paper in the paper's order and then others by number.

    Raises:
        InputError: if one that was asked for is in no file, or the files have none in common.
    """
    found = set().union(*coded)
    if aus is not None:
        chosen = validate_aus(aus)
        lacking = [au for au in chosen if au not in found]
        if lacking and coded:
            raise InputError(
                f"no label file has AU {', '.join(map(str, lacking))}; there are AU "
                f"{', '.join(map(str, sorted(found)))}"
            )
        return chosen
    if not coded:
        return PAPER_AUS
    common = set(coded[0]).intersection(*coded)
    if not common:
        raise InputError(
            "the label files have no action unit in common; choose with --aus (where a file lacks "
            "one, it counts as missing)"
        )
    return _paper_order(common)


def _paper_order(aus: set[int]) -> tuple[int, ...]:
    others = sorted(aus.difference(PAPER_AUS))
    return (*(au for au in PAPER_AUS if au in aus), *others)


def _columns(header: Header) -> list[int]:
    """Return the columns of a label file but `frame`, after checking their names."""
    columns = [index for index, name in enumerate(header.names) if name.lower() != "frame"]
    aus = [_action_unit(header, index) for index in columns]
    if not aus and len(columns) < len(header.names):
        raise InputError(
            f"{header.path}, line 1: there is no column of an action unit such as AU01"
        )
    for au in aus:
        if aus.count(au) > 1:
            raise InputError(f"{header.path}, line 1: there are two columns of AU {au}; remove one")
    return columns


def _action_unit(header: Header, index: int) -> int:
    name = header.names[index]
    au = parse_column(name)
    if au is None or au not in ACTION_UNITS:
        known = ", ".join(map(str, sorted(ACTION_UNITS)))
        raise InputError(
            f"{header.path}, line 1: column '{name}' is no action unit; allowed are 'frame' and "
            f"AU with one of {known}, as in 'AU01'. Rename or remove the column"
        )
    return au
