"""Opening an experiment: its methods in order, its data, its run, and what is trained elsewhere."""

import dataclasses
import sys
from collections.abc import Mapping, Sequence

from au_jax.errors import InputError
from au_jax.methods.method import PRETRAINING, TRANSFER, FoldRun
from au_jax.methods.registry import in_order, resolve
from au_jax.pipeline.data import OtherData, open_protocol, other_data
from au_jax.protocol.folds import Fold, validation_split
from au_jax.protocol.scenarios import Protocol, fold_count
from au_jax.runs.configuration import open_run
from au_jax.runs.layout import RunFolder
from au_jax.settings import Experiment, check_experiment


@dataclasses.dataclass(frozen=True)
class OpenedExperiment:
    """An experiment whose data are there.

    Attributes:
        experiment: the settings.
        methods: those to run, each after what it builds on.
        protocol: data and folds.
        run: where results go.
        other: the runs on other data, by what the methods call them.
        loader_workers: processes that read faces for training.
    """

    experiment: Experiment
    methods: list[str]
    protocol: Protocol
    run: RunFolder
    other: Mapping[str, FoldRun]
    loader_workers: int

    def fold(self, number: int) -> FoldRun:
        """Return a fold of the protocol, from 0."""
        name = self.protocol.fold_names[number]
        return self._part(self.protocol.folds[number], number, self.run.fold(number).name, name)

    def on_all_subjects(self) -> FoldRun:
        """Return the training on all subjects but those that validate, which tests nobody.

        Its seeds come after those of the folds and of other data.
        """
        protocol = self.experiment.protocol
        split = validation_split(
            self.protocol.dataset.frames.subject,
            validation_share=protocol.validation_share,
            seed=protocol.seed,
        )
        number = fold_count(protocol) + len((PRETRAINING, TRANSFER))
        return self._part(split, number, self.run.final.name, "final")

    def _part(self, fold: Fold, number: int, folder: str, name: str) -> FoldRun:
        return FoldRun(
            self.experiment,
            self.protocol.dataset,
            fold,
            number,
            self.run.path / folder,
            name=name,
            other=self.other,
            loader_workers=self.loader_workers,
        )


def open_experiment(
    experiment: Experiment,
    *,
    data_dir: str,
    workdir: str,
    methods: Sequence[str] | None = None,
    loader_workers: int = 0,
) -> OpenedExperiment:
    """Open the data of an experiment and the folder of its run.

    Args:
        experiment: what to run.
        data_dir: folder of the prepared data sets.
        workdir: folder of all runs.
        methods: the methods to run; None for those of the experiment whose other data are there.
        loader_workers: processes that read faces for training.

    Raises:
        InputError: for settings, data or a work directory that cannot be used.
    """
    check_experiment(experiment)
    ordered = in_order(methods or experiment.methods, experiment)
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
        first_number=fold_count(experiment.protocol),
        loader_workers=loader_workers,
    )
    return OpenedExperiment(experiment, ordered, protocol, run, on_other_data, loader_workers)


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
