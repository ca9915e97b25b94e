"""Find an experiment by its name or by the path of the user's own file.

An experiment is a Python file with a docstring and a function `experiment() -> Experiment`. Those
that come with the project lie in `experiments/` of a checkout, and in the package in a wheel.
"""

import importlib.util
import pathlib

from au_jax.errors import InputError
from au_jax.settings.experiment import Experiment


def known_experiments() -> dict[str, pathlib.Path]:
    """Return the experiments that come with the project, by name."""
    package = pathlib.Path(__file__).resolve().parent
    for folder in (package / "experiments", package.parent / "experiments"):
        files = sorted(folder.glob("[a-z]*.py"))
        if files:
            return {file.stem: file for file in files}
    return {}


def load_experiment(name: str) -> Experiment:
    """Return the experiment called `name`, or the one in the file at the path `name`.

    Raises:
        InputError: if there is none, with the names of the known ones; or if the file does not
            define `experiment() -> Experiment`.
    """
    known = known_experiments()
    path = pathlib.Path(name) if name.endswith(".py") else known.get(name)
    if path is None:
        raise InputError(
            f"unknown experiment {name!r}; known are: {', '.join(known)}; "
            "or give the path of your own file, which ends in .py"
        )
    if not path.is_file():
        raise InputError(f"there is no experiment file {path}; known names are: {', '.join(known)}")
    return _run_file(path)


def _run_file(path: pathlib.Path) -> Experiment:
    spec = importlib.util.spec_from_file_location(f"au_jax_experiment_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise InputError(f"{path} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
        experiment = module.experiment()
    except InputError:
        raise
    except Exception as error:
        raise InputError(
            f"{path} does not give an experiment: {type(error).__name__}: {error}; it must define "
            "a function experiment() that returns an au_jax.settings.experiment.Experiment"
        ) from error
    if not isinstance(experiment, Experiment):
        raise InputError(
            f"experiment() in {path} returned {type(experiment).__name__}; "
            "it must return an au_jax.settings.experiment.Experiment"
        )
    experiment.name = experiment.name or path.stem
    return experiment
