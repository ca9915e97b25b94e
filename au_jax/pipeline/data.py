"""The data and the folds of an experiment."""

import dataclasses

from etils import epath

from au_jax.datasets.dataset import Dataset, select_aus
from au_jax.datasets.prepared.finding import load_dataset
from au_jax.datasets.raw.synthetic import prepare_synthetic, synthetic_name
from au_jax.errors import InputError
from au_jax.protocol.scenarios import Protocol, make_protocol
from au_jax.settings import Experiment, Scenario, SyntheticConfig


def open_protocol(experiment: Experiment, data_dir: str) -> Protocol:
    """Open the data of an experiment, draw built-in faces if need be, and return its folds.

    Args:
        experiment: what to run.
        data_dir: folder of the prepared data sets.

    Raises:
        InputError: if data are missing, damaged, or do not suit the experiment.
    """
    first = open_dataset(experiment.dataset, experiment.synthetic, data_dir)
    if experiment.protocol.scenario is Scenario.WITHIN:
        selected = select_aus(first, experiment.aus) if experiment.aus else first
        return make_protocol(selected, None, experiment.protocol)
    second = open_dataset(experiment.test_dataset, experiment.test_synthetic, data_dir)
    if experiment.dataset == experiment.test_dataset == "synthetic":
        first, second = _name_by_preset(first, second, experiment)
    aus = experiment.aus or tuple(au for au in first.aus if au in second.aus)
    if not aus:
        raise InputError(
            f"data sets '{first.name}' (AU {', '.join(map(str, first.aus))}) and '{second.name}' "
            f"(AU {', '.join(map(str, second.aus))}) have no AU in common"
        )
    return make_protocol(select_aus(first, aus), select_aus(second, aus), experiment.protocol)


def draw_faces(faces: SyntheticConfig, data_dir: str) -> Dataset:
    """Return built-in faces, drawn now or by an earlier run."""
    return prepare_synthetic(epath.Path(data_dir) / synthetic_name(faces), faces)


def open_dataset(name: str, faces: SyntheticConfig, data_dir: str) -> Dataset:
    """Open a prepared data set, or draw the built-in faces if it is called `synthetic`."""
    return draw_faces(faces, data_dir) if name == "synthetic" else load_dataset(name, data_dir)


def _name_by_preset(
    first: Dataset, second: Dataset, experiment: Experiment
) -> tuple[Dataset, Dataset]:
    faces = experiment.synthetic, experiment.test_synthetic
    names = [one.preset.value for one in faces]
    if names[0] == names[1]:
        names = [f"{name}_seed{one.seed}" for name, one in zip(names, faces, strict=True)]
    return dataclasses.replace(first, name=names[0]), dataclasses.replace(second, name=names[1])
