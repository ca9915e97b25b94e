"""Numbers as CSV text."""

import csv
import io
import math
from collections.abc import Iterable


def csv_text(header: Iterable[str], rows: Iterable[Iterable[str | int | float]]) -> str:
    """Return rows below a header; numbers with six digits after the point, NaN as nothing."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow([_cell(value) for value in row])
    return buffer.getvalue()


def _cell(value: str | int | float) -> str | int:
    if isinstance(value, float):
        return "" if math.isnan(value) else f"{value:.6f}"
    return value
