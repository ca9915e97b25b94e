"""The flags that commands on an experiment share: which one, its settings, and where data lie."""

from collections.abc import Sequence

from absl import flags
from ml_collections import config_flags

from au_jax.errors import InputError
from au_jax.settings import Experiment, setting_names
from au_jax.settings.named import known_experiments, load_experiment
from au_jax.settings.names import with_full_names


class ExperimentFlags(flags.FlagValues):
    """Flags of a command; `experiment`, `dataset`, `data_dir` and `workdir` are defined here.

    Settings go by their full, shorter or former names (`au_jax.settings.names`); one that does not
    exist is named, instead of failing with a trace.
    """

    def __init__(self, arguments: Sequence[str], default: Experiment | None = None) -> None:
        """Define the flags.

        Args:
            arguments: command line, the program's name first.
            default: the experiment if none is named.
        """
        super().__init__()
        config_flags.DEFINE_config_dataclass(
            "experiment",
            default or Experiment(),
            "Name of an experiment or path of your own file; "
            "--experiment.cnn.optimizer.learning_rate=1e-4, or --experiment.cnn.learning_rate=1e-4 "
            "for short, and the like change its settings: " + ", ".join(setting_names()) + ".",
            flag_values=self,
            sys_argv=with_full_names(arguments),
            parse_fn=_load,
        )
        self.text("dataset", None, "Prepared data set to use instead of the experiment's own.")
        self.text("data_dir", "data", "Folder of the prepared data sets.")
        self.text("workdir", "runs", "Folder of all runs.")

    def __call__(self, argv: Sequence[str], known_only: bool = False) -> list[str]:
        """Parse a command line."""
        try:
            return super().__call__(with_full_names(argv), known_only)
        except KeyError as error:
            settings = ", ".join(setting_names())
            raise flags.Error(f"{error.args[0]}; settings are: {settings}") from error

    def text(self, name: str, default: str | None, explanation: str) -> None:
        """Define a flag of text."""
        flags.DEFINE_string(name, default, explanation, flag_values=self)

    def chosen_experiment(self) -> Experiment:
        """Return the experiment, on the data set that a flag names instead of its own.

        Raises:
            flags.Error: if none is named.
        """
        experiment: Experiment = self.experiment
        if not experiment.name:
            raise flags.Error(
                f"--experiment=NAME is missing; known are: {', '.join(known_experiments())}; "
                "synthetic_3fold needs no data"
            )
        if self["dataset"].value:
            experiment.data.name = self["dataset"].value
        return experiment


def _load(name: str) -> Experiment:
    try:
        return load_experiment(name)
    except InputError as error:
        raise ValueError(str(error)) from error  # absl shows it as an error of the flag
