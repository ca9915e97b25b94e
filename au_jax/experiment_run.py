"""One experiment from its settings to its report: data, folds, methods, results."""

import dataclasses
from collections.abc import Sequence

from etils import epath

from au_jax.config import Experiment, SyntheticConfig
from au_jax.datasets.dataset import Dataset, select_aus
from au_jax.datasets.folds import subject_folds, validation_split
from au_jax.datasets.registry import load_dataset
from au_jax.datasets.synthetic import prepare_synthetic, synthetic_name
from au_jax.errors import InputError
from au_jax.methods.fold_run import FoldRun
from au_jax.methods.registry import in_order, run_methods
from au_jax.reporting.page import write_report
from au_jax.reporting.results import collect, fold_directory, write_results
from au_jax.reporting.tables import as_text, metric_table
from au_jax.run_directory import open_run_directory


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
    experiment.validate()
    protocol = experiment.protocol
    ordered = in_order(methods or experiment.methods)
    if fold is not None and not 0 <= fold < protocol.folds:
        raise InputError(f"--fold is {fold}; allowed is 0 to {protocol.folds - 1}")
    dataset = _open_dataset(experiment, data_dir)
    if experiment.aus:
        dataset = select_aus(dataset, experiment.aus)
    directory = open_run_directory(workdir, experiment, dataset.digest)
    folds = subject_folds(
        dataset.frames.subject,
        folds=protocol.folds,
        validation_share=protocol.validation_share,
        seed=protocol.seed,
    )
    pretraining = None
    if "cnn" in ordered:
        pretraining = _pretraining(experiment, data_dir, directory, loader_workers)
    for number in range(protocol.folds) if fold is None else [fold]:
        run = FoldRun(
            experiment,
            dataset,
            folds[number],
            number,
            fold_directory(directory, number),
            name=f"fold {number + 1} of {protocol.folds}",
            pretraining=pretraining,
            loader_workers=loader_workers,
        )
        run_methods(run, ordered)
    results = collect(
        directory,
        experiment=experiment.name,
        dataset=experiment.dataset,
        folds=protocol.folds,
        methods=in_order([*experiment.methods, *ordered]),
    )
    write_results(directory, results)
    page = write_report(directory, results, dataset, list(results.methods))
    print(as_text(metric_table(results, "f1_frame")))
    return page


def _pretraining(
    experiment: Experiment, data_dir: str, directory: epath.Path, loader_workers: int
) -> FoldRun | None:
    """Return the run that trains the CNN on built-in faces for all folds, None if there is none."""
    settings = experiment.pretraining
    if not settings.steps:
        return None
    faces = _draw_faces(settings.synthetic, data_dir)
    protocol = experiment.protocol
    return FoldRun(
        dataclasses.replace(
            experiment,
            cnn=dataclasses.replace(
                experiment.cnn, steps=settings.steps, learning_rate=settings.learning_rate
            ),
        ),
        faces,
        validation_split(
            faces.frames.subject,
            validation_share=protocol.validation_share,
            seed=protocol.seed,
        ),
        number=protocol.folds,
        directory=directory / "pretraining",
        name="pretraining",
        loader_workers=loader_workers,
    )


def _open_dataset(experiment: Experiment, data_dir: str) -> Dataset:
    if experiment.dataset != "synthetic":
        return load_dataset(experiment.dataset, data_dir)
    return _draw_faces(experiment.synthetic, data_dir)


def _draw_faces(faces: SyntheticConfig, data_dir: str) -> Dataset:
    return prepare_synthetic(epath.Path(data_dir) / synthetic_name(faces), faces)
