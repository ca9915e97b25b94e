"""The report of a run: tables and figures as files, and one page that needs no other file."""

import json
from collections.abc import Sequence

import markupsafe
from etils import epath

from au_jax import atomic_files
from au_jax.datasets.dataset import Dataset
from au_jax.methods.fold_run import load_scores, scores_file
from au_jax.reporting import figures, tables
from au_jax.reporting.results import METRIC_TITLES, Results, fold_directory
from au_jax.reporting.templates import inline_figure, template

_RECORDINGS_SHOWN = 3


def write_report(
    directory: epath.Path, results: Results, dataset: Dataset, methods: Sequence[str]
) -> epath.Path:
    """Write `report/` into the work directory and return the path of its `index.html`.

    Args:
        directory: `<workdir>/<experiment>`; configuration and environment are read from it.
        results: the numbers.
        dataset: gives the faces of the examples.
        methods: methods whose training and scores are drawn.
    """
    report = directory / "report"
    set_tables = {metric: tables.metric_table(results, metric) for metric in METRIC_TITLES}
    for metric, table in set_tables.items():
        atomic_files.write_text(report / f"{metric}.csv", tables.as_csv(results, metric))
        atomic_files.write_text(report / f"{metric}.md", tables.as_markdown(table))
    curves = figures.learning_curves(directory, results.folds, methods)
    page = template("page.html.jinja").render(
        results=results,
        tables=set_tables,
        synthetic=results.dataset == "synthetic",
        curves=inline_figure(report, "learning_curves", curves) if curves else None,
        timelines=_timelines(directory, report, results, dataset, methods),
        config=json.loads((directory / "config.json").read_text()),
        environment=json.loads((directory / "environment.json").read_text()),
    )
    atomic_files.write_text(report / "index.html", page)
    return report / "index.html"


def _timelines(
    directory: epath.Path,
    report: epath.Path,
    results: Results,
    dataset: Dataset,
    methods: Sequence[str],
) -> list[markupsafe.Markup]:
    """Draw recordings of the first fold that has scores of the drawn methods."""
    drawn = [method for method in methods if method in figures.COLOURS]
    for fold in range(results.folds):
        files = {m: scores_file(fold_directory(directory, fold), m) for m in drawn}
        if not drawn or not all(file.exists() for file in files.values()):
            continue
        scores = {method: load_scores(file) for method, file in files.items()}
        shown = figures.most_varied_recordings(next(iter(scores.values())), _RECORDINGS_SHOWN)
        return [
            inline_figure(
                report,
                f"timeline_{number}",
                figures.recording_timeline(dataset, scores, recording),
            )
            for number, recording in enumerate(shown, start=1)
        ]
    return []
