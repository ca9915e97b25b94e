"""The part of a report on each action unit: charts, a table, and the same as a still figure."""

import dataclasses
from collections.abc import Mapping, Sequence

import markupsafe
import numpy as np
from etils import epath
from matplotlib.figure import Figure

from au_jax import facs
from au_jax.metrics.frame_based import Counts
from au_jax.reporting.charts import Chart, Curve
from au_jax.reporting.method_names import method_title
from au_jax.reporting.palette import colours_of, series_of
from au_jax.reporting.per_au.numbers import MethodNumbers, curves_csv, decisions_csv
from au_jax.reporting.results import Results
from au_jax.reporting.tables import Table, percent
from au_jax.reporting.templates import inline_figure
from au_jax.system import atomic_files

_HEADER = (
    "method",
    "threshold",
    "hits",
    "false alarms",
    "misses",
    "correct rejections",
    "precision",
    "recall",
    "F1",
    "AUC",
    "average precision",
)


@dataclasses.dataclass(frozen=True)
class AuDetail:
    """One action unit on the page.

    Attributes:
        title: its name, and the base rate.
        charts: ROC and precision-recall curves of all methods.
        table: decisions of all methods, counted.
    """

    title: str
    charts: tuple[Chart, ...]
    table: Table


@dataclasses.dataclass(frozen=True)
class PartDetails:
    """All action units of a part.

    Attributes:
        heading: which part; empty if there is one only.
        aus: the action units.
        figure: all curves, for print.
    """

    heading: str
    aus: Sequence[AuDetail]
    figure: markupsafe.Markup


def part_details(
    report: epath.Path,
    name: str,
    heading: str,
    results: Results,
    numbers: Mapping[str, MethodNumbers],
) -> PartDetails:
    """Write `decisions` and `decision_curves` of a part as files and return what the page shows.

    Args:
        report: the folder of the report.
        name: the end of the names of files; empty if there is one part.
        heading: which part; empty if there is one only.
        results: the numbers of its tables.
        numbers: the same of each method by AU, see `part_numbers`.
    """
    atomic_files.write_text(report / f"decisions{name}.csv", decisions_csv(results.aus, numbers))
    drawn = {method: found for method, found in numbers.items() if method != "always_present"}
    figure = inline_figure(
        report,
        f"decision_curves{name}",
        curves_figure(results.aus, drawn),
        alt="ROC and precision-recall curves of each action unit, a curve for each of "
        f"{', '.join(map(method_title, drawn))}; their areas are in the tables.",
        numbers=curves_csv(results.aus, drawn),
    )
    details = [
        AuDetail(
            title=f"{facs.describe(au)}, base rate {percent(results.base_rate[place])} %",
            charts=_charts(place, drawn, float(results.base_rate[place])),
            table=_table(facs.describe(au), place, numbers),
        )
        for place, au in enumerate(results.aus)
    ]
    return PartDetails(heading, details, figure)


def _charts(
    place: int, numbers: Mapping[str, MethodNumbers], base_rate: float
) -> tuple[Chart, ...]:
    series = series_of(list(numbers))
    roc, precision = [], []
    for method, found in numbers.items():
        curves = found.curves[place]
        if curves is None:
            continue
        name, colour = method_title(method), series[method]
        roc.append(Curve(name, colour, curves.false_positive_rate, curves.recall))
        precision.append(Curve(name, colour, curves.recall, curves.precision))
    if not roc:
        return ()
    chance = Curve("by chance", 5, np.array([0.0, 1.0]), np.full(2, base_rate), dashed=True)
    return (
        Chart("ROC", "false positive rate", "recall", roc, unit_square=True, diagonal=True),
        Chart("Precision and recall", "recall", "precision", [*precision, chance], True),
    )


def _table(name: str, place: int, numbers: Mapping[str, MethodNumbers]) -> Table:
    rows = []
    for method, found in numbers.items():
        areas = percent(found.auc[place]), percent(found.average_precision[place])
        for threshold, counts in (("0", found.at_zero), ("tuned", found.tuned)):
            if counts is not None:
                cells = _confusion(counts, place)
                rows.append((method_title(method), threshold, *cells, *areas))
    return Table(
        title=f"Decisions on {name}: frames, and rates in percent",
        header=_HEADER,
        rows=tuple(rows),
        best=(frozenset(),) * len(rows),
        words=frozenset({0, 1}),
    )


def _confusion(counts: Counts, place: int) -> tuple[str, ...]:
    hits = int(counts.true_positive[place])
    alarms = int(counts.false_positive[place])
    misses = int(counts.false_negative[place])
    rejections = int(counts.true_negative[place])
    counted = (f"{count:,}" for count in (hits, alarms, misses, rejections))
    rates = (
        _share(hits, hits + alarms),
        _share(hits, hits + misses),
        _share(2 * hits, 2 * hits + alarms + misses),
    )
    return (*counted, *rates)


def _share(part: int, whole: int) -> str:
    return percent(part / whole if whole else float("nan"))


def curves_figure(aus: Sequence[int], numbers: Mapping[str, MethodNumbers]) -> Figure:
    """Draw ROC (left) and precision against recall (right) of each AU, two AUs in a row."""
    rows = -(-len(aus) // 2)
    figure = Figure(figsize=(9, 2.4 * rows + 0.6))
    grid = figure.subplots(rows, 4, squeeze=False, sharex=True, sharey=True)
    figure.subplots_adjust(
        left=0.06, right=0.99, bottom=0.9 / (2.4 * rows + 0.6), top=0.93, wspace=0.12, hspace=0.35
    )
    colours = colours_of(list(numbers))
    for axis in grid.flat[2 * len(aus) :]:
        axis.set_axis_off()
    for place, au in enumerate(aus):
        roc, precision = grid.flat[2 * place], grid.flat[2 * place + 1]
        roc.plot([0, 1], [0, 1], color="#999999", lw=0.6)
        roc.set_title(f"{facs.column_name(au)}: ROC", fontsize="small")
        precision.set_title(f"{facs.column_name(au)}: precision, recall", fontsize="small")
        for method, found in numbers.items():
            curves = found.curves[place]
            if curves is None:
                continue
            style = {"color": colours[method], "lw": 1.0, "label": method_title(method)}
            roc.plot(curves.false_positive_rate, curves.recall, **style)
            precision.plot(curves.recall, curves.precision, **style)
    grid.flat[0].set(xlim=(0, 1), ylim=(0, 1.02))
    handles, labels = next(
        (found for axis in grid.flat if (found := axis.get_legend_handles_labels())[0]), ([], [])
    )
    if handles:
        figure.legend(handles, labels, loc="lower center", ncols=len(labels), fontsize="small")
    return figure
