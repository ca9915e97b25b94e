"""Run an experiment: train and test its methods on each fold, and write the report.

    python -m au_jax.main --experiment=synthetic_3fold
    python -m au_jax.main --experiment=gft_10fold --experiment.cnn.learning_rate=1e-4 --fold=3

`--analyses=filters,embedding` adds to the report what the networks have learned.
With `--final` it trains one detector on all subjects instead, for `python -m au_jax.predict`.
Running the same command again goes on where it was stopped; finished parts are not run again.
`--experiment=label_balance` measures labels instead of training, see `au_jax.label_balance`.
"""

import sys
from collections.abc import Sequence

from absl import flags

from au_jax import label_balance
from au_jax.settings.analyses import ANALYSES
from au_jax.settings.flags import ExperimentFlags
from au_jax.system.command import execute

_FINAL = "Train one detector on all subjects instead of the folds, to keep and to apply."
_ANALYSES = "What to show of the trained networks: " + ", ".join(ANALYSES) + "."
_FEATURE_FILES = "Features of your own to show beside those of the networks, NAME=FILE.npz."
_LOADER_WORKERS = "Processes that read faces, 0 for threads of this one; never changes results."


def run(arguments: Sequence[str]) -> int:
    """Run the command.

    Args:
        arguments: command line, the program's name first.

    Returns:
        the exit code, see `au_jax.system.command`.
    """
    if label_balance.is_asked_for(arguments):
        return label_balance.run(arguments)
    values = _define_flags(arguments)

    def body() -> None:
        experiment = values.chosen_experiment()
        label_balance.refuse_flags(values, experiment.name)
        if values.final and values.fold is not None:
            raise flags.Error("--final trains on all subjects, so that there is no --fold")
        if values.final and experiment.looks_at:
            raise flags.Error(f"--final is of no use to {experiment.name}, which trains nothing")
        if values.analyses is not None:
            experiment.analyses.shown = tuple(values.analyses)
        # Only now: --help and wrong flags need none of the libraries below.
        from au_jax.pipeline.final import train_final
        from au_jax.pipeline.run import run_experiment
        from au_jax.pipeline.study import run_study

        given = {
            "data_dir": values.data_dir,
            "workdir": values.workdir,
            "methods": values.methods,
            "loader_workers": values.loader_workers,
        }
        if values.final:
            print(f"\ndetector: {train_final(experiment, **given)}")
            return
        given |= {"fold": values.fold, "feature_files": _feature_files(values.feature_files)}
        run = run_study if experiment.looks_at else run_experiment
        print(f"\nreport: {run(experiment, **given)}")

    return execute(values, arguments, __doc__ or "", body)


def _define_flags(arguments: Sequence[str]) -> ExperimentFlags:
    values = ExperimentFlags(arguments)
    label_balance.define_flags(values)
    flags.DEFINE_integer("fold", None, "Run this fold only, from 0.", flag_values=values)
    flags.DEFINE_bool("final", False, _FINAL, flag_values=values)
    flags.DEFINE_integer("loader_workers", 0, _LOADER_WORKERS, lower_bound=0, flag_values=values)
    flags.DEFINE_list(
        "methods", None, "Run these methods only, and what they build on.", flag_values=values
    )
    flags.DEFINE_list("analyses", None, _ANALYSES, flag_values=values)
    flags.DEFINE_list("feature_files", None, _FEATURE_FILES, flag_values=values)
    return values


def _feature_files(given: Sequence[str] | None) -> dict[str, str]:
    """Return names and paths of `NAME=FILE.npz`."""
    files = {}
    for one in given or ():
        name, equals, path = one.partition("=")
        if not (name and equals and path):
            raise flags.Error(f"--feature_files={one}: give NAME=FILE.npz, for example vgg=vgg.npz")
        files[name] = path
    return files


if __name__ == "__main__":
    sys.exit(run(sys.argv))
