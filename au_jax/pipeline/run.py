"""One experiment from its settings to its report: data, folds, methods, results."""

from collections.abc import Mapping, Sequence

from etils import epath

from au_jax.errors import InputError
from au_jax.methods.registry import in_order
from au_jax.methods.running import run_methods
from au_jax.pipeline.analyses.registry import (
    analyse,
    check_feature_files,
    fold_view,
    sections_of,
)
from au_jax.pipeline.opening import OpenedExperiment, open_experiment
from au_jax.protocol.scenarios import fold_count
from au_jax.reporting.page import write_report
from au_jax.reporting.part_report import part_table
from au_jax.reporting.results import collect_parts, write_results
from au_jax.reporting.section import Section
from au_jax.reporting.tables import as_text
from au_jax.reporting.timing import method_seconds, timing_line
from au_jax.settings import Experiment


def run_experiment(
    experiment: Experiment,
    *,
    data_dir: str,
    workdir: str,
    fold: int | None = None,
    methods: Sequence[str] | None = None,
    feature_files: Mapping[str, str] | None = None,
    loader_workers: int = 0,
) -> epath.Path:
    """Run an experiment and return the path of its report page.

    Args:
        experiment: what to run.
        data_dir: folder of the prepared data sets.
        workdir: folder of all runs.
        fold: the only fold to run, from 0, or None for all.
        methods: the methods to run; None for those of the experiment.
        feature_files: the user's own features of the frames, name to path of an `.npz`, for
            `analyses.shown`.
        loader_workers: processes that read faces for training, 0 for threads of this one; never
            changes results.

    Raises:
        InputError: for settings, data or a work directory that cannot be used.
    """
    count = fold_count(experiment.protocol)
    if fold is not None and not 0 <= fold < count:
        raise InputError(f"--fold is {fold}; allowed is 0 to {count - 1}")
    opened = open_experiment(
        experiment,
        data_dir=data_dir,
        workdir=workdir,
        methods=methods,
        loader_workers=loader_workers,
    )
    check_feature_files(opened, feature_files or {})
    for number in range(count) if fold is None else [fold]:
        run_methods(opened.fold(number), opened.methods)
    listed = in_order([*experiment.methods, *opened.methods], experiment)
    learned = _learned(opened, listed, fold or 0, feature_files or {})
    return _report(opened, listed, learned)


def _learned(
    opened: OpenedExperiment, methods: Sequence[str], fold: int, feature_files: Mapping[str, str]
) -> list[Section]:
    """Return what the analyses of the experiment show of a fold's networks."""
    config = opened.experiment.analyses
    view = fold_view(opened, fold, methods, config, feature_files)
    return sections_of(opened.run.report, [analyse(view, config.shown, several=False)])


def _report(
    opened: OpenedExperiment, methods: Sequence[str], learned: Sequence[Section]
) -> epath.Path:
    """Write the results of what is there and the page, print the tables, return the page's path."""
    run, experiment, protocol = opened.run, opened.experiment, opened.protocol
    results = collect_parts(run, experiment=experiment, parts=protocol.parts, methods=methods)
    write_results(run, results)
    page = write_report(run, results, experiment, protocol, learned)
    for part in results:
        print(as_text(part_table(part, "f1_frame")), end="\n\n")
    if timing := timing_line(method_seconds(run, methods)):
        print(timing)
    return page
