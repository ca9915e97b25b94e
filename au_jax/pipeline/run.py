"""One experiment from its settings to its report: data, folds, methods, results."""

import dataclasses
import sys
from collections.abc import Sequence

from etils import epath

from au_jax.datasets.dataset import Dataset, select_aus
from au_jax.datasets.prepared.finding import dataset_directory
from au_jax.errors import InputError
from au_jax.methods.fold_run import FoldRun
from au_jax.methods.registry import METHODS, in_order, run_methods
from au_jax.pipeline.data import draw_faces, open_dataset, open_protocol
from au_jax.protocol.folds import validation_split
from au_jax.protocol.scenarios import Protocol, fold_count
from au_jax.reporting.page import write_report
from au_jax.reporting.part_report import part_table
from au_jax.reporting.results import collect_parts, fold_directory, write_results
from au_jax.reporting.tables import as_text
from au_jax.reporting.timing import method_seconds, timing_line
from au_jax.runs.configuration import open_run_directory
from au_jax.settings import check_experiment
from au_jax.settings import Experiment


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
    ordered = in_order(methods or experiment.methods)
    count = fold_count(experiment.protocol)
    if fold is not None and not 0 <= fold < count:
        raise InputError(f"--fold is {fold}; allowed is 0 to {count - 1}")
    if "anet_t" in ordered and not (experiment.transfer_dataset or experiment.pretraining.steps):
        raise InputError(
            "the method anet_t takes features of a CNN that was trained on another data set; name "
            "it with --experiment.transfer_dataset=…, or set --experiment.pretraining.steps"
        )
    protocol = open_protocol(experiment, data_dir)
    if not methods:
        ordered = in_order(_possible(experiment, data_dir))
    directory = open_run_directory(workdir, experiment, protocol.dataset.digest)
    on_other_data = {
        name: dataclasses.replace(run, loader_workers=loader_workers)
        for name, run in _runs_on_other_data(experiment, ordered, data_dir, directory).items()
    }
    for number in range(count) if fold is None else [fold]:
        run = FoldRun(
            experiment,
            protocol.dataset,
            protocol.folds[number],
            number,
            fold_directory(directory, number),
            name=protocol.fold_names[number],
            loader_workers=loader_workers,
            **on_other_data,
        )
        run_methods(run, ordered)
    return _report(experiment, protocol, directory, in_order([*experiment.methods, *ordered]))


def _report(
    experiment: Experiment, protocol: Protocol, directory: epath.Path, methods: Sequence[str]
) -> epath.Path:
    """Write the results of what is there and the page, print the tables, return the page's path."""
    results = collect_parts(
        directory, experiment=experiment.name, parts=protocol.parts, methods=methods
    )
    write_results(directory, results)
    page = write_report(directory, results, experiment, protocol)
    for part in results:
        print(as_text(part_table(part, "f1_frame")), end="\n\n")
    if timing := timing_line(method_seconds(directory, len(protocol.folds), list(METHODS))):
        print(timing)
    return page


def _runs_on_other_data(
    experiment: Experiment, methods: Sequence[str], data_dir: str, directory: epath.Path
) -> dict[str, FoldRun]:
    """Return the runs that methods build on beside the fold's own data, by attribute of `FoldRun`.

    They are numbered after the folds, so that their seeds are their own.
    """
    runs, number = {}, fold_count(experiment.protocol)
    borrows = "anet_t" in methods and _transfers_pretrained(experiment)
    trains = any(method.startswith("cnn") for method in methods)
    if experiment.pretraining.steps and (trains or borrows):
        runs["pretraining"] = _pretraining(experiment, data_dir, directory, number)
    if borrows:
        runs["transfer"] = runs["pretraining"]
    elif "anet_t" in methods:
        runs["transfer"] = _transfer(experiment, data_dir, directory, number + 1)
    return runs


def _transfers_pretrained(experiment: Experiment) -> bool:
    """Return whether `anet_t` takes the CNN that pretraining gives."""
    return not experiment.transfer_dataset and experiment.pretraining.steps > 0


def _possible(experiment: Experiment, data_dir: str) -> list[str]:
    """Return the experiment's methods, without `anet_t` if its other data set is not there."""
    name = experiment.transfer_dataset
    if (
        "anet_t" not in experiment.methods
        or name == "synthetic"
        or _transfers_pretrained(experiment)
        or (name and dataset_directory(name, data_dir).exists())
    ):
        return list(experiment.methods)
    print(f"anet_t is left out: there is no prepared data set '{name}'", file=sys.stderr)
    return [method for method in experiment.methods if method != "anet_t"]


def _pretraining(
    experiment: Experiment, data_dir: str, directory: epath.Path, number: int
) -> FoldRun:
    """Return the run, after those of the folds, that trains the CNN on built-in faces for all."""
    settings = experiment.pretraining
    changed = dataclasses.replace(
        experiment.cnn, steps=settings.steps, learning_rate=settings.learning_rate
    )
    return _run_on_all(
        dataclasses.replace(experiment, cnn=changed),
        draw_faces(settings.synthetic, data_dir),
        number,
        directory / "pretraining",
    )


def _transfer(experiment: Experiment, data_dir: str, directory: epath.Path, number: int) -> FoldRun:
    """Return the run that trains a CNN on another data set, whose features `anet_t` takes."""
    dataset = open_dataset(experiment.transfer_dataset, experiment.transfer_synthetic, data_dir)
    shared = [au for au in experiment.aus if au in dataset.aus]
    chosen = select_aus(dataset, shared) if shared else dataset
    return _run_on_all(experiment, chosen, number, directory / "transfer")


def _run_on_all(
    experiment: Experiment, dataset: Dataset, number: int, directory: epath.Path
) -> FoldRun:
    """Return a run that trains on all subjects but those that validate, and tests nobody."""
    return FoldRun(
        experiment,
        dataset,
        validation_split(
            dataset.frames.subject,
            validation_share=experiment.protocol.validation_share,
            seed=experiment.protocol.seed,
        ),
        number=number,
        directory=directory,
        name=directory.name,
    )
