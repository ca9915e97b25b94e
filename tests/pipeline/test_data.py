import dataclasses
from typing import Any

import pytest

from au_jax.errors import InputError
from au_jax.pipeline import data as experiment_data
from au_jax.pipeline.data import open_protocol
from au_jax.settings import (
    DataConfig,
    Experiment,
    PresetName,
    ProtocolConfig,
    Scenario,
    SyntheticConfig,
    check_experiment,
)
from tests.made.random_datasets import made_dataset

PREPARED = {
    "mine": made_dataset("mine", subjects=6, aus=(1, 2, 12)),
    "theirs": made_dataset("theirs", subjects=6, aus=(12, 4, 1), seed=1),
    "others": made_dataset("others", subjects=6, aus=(25, 26), seed=2),
}


@pytest.fixture(autouse=True)
def _data_sets(monkeypatch):
    """Data sets in memory in place of prepared ones, and of drawn faces."""

    def draw(directory, faces):
        made = made_dataset("synthetic", subjects=faces.subjects, seed=faces.seed)
        return dataclasses.replace(made, digest=str(faces))

    monkeypatch.setattr(experiment_data, "load_dataset", lambda name, data_dir: PREPARED[name])
    monkeypatch.setattr(experiment_data, "prepare_synthetic", draw)


def made_experiment(scenario, data: Any = "synthetic", test_data: Any = "", **settings):
    settings = {"aus": (), **settings}
    for name, value in (("data", data), ("test_data", test_data)):
        settings[name] = DataConfig(name=value) if isinstance(value, str) else value
    return Experiment(name="e", protocol=ProtocolConfig(scenario=scenario, folds=2), **settings)


def test_one_data_set_keeps_all_its_aus_if_none_are_named():
    protocol = open_protocol(made_experiment(Scenario.WITHIN, data="mine"), "")
    assert protocol.dataset is PREPARED["mine"]


def test_columns_are_those_asked_for_in_that_order():
    protocol = open_protocol(made_experiment(Scenario.WITHIN, data="mine", aus=(12, 1)), "")
    assert protocol.dataset.aus == (12, 1)
    expected = PREPARED["mine"].frames.labels[:, [2, 0]]
    assert protocol.dataset.frames.labels.tolist() == expected.tolist()


@pytest.mark.parametrize("scenario", [Scenario.BETWEEN, Scenario.BOTH])
def test_two_data_sets_share_the_aus_that_both_are_coded_for(scenario):
    experiment = made_experiment(scenario, data="mine", test_data="theirs")
    protocol = open_protocol(experiment, "")
    assert protocol.dataset.aus == (1, 12)
    first, second = PREPARED["mine"].frames.labels, PREPARED["theirs"].frames.labels
    expected = [*first[:, [0, 2]].tolist(), *second[:, [2, 0]].tolist()]
    assert protocol.dataset.frames.labels.tolist() == expected


def test_data_sets_without_a_common_au_are_named_with_their_aus():
    experiment = made_experiment(Scenario.BETWEEN, data="mine", test_data="others")
    message = r"'mine' \(AU 1, 2, 12\) and 'others' \(AU 25, 26\) have no AU in common"
    with pytest.raises(InputError, match=message):
        open_protocol(experiment, "")


def test_au_that_one_of_two_data_sets_lacks():
    experiment = made_experiment(Scenario.BETWEEN, data="mine", test_data="theirs", aus=(1, 2))
    with pytest.raises(InputError, match="'theirs' has no labels of AU 2"):
        open_protocol(experiment, "")


def test_same_data_set_twice():
    experiment = made_experiment(Scenario.BETWEEN, data="mine", test_data="mine")
    with pytest.raises(InputError, match="both 'mine'"):
        open_protocol(experiment, "")


@pytest.mark.parametrize(
    ("preset", "names"),
    [
        (PresetName.GFT_LIKE, {"bp4d_like", "gft_like"}),
        (PresetName.BP4D_LIKE, {"bp4d_like_seed0", "bp4d_like_seed7"}),
    ],
)
def test_two_sets_of_built_in_faces_are_called_after_what_sets_them_apart(preset, names):
    experiment = made_experiment(
        Scenario.BOTH,
        data=DataConfig(synthetic=SyntheticConfig(subjects=4)),
        test_data=DataConfig(synthetic=SyntheticConfig(subjects=5, preset=preset, seed=7)),
    )
    check_experiment(experiment)
    protocol = open_protocol(experiment, "")
    assert {part.tested_on for part in protocol.parts} == names
    assert len(protocol.dataset.frames.subjects) == 9


def test_built_in_faces_keep_their_name_beside_another_data_set():
    experiment = made_experiment(Scenario.BETWEEN, data="synthetic", test_data="mine")
    (part,) = open_protocol(experiment, "").parts
    assert (part.trained_on, part.tested_on) == ("synthetic", "mine")


def test_same_built_in_people_in_both_data_sets_are_refused():
    # A seed and a number make a person, whatever the preset: half of the people would be known.
    experiment = made_experiment(
        Scenario.BOTH,
        test_data=DataConfig(synthetic=SyntheticConfig(preset=PresetName.GFT_LIKE)),
    )
    with pytest.raises(InputError, match=r"test_data.synthetic.seed is 0; allowed is another than"):
        check_experiment(experiment)


@pytest.mark.parametrize(
    ("scenario", "other", "message"),
    [
        (Scenario.WITHIN, "theirs", "test_data.name is 'theirs'; allowed is '' with protocol.scen"),
        (Scenario.BETWEEN, "", "test_data.name is ''; allowed is the name of the other data set"),
        (Scenario.BOTH, "", "test_data.name is ''; allowed is the name of the other data set"),
    ],
)
def test_scenario_and_data_sets_must_fit(scenario, other, message):
    with pytest.raises(InputError, match=message):
        check_experiment(made_experiment(scenario, data="mine", test_data=other))
