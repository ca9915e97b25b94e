"""Find an experiment by its name or by the path of the user's own file.

An experiment is a Python file with a docstring and a function `experiment() -> Experiment`, or a
function `experiments() -> dict[str, Experiment]` of several that differ in a setting. Those that
come with the project lie in `experiments/` of a checkout, and in the package in a wheel.
"""

import functools
import importlib.util
import pathlib
import re
import types
from collections.abc import Mapping

from au_jax.errors import InputError
from au_jax.settings import Experiment, setting_names

_SEVERAL = "experiments"


@functools.cache
def known_experiments() -> Mapping[str, pathlib.Path]:
    """Return the files of the experiments that come with the project, by name of the experiment."""
    package = pathlib.Path(__file__).resolve().parents[1]
    for folder in (package / "experiments", package.parent / "experiments"):
        found: dict[str, pathlib.Path] = {}
        for file in folder.glob("[a-z]*.py"):
            several = f"def {_SEVERAL}(" in file.read_text("utf-8")
            names = getattr(_module(file), _SEVERAL)() if several else (file.stem,)
            found |= dict.fromkeys(names, file)
        if found:
            return types.MappingProxyType(dict(sorted(found.items())))
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
    return _experiment_of(path, path.stem if name.endswith(".py") else name)


def _module(path: pathlib.Path) -> types.ModuleType:
    spec = importlib.util.spec_from_file_location(f"au_jax_experiment_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise InputError(f"{path} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _experiment_of(path: pathlib.Path, name: str) -> Experiment:
    try:
        module = _module(path)
        several = getattr(module, _SEVERAL, None)
        experiment = several()[name] if several else module.experiment()
    except InputError:
        raise
    except Exception as error:
        raise InputError(
            f"{path} does not give an experiment: {type(error).__name__}: {error}; it must define "
            f"a function experiment() that returns an au_jax.settings.Experiment{_hint(error)}"
        ) from error
    if not isinstance(experiment, Experiment):
        raise InputError(
            f"experiment() in {path} returned {type(experiment).__name__}; "
            "it must return an au_jax.settings.Experiment"
        )
    experiment.name = experiment.name or name
    return experiment


def _hint(error: Exception) -> str:
    """Return where a setting is that was given in the wrong place."""
    found = re.search(r"unexpected keyword argument '(\w+)'", str(error))
    if found is None:
        return ""
    places = [path for path in setting_names() if path.split(".")[-1] == found.group(1)]
    return f". Settings of that name are: {', '.join(places)}" if places else ""
