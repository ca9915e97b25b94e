"""The report of a run: tables and figures as files, and one page that needs no other file."""

import json
from collections.abc import Sequence

import markupsafe
from etils import epath

from au_jax.datasets.dataset import Dataset
from au_jax.protocol.scenarios import Protocol
from au_jax.reporting import figures
from au_jax.reporting.learned.au_relations import au_relations_sections
from au_jax.reporting.part_report import write_part
from au_jax.reporting.patches.sections import patch_sections
from au_jax.reporting.reliability import reliability_sections
from au_jax.reporting.results import Results
from au_jax.reporting.sampling.sections import sampling_sections
from au_jax.reporting.section import Section
from au_jax.reporting.templates import inline_figure, template
from au_jax.reporting.timing import method_seconds, timing_line
from au_jax.runs.layout import RunFolder
from au_jax.runs.scores import load_scores
from au_jax.settings import Experiment
from au_jax.system import atomic_files

_RECORDINGS_SHOWN = 3


def write_report(
    run: RunFolder,
    results: Sequence[Results],
    experiment: Experiment,
    protocol: Protocol,
    learned: Sequence[Section] = (),
) -> epath.Path:
    """Write `report/` into the work directory and return the path of its `index.html`.

    Args:
        run: the folder of the run; configuration and environment are read from it.
        results: the numbers of each part of the protocol.
        experiment: the settings.
        protocol: data and folds; gives the faces of the examples.
        learned: what analyses of the networks show; their figures are there.
    """
    report = run.report
    methods = list(dict.fromkeys(method for part in results for method in part.methods))
    several = len(protocol.parts) > 1
    parts = [write_part(report, part, experiment, several=several) for part in results]
    curves = figures.learning_curves(run, protocol.fold_names, methods)
    page = template("page.html.jinja").render(
        experiment=experiment.name,
        parts=parts,
        action_units=len(protocol.dataset.aus),
        complete=len(results) == len(protocol.parts)
        and all(part.folds_done == part.folds for part in results),
        synthetic=experiment.data.is_drawn or experiment.test_data.is_drawn,
        sampling=sampling_sections(run, results, experiment, protocol),
        learned=[*au_relations_sections(run, protocol.parts, methods), *learned],
        patches=patch_sections(run, protocol),
        probabilities=reliability_sections(run, results, len(protocol.folds)),
        curves=inline_figure(report, "learning_curves", curves) if curves else None,
        timelines=_timelines(run, len(protocol.folds), protocol.dataset, methods),
        timing=timing_line(method_seconds(run, methods)),
        config=json.loads(run.config.read_text()),
        environment=json.loads(run.environment.read_text()),
    )
    atomic_files.write_text(report / "index.html", page)
    return report / "index.html"


def _timelines(
    run: RunFolder, folds: int, dataset: Dataset, methods: Sequence[str]
) -> list[markupsafe.Markup]:
    """Draw recordings of the first fold that has scores of the drawn methods."""
    drawn = [method for method in methods if method in figures.COLOURS]
    for fold in range(folds):
        files = {method: run.method(fold, method).test_scores for method in drawn}
        if not drawn or not all(file.exists() for file in files.values()):
            continue
        scores = {method: load_scores(file) for method, file in files.items()}
        shown = figures.most_varied_recordings(next(iter(scores.values())), _RECORDINGS_SHOWN)
        return [
            inline_figure(
                run.report,
                f"timeline_{number}",
                figures.recording_timeline(dataset, scores, recording),
            )
            for number, recording in enumerate(shown, start=1)
        ]
    return []
