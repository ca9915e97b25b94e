"""What probabilities are worth: how often an AU is there when a detector is so sure of it."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from au_jax.metrics import mean_over_aus
from au_jax.metrics.calibration import BINS, Reliability, reliability
from au_jax.reporting.charts import Chart, Curve
from au_jax.reporting.method_names import method_title
from au_jax.reporting.palette import colours_of, series_of
from au_jax.reporting.results import Results
from au_jax.reporting.section import Section
from au_jax.reporting.tables import Table, part_name, percent
from au_jax.reporting.templates import inline_figure
from au_jax.runs.layout import RunFolder
from au_jax.runs.scores import load_scores, pooled

_TEXT = (
    "A method's score becomes a probability by a logistic curve, fitted for each action unit to "
    "the validation subjects of the fold (Platt 1999). Here the tested people decide what these "
    "probabilities are worth: a curve on the diagonal means that of the frames that are called "
    "70 per cent likely, 70 per cent show the action unit. Each dot is a tenth of the scale, "
    "all action units together. The expected calibration error is the mean distance from the "
    "diagonal."
)


def reliability_sections(run: RunFolder, results: Sequence[Results], folds: int) -> list[Section]:
    """Return the section of a report; none if no method is calibrated.

    Args:
        run: the folder of the run; the figure is written into its report.
        results: the numbers of each part of the protocol.
        folds: number of folds of the protocol.
    """
    methods = list(dict.fromkeys(method for part in results for method in part.methods))
    curves = {method: _curve(run, method, folds) for method in methods}
    found = {method: curve for method, curve in curves.items() if curve is not None}
    if not found:
        return []
    figure = inline_figure(run.report, "reliability", reliability_diagram(found))
    tables = [_table(part) for part in results]
    chart = reliability_chart(found)
    sections = [Section("What probabilities are worth", _TEXT, figure, tables[0], charts=(chart,))]
    return sections + [Section(table.title, "", table=table) for table in tables[1:]]


def _curve(run: RunFolder, method: str, folds: int) -> Reliability | None:
    files = [run.method(fold, method).test_scores for fold in range(folds)]
    scores = [load_scores(file) for file in files if file.exists()]
    if not scores or all(np.isnan(part.probabilities).all() for part in scores):
        return None
    together = pooled(scores)
    return reliability(together.labels, together.probabilities)


def reliability_chart(curves: Mapping[str, Reliability]) -> Chart:
    """Return what is said against what is so."""
    series = series_of(list(curves))
    return Chart(
        "Reliability",
        "probability that is said",
        "share with the action unit",
        [
            Curve(
                f"{method_title(method)} ({percent(curve.error)})",
                series[method],
                curve.said[curve.count > 0],
                curve.present[curve.count > 0],
            )
            for method, curve in curves.items()
        ],
        unit_square=True,
        diagonal=True,
        dots=True,
    )


def reliability_diagram(curves: Mapping[str, Reliability]) -> Figure:
    """Draw what is said against what is so, and how often it is said."""
    figure = Figure(figsize=(5.2, 5.6), layout="constrained")
    upper, lower = figure.subplots(2, 1, height_ratios=[3, 1], sharex=True)
    upper.plot([0, 1], [0, 1], color="#999999", lw=0.8)
    colours = colours_of(list(curves))
    edges = np.linspace(0, 1, BINS + 1)
    for method, curve in curves.items():
        there = curve.count > 0
        colour, name = colours[method], method_title(method)
        (line,) = upper.plot(curve.said[there], curve.present[there], "o-", ms=3, color=colour)
        line.set_label(f"{name} ({percent(curve.error)})")
        lower.stairs(curve.count / max(curve.count.sum(), 1), edges, color=line.get_color())
    upper.set_ylabel("share of frames with the action unit")
    upper.legend(fontsize="small", frameon=False, title="expected calibration error, per cent")
    upper.set_aspect("equal")
    lower.set_xlabel("probability that is said")
    lower.set_ylabel("share")
    return figure


def _table(results: Results) -> Table:
    rows = []
    methods = [m for m, by in results.methods.items() if not np.isnan(by["f1_frame_tuned"].mean)]
    for method in methods:
        by_metric = results.methods[method]
        cells = [by_metric[name].mean for name in ("f1_frame", "f1_frame_tuned")]
        error = mean_over_aus(by_metric["calibration_error"].per_au)
        rows.append((method_title(method), *map(percent, cells), percent(error)))
    return Table(
        title=f"Thresholds and probabilities, means over AUs in percent, {part_name(results)}",
        header=("method", "F1-frame, threshold 0", "F1-frame, tuned", "calibration error"),
        rows=tuple(rows),
        best=(frozenset(),) * len(rows),
        notes=("Thresholds are those of the highest F1-frame on the validation subjects.",),
    )
