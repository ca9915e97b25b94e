"""Run an experiment: train and test its methods on each fold, and write the report.

    python -m au_jax.main --experiment=synthetic_3fold
    python -m au_jax.main --experiment=gft_10fold --experiment.cnn.learning_rate=1e-4 --fold=3
    python -m au_jax.main --experiment=label_balance --labels=FILE.csv

Running the same command again goes on where it was stopped; finished parts are not run again.
"""

import sys
from collections.abc import Sequence

from absl import flags
from ml_collections import config_flags

from au_jax.errors import InputError
from au_jax.settings import Experiment, setting_names
from au_jax.settings.named import known_experiments, load_experiment
from au_jax.system.command import execute

LABEL_BALANCE = "label_balance"
"""The experiment that measures labels instead of training."""

_LABEL_FLAGS = ("labels", "label_columns", "minus_one")
_LOADER_WORKERS = "Processes that read faces, 0 for threads of this one; never changes results."


def run(arguments: Sequence[str]) -> int:
    """Run the command.

    Args:
        arguments: command line, the program's name first.

    Returns:
        the exit code, see `au_jax.system.command`.
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
        _check_label_flags(values)
        run_one = _run_label_balance if experiment.name == LABEL_BALANCE else _run_experiment
        print(f"\nreport: {run_one(values)}")

    return execute(values, arguments, __doc__ or "", body)


def _run_experiment(values: flags.FlagValues) -> object:
    # Only now: --help and wrong flags need none of the libraries below.
    from au_jax.pipeline.run import run_experiment

    return run_experiment(
        values.experiment,
        data_dir=values.data_dir,
        workdir=values.workdir,
        fold=values.fold,
        methods=values.methods,
        loader_workers=values.loader_workers,
    )


def _run_label_balance(values: flags.FlagValues) -> object:
    from au_jax.datasets.raw.multi_label_csv import MinusOne
    from au_jax.pipeline.label_balance import LabelFile, run_label_balance

    file = None
    if values.labels is not None:
        minus_one = MinusOne(values.minus_one) if values.minus_one else None
        file = LabelFile(values.labels, values.label_columns, minus_one)
    return run_label_balance(
        values.experiment, data_dir=values.data_dir, workdir=values.workdir, file=file
    )


def _check_label_flags(values: flags.FlagValues) -> None:
    """Refuse flags that the experiment has no use for."""
    given = [name for name in _LABEL_FLAGS if values[name].value is not None]
    if values.experiment.name != LABEL_BALANCE:
        if given:
            raise flags.Error(
                f"--{given[0]} is for --experiment={LABEL_BALANCE} only; experiment "
                f"'{values.experiment.name}' takes a prepared data set: --dataset=NAME"
            )
        return
    if given and "labels" not in given:
        raise flags.Error(f"--{given[0]} needs the file it is about: --labels=FILE.csv")
    if given and values.dataset:
        raise flags.Error("--labels and --dataset were both given; measure one of them at a time")
    for name in ("fold", "methods"):
        if values[name].value is not None:
            raise flags.Error(f"--{name} is of no use to {LABEL_BALANCE}, which trains nothing")


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
    text("labels", None, f"CSV file with labels, for --experiment={LABEL_BALANCE} only.")
    flags.DEFINE_list(
        "label_columns",
        None,
        "Columns of --labels that are labels; by default all that hold 1, 0, 9 or nothing only.",
        flag_values=values,
    )
    flags.DEFINE_enum(
        "minus_one",
        None,
        ["absent", "missing"],
        "What -1 means in --labels: absent (then 0 is missing) or missing (then 0 is absent).",
        flag_values=values,
    )
    flags.DEFINE_integer("fold", None, "Run this fold only, from 0.", flag_values=values)
    flags.DEFINE_integer("loader_workers", 0, _LOADER_WORKERS, lower_bound=0, flag_values=values)
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
