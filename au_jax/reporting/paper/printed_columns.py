"""Columns of the paper's tables beside ours."""

import dataclasses
import math
from collections.abc import Mapping

from au_jax.reporting.paper.printed import DOUBTS, Doubt, PrintedTable
from au_jax.reporting.results import Results
from au_jax.reporting.tables import Table, percent

_MARK = "*"


def with_printed_columns(
    table: Table, results: Results, printed: PrintedTable, columns: Mapping[str, str], note: str
) -> Table:
    """Return a table of F1-frame with columns of the paper at its right.

    A column that is doubtful has a star and the reason below the table; if only some of its cells
    are, they have one, too.

    Args:
        table: ours, the AUs first and a row called `mean`.
        results: what `table` shows.
        printed: a table of the paper.
        columns: its columns to be shown, and what each is called.
        note: what the columns are, for below the table.
    """
    doubts = {
        name: DOUBTS[printed.number, name] for name in columns if (printed.number, name) in DOUBTS
    }
    # The printed averages are those of all AUs of the paper.
    comparable = set(results.aus) == set(printed.aus)
    rows = []
    for index, row in enumerate(table.rows):
        cells = [""] * len(columns)
        if index < len(results.aus):
            au = results.aus[index]
            cells = [_cell(printed, name, au, doubts.get(name)) for name in columns]
        elif row[0] == "mean" and comparable:
            cells = [_average(printed, name, doubts.get(name)) for name in columns]
        rows.append((*row, *cells))
    titles = [title + (_MARK if name in doubts else "") for name, title in columns.items()]
    return dataclasses.replace(
        table,
        header=(*table.header, *titles),
        rows=tuple(rows),
        notes=(
            *table.notes,
            note,
            *(f"{_MARK} {columns[name]}: {doubt.reason}." for name, doubt in doubts.items()),
        ),
    )


def _cell(printed: PrintedTable, column: str, au: int, doubt: Doubt | None) -> str:
    value = printed.columns[column].get(au, math.nan)
    mark = _MARK if doubt is not None and au in doubt.aus else ""
    return percent(value / printed.whole) + mark


def _average(printed: PrintedTable, column: str, doubt: Doubt | None) -> str:
    mark = _MARK if doubt is not None and doubt.average else ""
    return percent(printed.means[column] / printed.whole) + mark
