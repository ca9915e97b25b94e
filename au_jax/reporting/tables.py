"""A metric as a table, AUs down and methods across: for the terminal, Markdown and CSV."""

import csv
import dataclasses
import io
import math

import numpy as np

from au_jax import facs
from au_jax.metrics import mean_over_aus
from au_jax.reporting.method_names import method_title
from au_jax.reporting.results import METRIC_TITLES, Results


@dataclasses.dataclass(frozen=True)
class Table:
    """Cells as text, ready to be set in any format.

    Attributes:
        title: what the numbers are.
        header: names of the columns.
        rows: cells, the first of which names the row.
        best: for each row the columns with the highest value, the baseline's among them; empty
            while a single method stands beside the baseline.
        notes: sentences below the table.
        words: columns of words, set from the left; all others hold numbers.
    """

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    best: tuple[frozenset[int], ...]
    notes: tuple[str, ...] = ()
    words: frozenset[int] = frozenset({0})


def metric_table(results: Results, metric: str) -> Table:
    """Return the table of a metric in percent: each AU, the mean, and mean ± sd over folds.

    That of F1-frame has the interval of the mean over subjects, too, and the mean with the
    thresholds that were best for the validation subjects instead of 0.
    """
    methods = list(results.methods)
    values = np.array([results.methods[method][metric].per_au for method in methods])
    means = np.array([results.methods[method][metric].mean for method in methods])
    rows, best = [], []
    for index, au in enumerate(results.aus):
        name = facs.describe(au)
        rate = percent(results.base_rate[index])
        rows.append((name, rate, *(percent(x) for x in values[:, index])))
        best.append(best_columns(values[:, index]))
    mean_rate = percent(mean_over_aus(results.base_rate))
    rows.append(("mean", mean_rate, *(percent(x) for x in means)))
    best.append(best_columns(means))
    if results.folds_done > 1:
        spread = (_spread(results.methods[method][metric].folds) for method in methods)
        rows.append(("mean ± sd over folds", "", *spread))
        best.append(frozenset())
    if metric == "f1_frame":
        tuned = np.array([results.methods[method]["f1_frame_tuned"].mean for method in methods])
        if not np.isnan(tuned).all():
            rows.append(("mean, tuned thresholds", "", *map(percent, tuned)))
            best.append(best_columns(tuned))
    intervals = [results.intervals[method] for method in methods]
    if metric == "f1_frame" and not np.isnan(intervals).any():
        name = f"95 % interval over {results.subjects} subjects"
        rows.append((name, "", *(percent_interval(*ends) for ends in intervals)))
        best.append(frozenset())
    folds = f"{results.folds_done} of {results.folds} folds"
    return Table(
        title=f"{METRIC_TITLES[metric]} in percent, {part_name(results)}, {folds} pooled",
        header=("action unit", "base rate", *map(method_title, methods)),
        rows=tuple(rows),
        best=tuple(best),
    )


def part_name(results: Results) -> str:
    """Return the experiment and its data, for a title."""
    if results.scenario == "within":
        return f"{results.experiment} on {results.dataset}"
    return f"{results.experiment}, trained on {results.trained_on}, tested on {results.dataset}"


def percent(value: float) -> str:
    """Return a share in percent; a dash if it is undefined."""
    return "–" if math.isnan(value) else f"{100 * value:.1f}"


def percent_interval(low: float, high: float) -> str:
    """Return an interval of shares in percent; a dash if it is undefined."""
    return "–" if math.isnan(low) else f"{100 * low:.1f}–{100 * high:.1f}"


def _spread(folds: np.ndarray) -> str:
    return f"{100 * folds.mean():.1f} ± {100 * folds.std(ddof=1):.1f}"


def best_columns(values: np.ndarray) -> frozenset[int]:
    """Return the columns of a table that hold the highest value; column 2 is the baseline.

    Args:
        values: float64 `[method]`, the baseline first.

    Returns:
        nothing while a single method stands beside the baseline.
    """
    rounded = np.round(100 * values, 1)
    if len(values) < 3 or np.isnan(rounded).all():
        return frozenset()
    highest = np.nanmax(rounded)
    return frozenset(2 + index for index, value in enumerate(rounded) if value == highest)


def as_text(table: Table) -> str:
    """Set a table in columns of a terminal."""
    lines = [table.header, *table.rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(table.header))]

    def line(cells: tuple[str, ...]) -> str:
        placed = enumerate(zip(cells, widths, strict=True))
        return "  ".join(c.ljust(w) if i in table.words else c.rjust(w) for i, (c, w) in placed)

    rule = "-" * len(line(table.header))
    body = [line(row) for row in table.rows]
    return "\n".join([table.title, "", line(table.header), rule, *body, *table.notes])


def as_markdown(table: Table) -> str:
    """Set a table in Markdown, the best of each row in bold."""
    align = "|".join(":--" if i in table.words else "--:" for i in range(len(table.header)))
    lines = [f"**{table.title}**", "", f"| {' | '.join(table.header)} |", f"|{align}|"]
    for row, best in zip(table.rows, table.best, strict=True):
        cells = [f"**{cell}**" if i in best else cell for i, cell in enumerate(row)]
        lines.append(f"| {' | '.join(cells)} |")
    for note in table.notes:
        lines += ["", note]
    return "\n".join(lines) + "\n"


def as_csv(results: Results, metric: str) -> str:
    """Return a metric as CSV: one row per AU and one for the mean, values in [0, 1]."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    methods = list(results.methods)
    writer.writerow(["au", "base_rate", *methods])
    columns = [results.methods[method][metric] for method in methods]
    for index, au in enumerate(results.aus):
        cells = [_csv_number(column.per_au[index]) for column in columns]
        writer.writerow([au, _csv_number(results.base_rate[index]), *cells])
    mean_rate = _csv_number(mean_over_aus(results.base_rate))
    writer.writerow(["mean", mean_rate, *(_csv_number(column.mean) for column in columns)])
    return buffer.getvalue()


def _csv_number(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.6f}"
