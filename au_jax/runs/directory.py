"""The folder of a run: its configuration, written once, and the machine it ran on."""

import importlib.metadata
import json
import platform
import sys

from etils import epath

from au_jax.errors import InputError
from au_jax.settings.experiment import Experiment
from au_jax.settings.tree import differences, to_json
from au_jax.system import atomic_files

_RECORDED_PACKAGES = ("jax", "jaxlib", "flax", "optax", "orbax-checkpoint", "grain", "numpy")


def open_run_directory(
    workdir: epath.PathLike, experiment: Experiment, dataset_digest: str
) -> epath.Path:
    """Return `<workdir>/<experiment>` after checking that it belongs to this configuration.

    Args:
        workdir: the folder of all runs.
        experiment: what is to be run.
        dataset_digest: digest of the data; results on other data must not be mixed in.

    Raises:
        InputError: if the folder holds a run with another configuration, with the differences.
    """
    directory = epath.Path(workdir) / experiment.name
    file = directory / "config.json"
    config = {**to_json(experiment), "dataset_digest": dataset_digest}
    if file.exists():
        changed = differences(json.loads(file.read_text()), config, to_json(Experiment()))
        if changed:
            listed = "\n  ".join(changed)
            raise InputError(
                f"{directory} holds a run with another configuration:\n  {listed}\n"
                "give another --workdir, or delete that folder to start anew"
            )
    else:
        atomic_files.write_json(file, config)
    atomic_files.write_json(directory / "environment.json", environment())
    return directory


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
