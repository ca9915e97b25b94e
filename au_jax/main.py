"""Run an experiment: train and test its methods on each fold, and write the report.

    python -m au_jax.main --experiment=synthetic_3fold
    python -m au_jax.main --experiment=gft_10fold --experiment.cnn.learning_rate=1e-4 --fold=3

Running the same command again goes on where it was stopped; finished parts are not run again.
"""

import sys
from collections.abc import Sequence

from absl import flags
from etils import epath
from ml_collections import config_flags

from au_jax.command import execute
from au_jax.config import Experiment, setting_names
from au_jax.datasets.dataset import Dataset
from au_jax.errors import InputError
from au_jax.named_experiments import known_experiments, load_experiment


def run_experiment(
    experiment: Experiment,
    *,
    data_dir: str,
    workdir: str,
    fold: int | None = None,
    methods: Sequence[str] | None = None,
) -> epath.Path:
    """Run an experiment and return the path of its report page.

    Args:
        experiment: what to run.
        data_dir: folder of the prepared data sets.
        workdir: folder of all runs.
        fold: the only fold to run, from 0, or None for all.
        methods: the methods to run; None for those of the experiment.

    Raises:
        InputError: for settings, data or a work directory that cannot be used.
    """
    from au_jax.datasets.dataset import select_aus
    from au_jax.datasets.folds import subject_folds
    from au_jax.methods.fold_run import FoldRun
    from au_jax.methods.registry import in_order, run_methods
    from au_jax.reporting.page import write_report
    from au_jax.reporting.results import collect, fold_directory, write_results
    from au_jax.reporting.tables import as_text, metric_table
    from au_jax.run_directory import open_run_directory

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
    for number in range(protocol.folds) if fold is None else [fold]:
        run = FoldRun(experiment, dataset, folds[number], number, fold_directory(directory, number))
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
    print(f"\nreport: {page}")
    return page


def _open_dataset(experiment: Experiment, data_dir: str) -> Dataset:
    if experiment.dataset != "synthetic":
        from au_jax.datasets.registry import load_dataset

        return load_dataset(experiment.dataset, data_dir)
    from au_jax.datasets.synthetic import prepare_synthetic, synthetic_name

    faces = experiment.synthetic
    settings = {
        "preset": faces.preset.value,
        "subjects": faces.subjects,
        "recordings_per_subject": faces.recordings_per_subject,
        "seconds": faces.seconds,
        "face_size": faces.face_size,
        "seed": faces.seed,
    }
    return prepare_synthetic(epath.Path(data_dir) / synthetic_name(**settings), **settings)


def run(arguments: Sequence[str]) -> int:
    """Run the command.

    Args:
        arguments: command line, the program's name first.

    Returns:
        the exit code, see `au_jax.command`.
    """
    values = _define_flags(arguments)

    def body() -> None:
        experiment = values.experiment
        if not experiment.name:
            raise flags.Error(
                f"--experiment=NAME is missing; known are: {', '.join(known_experiments())}; "
                "synthetic_3fold needs no data"
            )
        if values.dataset:
            experiment.dataset = values.dataset
        run_experiment(
            experiment,
            data_dir=values.data_dir,
            workdir=values.workdir,
            fold=values.fold,
            methods=values.methods,
        )

    return execute(values, arguments, __doc__ or "", body)


def _define_flags(arguments: Sequence[str]) -> flags.FlagValues:
    values = _SettingFlags()

    def text(name: str, default: str | None, explanation: str) -> None:
        flags.DEFINE_string(name, default, explanation, flag_values=values)

    config_flags.DEFINE_config_dataclass(
        "experiment",
        Experiment(),
        "Name of an experiment or path of your own file; --experiment.cnn.learning_rate=1e-4 and "
        "the like change its settings: " + ", ".join(setting_names()) + ".",
        flag_values=values,
        sys_argv=list(arguments),
        parse_fn=_load,
    )
    text("dataset", None, "Prepared data set to use instead of the experiment's own.")
    text("data_dir", "data", "Folder of the prepared data sets.")
    text("workdir", "runs", "Folder of all runs.")
    flags.DEFINE_integer("fold", None, "Run this fold only, from 0.", flag_values=values)
    flags.DEFINE_list(
        "methods", None, "Run these methods only, and what they build on.", flag_values=values
    )
    return values


class _SettingFlags(flags.FlagValues):
    """Flags whose parsing names a setting that does not exist, instead of failing with a trace."""

    def __call__(self, argv: Sequence[str], known_only: bool = False) -> list[str]:
        try:
            return super().__call__(argv, known_only)
        except KeyError as error:
            settings = ", ".join(setting_names())
            raise flags.Error(f"{error.args[0]}; settings are: {settings}") from error


def _load(name: str) -> Experiment:
    try:
        return load_experiment(name)
    except InputError as error:
        raise ValueError(str(error)) from error  # absl shows it as an error of the flag


if __name__ == "__main__":
    sys.exit(run(sys.argv))
