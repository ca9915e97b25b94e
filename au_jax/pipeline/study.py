"""Experiments that look at the runs of others: what those have left, what is missing, the page."""

import dataclasses
from collections.abc import Mapping, Sequence

from etils import epath

from au_jax.errors import InputError
from au_jax.methods.running import run_methods
from au_jax.pipeline.analyses.registry import (
    analyse,
    check_feature_files,
    check_needs,
    fold_view,
    sections_of,
)
from au_jax.pipeline.opening import open_experiment
from au_jax.reporting.learned.measured import Measured
from au_jax.reporting.study_page import write_study
from au_jax.runs.layout import RunFolder
from au_jax.settings import Experiment, check_experiment
from au_jax.settings.named import load_experiment


def run_study(
    experiment: Experiment,
    *,
    data_dir: str,
    workdir: str,
    fold: int | None = None,
    methods: Sequence[str] | None = None,
    feature_files: Mapping[str, str] | None = None,
    loader_workers: int = 0,
) -> epath.Path:
    """Look at the runs that an experiment names and return the path of its page.

    Their methods are trained where they are missing, with the settings of those experiments.

    Args:
        experiment: names the runs, the methods and the analyses.
        data_dir: folder of the prepared data sets.
        workdir: folder of all runs, those that are looked at among them.
        fold: whose networks and test people are looked at, from 0; None for the first.
        methods: those to look at; None for those of the experiment.
        feature_files: the user's own features of the frames, name to path of an `.npz`.
        loader_workers: processes that read faces for training.

    Raises:
        InputError: for settings, data or runs that cannot be used.
    """
    check_experiment(experiment)
    looked_at = tuple(methods or experiment.methods)
    names, fold = experiment.analyses.shown, fold or 0
    check_needs(names, looked_at)
    bases = [load_experiment(name) for name in experiment.looks_at]
    found: list[dict[str, Measured]] = []
    for base in bases:
        opened = open_experiment(
            dataclasses.replace(base, analyses=experiment.analyses),
            data_dir=data_dir,
            workdir=workdir,
            methods=looked_at,
            loader_workers=loader_workers,
        )
        count = len(opened.protocol.folds)
        if not 0 <= fold < count:
            raise InputError(f"--fold is {fold}; {base.name} allows 0 to {count - 1}")
        check_feature_files(opened, feature_files or {})
        run_methods(opened.fold(fold), opened.methods)
        view = fold_view(opened, fold, looked_at, experiment.analyses, feature_files or {})
        found.append(analyse(view, names, several=len(bases) > 1))
    report = RunFolder(epath.Path(workdir) / experiment.name).report
    drawn = any(data.is_drawn for base in bases for data in base.used_data().values())
    return write_study(
        report, experiment.name, sections_of(report, found), experiment.looks_at, drawn=drawn
    )
