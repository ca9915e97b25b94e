"""One experiment from its settings to its report: data, folds, methods, results."""

import sys
from collections.abc import Mapping, Sequence

from etils import epath

from au_jax.errors import InputError
from au_jax.methods.method import PRETRAINING, TRANSFER, FoldRun
from au_jax.methods.registry import in_order, resolve
from au_jax.methods.running import run_methods
from au_jax.pipeline.data import OtherData, open_protocol, other_data
from au_jax.protocol.folds import validation_split
from au_jax.protocol.scenarios import Protocol, fold_count
from au_jax.reporting.page import write_report
from au_jax.reporting.part_report import part_table
from au_jax.reporting.results import collect_parts, write_results
from au_jax.reporting.tables import as_text
from au_jax.reporting.timing import method_seconds, timing_line
from au_jax.runs.configuration import open_run
from au_jax.runs.layout import RunFolder
from au_jax.settings import Experiment, check_experiment


def run_experiment(
    experiment: Experiment,
    *,
    data_dir: str,
    workdir: str,
    fold: int | None = None,
    methods: Sequence[str] | None = None,
    loader_workers: int = 0,
) -> epath.Path:
    """Run an experiment and return the path of its report page.

    Args:
        experiment: what to run.
        data_dir: folder of the prepared data sets.
        workdir: folder of all runs.
        fold: the only fold to run, from 0, or None for all.
        methods: the methods to run; None for those of the experiment.
        loader_workers: processes that read faces for training, 0 for threads of this one; never
            changes results.

    Raises:
        InputError: for settings, data or a work directory that cannot be used.
    """
    check_experiment(experiment)
    ordered = in_order(methods or experiment.methods, experiment)
    count = fold_count(experiment.protocol)
    if fold is not None and not 0 <= fold < count:
        raise InputError(f"--fold is {fold}; allowed is 0 to {count - 1}")
    others = {name: _other_data(name, experiment) for name in ordered}
    protocol = open_protocol(experiment, data_dir)
    if not methods:
        there = [name for name in experiment.methods if _is_possible(name, others[name], data_dir)]
        ordered = in_order(there, experiment)
    run = open_run(workdir, experiment, protocol.dataset.digest)
    on_other_data = _runs_on_other_data(
        {data: other for name in ordered for data, other in others[name].items()},
        run,
        data_dir=data_dir,
        first_number=count,
        loader_workers=loader_workers,
    )
    for number in range(count) if fold is None else [fold]:
        part = FoldRun(
            experiment,
            protocol.dataset,
            protocol.folds[number],
            number,
            run.fold(number),
            name=protocol.fold_names[number],
            other=on_other_data,
            loader_workers=loader_workers,
        )
        run_methods(part, ordered)
    return _report(experiment, protocol, run, in_order([*experiment.methods, *ordered], experiment))


def _report(
    experiment: Experiment, protocol: Protocol, run: RunFolder, methods: Sequence[str]
) -> epath.Path:
    """Write the results of what is there and the page, print the tables, return the page's path."""
    results = collect_parts(run, experiment=experiment, parts=protocol.parts, methods=methods)
    write_results(run, results)
    page = write_report(run, results, experiment, protocol)
    for part in results:
        print(as_text(part_table(part, "f1_frame")), end="\n\n")
    if timing := timing_line(method_seconds(run, methods)):
        print(timing)
    return page


def _other_data(name: str, experiment: Experiment) -> dict[str, OtherData]:
    """Return the other data that a method builds on, by what the method calls them.

    Raises:
        InputError: if it cannot do without and the experiment has none.
    """
    found = {}
    for source in resolve(name, experiment).method.builds_on:
        other = other_data(source.data, experiment) if source.data else None
        if other is not None:
            found[source.data] = other
        elif source.data and not source.optional:
            raise InputError(
                f"the method {name} takes features of a CNN that was trained on another data set; "
                "name it with --experiment.transfer_data.name=…, or set "
                "--experiment.pretraining.steps"
            )
    return found


def _is_possible(name: str, others: Mapping[str, OtherData], data_dir: str) -> bool:
    """Return whether the other data of a method are there, and say so if they are not."""
    for data, other in others.items():
        if data == TRANSFER and not other.is_there(data_dir):
            print(
                f"{name} is left out: there is no prepared data set '{other.data.name}'",
                file=sys.stderr,
            )
            return False
    return True


def _runs_on_other_data(
    others: Mapping[str, OtherData],
    run: RunFolder,
    *,
    data_dir: str,
    first_number: int,
    loader_workers: int,
) -> dict[str, FoldRun]:
    """Return the runs that train on all subjects but those that validate, and test nobody.

    They are numbered after the folds, so that their seeds are their own.
    """
    by_place: dict[str, FoldRun] = {}
    for other in others.values():
        if other.place in by_place:
            continue
        dataset, protocol = other.open(data_dir), other.experiment.protocol
        split = validation_split(
            dataset.frames.subject,
            validation_share=protocol.validation_share,
            seed=protocol.seed,
        )
        by_place[other.place] = FoldRun(
            other.experiment,
            dataset,
            split,
            first_number + (PRETRAINING, TRANSFER).index(other.place),
            run.other_data(other.place),
            name=other.place,
            loader_workers=loader_workers,
        )
    return {data: by_place[other.place] for data, other in others.items()}
