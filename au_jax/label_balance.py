"""Measure how unbalanced labels are, and what the sampling strategies make of them.

    python -m au_jax.label_balance --labels=FILE.csv
    python -m au_jax.label_balance --dataset=NAME --data_dir=DATA

Without either it takes simulated labels, as many as BP4D has. Nothing is trained; the settings that
matter are `cnn.batch_size`, `seed` and those of `sampling`, as in --experiment.cnn.batch_size=64.
"""

import sys
from collections.abc import Sequence

from absl import flags

from au_jax.settings.flags import ExperimentFlags
from au_jax.settings.named import load_experiment
from au_jax.system.command import execute

NAME = "label_balance"
"""The experiment that stands for this command in `au_jax.main`."""

_LABEL_FLAGS = ("labels", "label_columns", "minus_one")
_TRAINING_FLAGS = ("fold", "final", "methods")


def is_asked_for(arguments: Sequence[str]) -> bool:
    """Return whether a command line of `au_jax.main` asks for this command."""
    asked = f"experiment={NAME}"
    pairs = zip(arguments, [*arguments[1:], ""], strict=True)
    return any(asked in (one.lstrip("-"), f"{one.lstrip('-')}={two}") for one, two in pairs)


def run(arguments: Sequence[str]) -> int:
    """Run the command.

    Args:
        arguments: command line, the program's name first.

    Returns:
        the exit code, see `au_jax.system.command`.
    """
    values = ExperimentFlags(arguments, default=load_experiment(NAME))
    define_flags(values)
    for name in (*_TRAINING_FLAGS, "loader_workers"):
        values.text(name, None, "Of au_jax.main only.")

    def body() -> None:
        experiment = values.chosen_experiment()
        _check_flags(values)
        # Only now: --help and wrong flags need none of the libraries below.
        from au_jax.datasets.raw.multi_label_csv import MinusOne
        from au_jax.pipeline.label_balance import LabelFile, run_label_balance

        file = None
        if values.labels is not None:
            minus_one = MinusOne(values.minus_one) if values.minus_one else None
            file = LabelFile(values.labels, values.label_columns, minus_one)
        page = run_label_balance(
            experiment, data_dir=values.data_dir, workdir=values.workdir, file=file
        )
        print(f"\nreport: {page}")

    return execute(values, arguments, __doc__ or "", body)


def define_flags(values: ExperimentFlags) -> None:
    """Define the flags that say where labels are."""
    values.text("labels", None, "CSV file with labels, for label_balance only.")
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


def refuse_flags(values: ExperimentFlags, experiment: str) -> None:
    """Refuse flags of this command where another experiment is run."""
    for name in _given(values, _LABEL_FLAGS):
        raise flags.Error(
            f"--{name} is for --experiment={NAME} only; experiment '{experiment}' takes a prepared "
            "data set: --dataset=NAME"
        )


def _check_flags(values: ExperimentFlags) -> None:
    given = _given(values, _LABEL_FLAGS)
    if given and "labels" not in given:
        raise flags.Error(f"--{given[0]} needs the file it is about: --labels=FILE.csv")
    if given and values.dataset:
        raise flags.Error("--labels and --dataset were both given; measure one of them at a time")
    for name in _given(values, _TRAINING_FLAGS):
        raise flags.Error(f"--{name} is of no use to {NAME}, which trains nothing")


def _given(values: ExperimentFlags, names: Sequence[str]) -> list[str]:
    return [name for name in names if values[name].value is not None]


if __name__ == "__main__":
    sys.exit(run(sys.argv))
