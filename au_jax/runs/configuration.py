"""The configuration of a run: written once, compared with what is asked for, and read back."""

import importlib.metadata
import json
import platform
import sys

from etils import epath

from au_jax.errors import InputError
from au_jax.runs.layout import RunFolder
from au_jax.settings import Experiment
from au_jax.settings.tree import differences, from_json, to_json
from au_jax.system import atomic_files

FORMAT = 2
"""Version of what lies in the folder of a run. Version 1, of au_jax 0.1, kept models that did not
know their AUs or their network."""

_DIGEST, _FORMAT = "dataset_digest", "format"
_NOT_OF_A_RUN = ("analyses", "looks_at")
"""What is shown of a run changes nothing in it."""
_RECORDED_PACKAGES = ("jax", "jaxlib", "flax", "optax", "orbax-checkpoint", "grain", "numpy")


def open_run(workdir: epath.PathLike, experiment: Experiment, dataset_digest: str) -> RunFolder:
    """Return `<workdir>/<experiment>` after checking that it belongs to this configuration.

    Args:
        workdir: the folder of all runs.
        experiment: what is to be run.
        dataset_digest: digest of the data; results on other data must not be mixed in.

    Raises:
        InputError: if the folder holds a run of another version, or with another configuration,
            with the differences.
    """
    run = RunFolder(epath.Path(workdir) / experiment.name)
    settings = _of_a_run(experiment)
    config = {_FORMAT: FORMAT, **settings, _DIGEST: dataset_digest}
    if run.config.exists():
        before = _read(run)
        changed = differences(before, config, _of_a_run(Experiment()))
        if changed:
            listed = "\n  ".join(changed)
            raise InputError(
                f"{run.path} holds a run with another configuration:\n  {listed}\n"
                "give another --workdir, or delete that folder to start anew"
            )
    else:
        atomic_files.write_json(run.config, config)
    atomic_files.write_json(run.environment, environment())
    return run


def read_experiment(run: RunFolder) -> Experiment:
    """Return the experiment that a run was made with.

    Raises:
        InputError: if there is no configuration, or it is of another version.
    """
    if not run.config.exists():
        raise InputError(
            f"there is no {run.config}; give the folder of a run, <workdir>/<experiment>"
        )
    config = _read(run)
    return from_json(
        Experiment, {name: config[name] for name in config if name not in (_DIGEST, _FORMAT)}
    )


def _of_a_run(experiment: Experiment) -> dict[str, object]:
    return {name: value for name, value in to_json(experiment).items() if name not in _NOT_OF_A_RUN}


def _read(run: RunFolder) -> dict[str, object]:
    config = json.loads(run.config.read_text())
    if config.get(_FORMAT) != FORMAT:
        raise InputError(
            f"{run.path} holds a run of another version of au_jax (format "
            f"{config.get(_FORMAT, 1)}, this one reads and writes {FORMAT}), whose models cannot "
            "be used; give another --workdir, or delete that folder to start anew"
        )
    return config


def environment() -> dict[str, object]:
    """Return versions and devices of this process."""
    import jax

    import au_jax

    devices = jax.devices()
    return {
        "au_jax": au_jax.__version__,
        "python": sys.version.split()[0],
        "platform": platform.platform(),
        "devices": [f"{device.platform}:{device.device_kind}" for device in devices],
        "packages": {name: importlib.metadata.version(name) for name in _RECORDED_PACKAGES},
    }
