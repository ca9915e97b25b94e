"""How methods differ on the same subjects, as tables and as CSV."""

import csv
import io
import math

from au_jax.reporting.method_names import method_title
from au_jax.reporting.results import Results
from au_jax.reporting.tables import Table, part_name

SIGNIFICANT = 0.05


def difference_matrix(results: Results) -> Table:
    """Return the differences in mean F1-frame of all pairs, the method of the row minus the other.

    Bold are those whose interval over subjects is on one side of 0; a star marks those that the
    signed-rank test finds after the correction for all pairs.
    """
    methods = list(results.methods)
    cells = {(one, one): "" for one in methods}
    clear = set()
    for pair in results.differences:
        star = "*" if pair.p_holm < SIGNIFICANT else ""
        cells[pair.first, pair.second] = _points(pair.difference) + star
        cells[pair.second, pair.first] = _points(-pair.difference) + star
        if pair.low > 0 or pair.high < 0:
            clear |= {(pair.first, pair.second), (pair.second, pair.first)}
    return Table(
        title=f"Differences in mean F1-frame in points, row minus column, {part_name(results)}",
        header=("", *map(method_title, methods)),
        rows=tuple(
            (method_title(row), *(cells[row, column] for column in methods)) for row in methods
        ),
        best=tuple(
            frozenset(
                index for index, column in enumerate(methods, start=1) if (row, column) in clear
            )
            for row in methods
        ),
        notes=_notes(results),
    )


def _notes(results: Results) -> tuple[str, ...]:
    pairs = len(results.differences)
    lowest = 2.0 ** (1 - results.subjects)
    notes = (
        f"Bold: the 95 % interval over {results.subjects} subjects, drawn 2000 times with "
        "replacement and the same for both methods, is on one side of 0. *: p below 0.05 in the "
        "Wilcoxon signed-rank test on the mean F1 of each subject, corrected after Holm for "
        f"{pairs} pairs.",
    )
    if lowest * pairs < SIGNIFICANT:
        return notes
    few = (
        f"With {results.subjects} subjects that p is never below {min(1.0, lowest):.2g} before "
        "the correction: nothing can have a star. Test more people to tell methods apart."
    )
    return (*notes, few)


def difference_list(results: Results) -> Table:
    """Return a row for each pair: difference, interval, subjects, p-values."""
    rows = tuple(
        (
            method_title(pair.first),
            method_title(pair.second),
            _points(pair.difference),
            f"{_points(pair.low)} to {_points(pair.high)}",
            str(pair.better),
            str(pair.worse),
            _p_value(pair.p_value),
            _p_value(pair.p_holm),
        )
        for pair in results.differences
    )
    return Table(
        title=f"Differences in mean F1-frame in points, {part_name(results)}",
        header=(
            "method",
            "minus",
            "difference",
            "95 % interval",
            "better on subjects",
            "worse on",
            "p",
            "p after Holm",
        ),
        rows=rows,
        best=(frozenset(),) * len(rows),
        words=frozenset({0, 1}),
    )


def difference_csv(results: Results) -> str:
    """Return the differences as CSV: one row per pair, values in [-1, 1]."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(
        ["first", "second", "difference", "low", "high", "better", "worse", "p_value", "p_holm"]
    )
    for pair in results.differences:
        numbers = (pair.difference, pair.low, pair.high)
        cells = ["" if math.isnan(number) else f"{number:.6f}" for number in numbers]
        p_values = (f"{p:.6g}" for p in (pair.p_value, pair.p_holm))
        writer.writerow([pair.first, pair.second, *cells, pair.better, pair.worse, *p_values])
    return buffer.getvalue()


def _points(difference: float) -> str:
    return "–" if math.isnan(difference) else f"{100 * difference:+.1f}".replace("-", "−")


def _p_value(p: float) -> str:
    return f"{p:.3f}" if p >= 0.001 else "< 0.001"
