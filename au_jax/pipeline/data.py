"""The data of an experiment: its folds, and other data that methods are trained on first."""

import dataclasses

from etils import epath

from au_jax.datasets.dataset import Dataset, select_aus
from au_jax.datasets.prepared.finding import dataset_directory, load_dataset
from au_jax.datasets.raw.synthetic import prepare_synthetic, synthetic_name
from au_jax.errors import InputError
from au_jax.methods.method import PRETRAINING, TRANSFER
from au_jax.protocol.scenarios import Protocol, make_protocol
from au_jax.settings import DataConfig, Experiment, Scenario


def open_protocol(experiment: Experiment, data_dir: str) -> Protocol:
    """Open the data of an experiment, draw built-in faces if need be, and return its folds.

    Args:
        experiment: what to run.
        data_dir: folder of the prepared data sets.

    Raises:
        InputError: if data are missing, damaged, or do not suit the experiment.
    """
    first = open_data(experiment.data, data_dir)
    if experiment.protocol.scenario is Scenario.WITHIN:
        selected = select_aus(first, experiment.aus) if experiment.aus else first
        return make_protocol(selected, None, experiment.protocol)
    second = open_data(experiment.test_data, data_dir)
    if experiment.data.is_drawn and experiment.test_data.is_drawn:
        first, second = _name_by_preset(first, second, experiment)
    aus = experiment.aus or tuple(au for au in first.aus if au in second.aus)
    if not aus:
        raise InputError(
            f"data sets '{first.name}' (AU {', '.join(map(str, first.aus))}) and '{second.name}' "
            f"(AU {', '.join(map(str, second.aus))}) have no AU in common"
        )
    return make_protocol(select_aus(first, aus), select_aus(second, aus), experiment.protocol)


def open_data(data: DataConfig, data_dir: str) -> Dataset:
    """Open a prepared data set, or built-in faces, drawn now or by an earlier run."""
    if not data.is_drawn:
        return load_dataset(data.name, data_dir)
    return prepare_synthetic(epath.Path(data_dir) / synthetic_name(data.synthetic), data.synthetic)


def _name_by_preset(
    first: Dataset, second: Dataset, experiment: Experiment
) -> tuple[Dataset, Dataset]:
    faces = experiment.data.synthetic, experiment.test_data.synthetic
    names = [one.preset.value for one in faces]
    if names[0] == names[1]:
        names = [f"{name}_seed{one.seed}" for name, one in zip(names, faces, strict=True)]
    return dataclasses.replace(first, name=names[0]), dataclasses.replace(second, name=names[1])


@dataclasses.dataclass(frozen=True)
class OtherData:
    """Other data that a CNN is trained on before, or instead of, those of the folds.

    Attributes:
        place: the name of its folder in the run, which also counts for its seed.
        data: the data set.
        experiment: the settings of the training.
        all_aus: whether it learns all AUs that are coded, or those of the experiment.
    """

    place: str
    data: DataConfig
    experiment: Experiment
    all_aus: bool

    def is_there(self, data_dir: str) -> bool:
        """Return whether it is prepared, or can be drawn."""
        return self.data.is_drawn or dataset_directory(self.data.name, data_dir).exists()

    def open(self, data_dir: str) -> Dataset:
        """Return the data set with the AUs to learn.

        Raises:
            InputError: if it is not prepared.
        """
        dataset = open_data(self.data, data_dir)
        shared = [au for au in self.experiment.aus if au in dataset.aus]
        return dataset if self.all_aus or not shared else select_aus(dataset, shared)


def other_data(name: str, experiment: Experiment) -> OtherData | None:
    """Return the other data that a method asks for; None if the experiment has none.

    Args:
        name: `PRETRAINING`, or `TRANSFER`: the data set that is named for it, else that of
            pretraining.
        experiment: the settings.
    """
    if name == TRANSFER and experiment.transfer_data.name:
        return OtherData(TRANSFER, experiment.transfer_data, experiment, all_aus=False)
    settings = experiment.pretraining
    if not settings.steps:
        return None
    optimizer = dataclasses.replace(experiment.cnn.optimizer, learning_rate=settings.learning_rate)
    cnn = dataclasses.replace(experiment.cnn, steps=settings.steps, optimizer=optimizer)
    changed = dataclasses.replace(experiment, cnn=cnn)
    return OtherData(PRETRAINING, settings.data, changed, all_aus=True)
