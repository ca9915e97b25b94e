"""Several runs side by side on one page: a table and a figure for each metric."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from etils import epath
from matplotlib.figure import Figure

from au_jax.reporting.method_names import method_title
from au_jax.reporting.palette import colours_of
from au_jax.reporting.repeated_runs import RunValue, repeated_runs_table, run_values
from au_jax.reporting.results import METRIC_TITLES
from au_jax.reporting.section import Section
from au_jax.reporting.tables import as_markdown
from au_jax.reporting.templates import inline_figure, template
from au_jax.system import atomic_files


def write_comparison(
    directory: epath.Path, runs: Sequence[Sequence[Mapping[str, Any]]], *, per_au: bool = False
) -> epath.Path:
    """Write `index.html` into a folder, tables and figures as files beside it; return its path.

    Args:
        directory: the folder.
        runs: for each run its parts, as `read_results` gives them.
        per_au: whether each AU has a row of its own.
    """
    sections = []
    for metric, title in METRIC_TITLES.items():
        table = repeated_runs_table(runs, metric, per_au=per_au)
        atomic_files.write_text(directory / f"{metric}.md", as_markdown(table))
        values = run_values(runs, metric)
        figure = inline_figure(
            directory,
            metric,
            dots_figure(values, title),
            alt=f"{title} of each run as a dot, a row for each experiment and method; the numbers "
            "are in the table.",
            numbers=_csv(values),
        )
        text = "Each dot is a run, the stroke their mean; the mean over action units."
        sections.append(Section(title, text, figure, table))
    page = template("compare.html.jinja").render(sections=sections, runs=len(runs))
    atomic_files.write_text(directory / "index.html", page)
    return directory / "index.html"


def dots_figure(values: Sequence[RunValue], title: str) -> Figure:
    """Draw each run as a dot, experiments one below the other and methods within them."""
    rows = list(dict.fromkeys((value.experiment, value.method) for value in values))
    colours = colours_of(list(dict.fromkeys(value.method for value in values)))
    groups = list(dict.fromkeys(experiment for experiment, _ in rows))
    # A free row between two experiments, for the name of the next one.
    places = {row: -(i + 1.6 * groups.index(row[0])) for i, row in enumerate(rows)}
    height = 1.0 + 0.24 * (len(rows) + 1.6 * len(groups))
    figure = Figure(figsize=(8, height), layout="constrained")
    axis = figure.subplots()
    for row, y in places.items():
        found = [100 * v.value for v in values if (v.experiment, v.method) == row]
        colour = colours[row[1]]
        axis.plot(found, [y] * len(found), "o", ms=5, alpha=0.7, color=colour, label=" ".join(row))
        axis.plot(sum(found) / len(found), y, "|", ms=14, mew=2, color=colour)
    for group in groups:
        top = max(y for (experiment, _), y in places.items() if experiment == group)
        axis.annotate(
            group.replace("$", r"\$"),
            (0, top + 0.9),
            xycoords=("axes fraction", "data"),
            fontsize="small",
            weight="bold",
        )
    axis.set_yticks(list(places.values()), [method_title(method) for _, method in places])
    axis.tick_params(axis="y", length=0, labelsize="small")
    axis.set_xlabel(f"{title} in percent")
    axis.set_ylim(min(places.values()) - 0.8, 1.8)
    axis.grid(axis="x", color="#dddddd", lw=0.6)
    axis.set_axisbelow(True)
    axis.spines[["top", "right", "left"]].set_visible(False)
    return figure


def _csv(values: Sequence[RunValue]) -> str:
    """Return a row for each run, part and method; values in [0, 1]."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(["experiment", "run", "method", "mean"])
    for value in values:
        writer.writerow([value.experiment, value.run, value.method, f"{value.value:.6f}"])
    return buffer.getvalue()
