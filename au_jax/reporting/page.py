"""The report of a run: tables and figures as files, and one page that needs no other file."""

import json
from collections.abc import Sequence

from etils import epath

from au_jax.protocol.scenarios import Protocol
from au_jax.reporting import figures
from au_jax.reporting.learned.au_relations import au_relations_sections
from au_jax.reporting.part_report import PartReport, write_part
from au_jax.reporting.patches.sections import patch_sections
from au_jax.reporting.per_au.details import PartDetails, part_details
from au_jax.reporting.per_au.numbers import part_numbers
from au_jax.reporting.reliability import reliability_sections
from au_jax.reporting.results import Results
from au_jax.reporting.sampling.sections import sampling_sections
from au_jax.reporting.section import Section
from au_jax.reporting.templates import inline_figure, template
from au_jax.reporting.timeline.section import recordings_section
from au_jax.reporting.timing import timing_table
from au_jax.runs.layout import RunFolder
from au_jax.settings import Experiment
from au_jax.system import atomic_files


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
    page = template("report.html.jinja").render(
        experiment=experiment.name,
        parts=parts,
        action_units=len(protocol.dataset.aus),
        complete=len(results) == len(protocol.parts)
        and all(part.folds_done == part.folds for part in results),
        synthetic=experiment.data.is_drawn or experiment.test_data.is_drawn,
        details=[_details(run, protocol, part) for part in parts],
        recordings=recordings_section(run, protocol, methods),
        curves=_learning(run, protocol.fold_names, methods),
        probabilities=reliability_sections(run, results, len(protocol.folds)),
        sampling=sampling_sections(run, results, experiment, protocol),
        learned=[*au_relations_sections(run, protocol.parts, methods), *learned],
        patches=patch_sections(run, protocol),
        timing=timing_table(run, methods, protocol.fold_names),
        config=json.loads(run.config.read_text()),
        environment=json.loads(run.environment.read_text()),
    )
    atomic_files.write_text(report / "index.html", page)
    return report / "index.html"


def _details(run: RunFolder, protocol: Protocol, part: PartReport) -> PartDetails:
    results = part.results
    tested = next(
        tested
        for tested in protocol.parts
        if (tested.trained_on, tested.tested_on) == (results.trained_on, results.dataset)
    )
    numbers = part_numbers(run, tested, results)
    return part_details(run.report, part.file_ending, part.heading, results, numbers)


def _learning(run: RunFolder, fold_names: Sequence[str], methods: Sequence[str]) -> Section | None:
    logs = figures.training_logs(run, len(fold_names), methods)
    if not logs:
        return None
    figure = figures.learning_curves(logs, fold_names)
    return Section(
        heading="",
        text="What validation subjects gave at each evaluation of a training; dashed the loss of "
        "the training batches, with dropout. A choice of folds: click on their names.",
        figure=inline_figure(run.report, "learning_curves", figure),
        charts=figures.learning_charts(logs, fold_names),
    )
