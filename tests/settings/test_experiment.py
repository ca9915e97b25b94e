import dataclasses
import json
from typing import Any

import pytest

from au_jax.errors import InputError
from au_jax.settings import (
    DataConfig,
    Experiment,
    PretrainingConfig,
    ProtocolConfig,
    Reduction,
    SamplingStrategy,
    Scenario,
    SyntheticConfig,
    Variant,
    check_experiment,
    setting_names,
)
from au_jax.settings.fields import bounds_of
from au_jax.settings.named import known_experiments, load_experiment
from au_jax.settings.names import full_name, with_full_names
from au_jax.settings.tree import changed, differences, from_json, leaves, to_json


def test_defaults_are_the_settings_of_the_paper():
    experiment = Experiment()
    check_experiment(experiment)
    cnn, lstm = experiment.cnn, experiment.lstm
    assert (cnn.input.face_size, cnn.input.crop, cnn.batch_size) == (200, 176, 196)
    optimizer = cnn.optimizer
    assert (optimizer.learning_rate, optimizer.momentum) == (1e-3, 0.9)
    assert optimizer.weight_decay == 5e-4
    assert (lstm.pca_components, lstm.network.layers, lstm.network.cells) == (1024, 3, 256)
    windows = lstm.windows
    assert (windows.window, windows.batch_size, windows.warm_up) == (1300, 10, 10)
    assert (lstm.loss.margin, lstm.network.dropout, windows.min_active_aus) == (0.5, 0.5, 1.5)


def parts_of(settings):
    """Settings and all settings within."""
    yield settings
    for field in dataclasses.fields(settings):
        value = getattr(settings, field.name)
        if dataclasses.is_dataclass(value):
            yield from parts_of(value)


def test_every_number_has_bounds():
    for part in parts_of(Experiment()):
        for field in dataclasses.fields(part):
            kind = str(field.type)
            is_number = any(word in kind for word in ("int", "float")) or field.type in (int, float)
            if is_number and field.name != "aus":  # checked by their numbers in FACS
                assert bounds_of(field) is not None, f"{type(part).__name__}.{field.name}"


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("cnn.optimizer.learning_rate", 0.0),
        ("cnn.batch_size", -1),
        ("cnn.input.crop", 201),
        ("cnn.network.dropout", 1.0),
        ("cnn.network.groups", 3),
        ("cnn.augmentation.scale", -0.1),
        ("lstm.windows.warm_up", 1300),
        ("protocol.folds", 1),
        ("protocol.validation_share", 1.0),
        ("data.synthetic.subjects", 0),
        ("jpml.iterations", 0),
        ("jpml.competing_pairs", -1),
        ("seed", -1),
    ],
)
def test_a_value_out_of_range_is_named_with_what_is_allowed(setting, value):
    with pytest.raises(InputError, match=rf"{setting} is {value}; allowed is"):
        check_experiment(changed(Experiment(), {setting: value}))


@pytest.mark.parametrize(
    ("setting", "value"),
    [("alphas", ()), ("alphas", (0.1, 0.0)), ("betas", ()), ("betas", (-0.1,))],
)
def test_weights_of_jpml_are_checked_one_by_one(setting, value):
    experiment = Experiment()
    setattr(experiment.jpml, setting, value)
    with pytest.raises(InputError, match=rf"jpml.{setting} is .*one or more, all"):
        check_experiment(experiment)


def test_unknown_aus_are_named():
    with pytest.raises(InputError, match=r"\[99\]"):
        check_experiment(Experiment(aus=(1, 99)))


def test_nobody_is_in_two_data_sets():
    drawn = DataConfig(synthetic=SyntheticConfig(seed=3))
    both = ProtocolConfig(scenario=Scenario.BOTH)
    cases: Any = (
        ({"data": drawn, "test_data": drawn, "protocol": both}, "test_data.synthetic.seed is 3"),
        ({"data": drawn, "transfer_data": drawn}, "transfer_data.synthetic.seed is 3"),
        (
            {"data": drawn, "pretraining": PretrainingConfig(steps=1, data=drawn)},
            "pretraining.data.synthetic.seed is 3",
        ),
    )
    for wrong, path in cases:
        with pytest.raises(InputError, match=f"{path}; allowed is another than"):
            check_experiment(Experiment(**wrong))
    check_experiment(Experiment(data=drawn, pretraining=PretrainingConfig(steps=0, data=drawn)))


def test_json_comes_back_equal_and_differences_name_each_field():
    old = to_json(Experiment())
    assert json.loads(json.dumps(old)) == old
    other = Experiment(aus=(1, 2))
    other.cnn.network.width = 0.5
    other.cnn.reduction = Reduction.MEAN_AUS
    lines = differences(old, to_json(other), old)
    assert lines == [
        "aus: [1, 2, 4, 6, 7, 10, 12, 14, 15, 17, 23, 24] before, [1, 2] now",
        "cnn.network.width: 1.0 before, 0.5 now",
        "cnn.reduction: 'sum_aus' before, 'mean_aus' now",
    ]
    assert differences(old, to_json(Experiment()), old) == []


@pytest.mark.parametrize("name", known_experiments())
def test_every_experiment_comes_back_from_json(name):
    experiment = load_experiment(name)
    assert from_json(Experiment, json.loads(json.dumps(to_json(experiment)))) == experiment


def test_variants_come_back_from_json():
    wide = Variant(name="wide", base="cnn", changes={"cnn.network.width": 2.0})
    experiment = Experiment(variants=(wide,))
    assert from_json(Experiment, json.loads(json.dumps(to_json(experiment)))) == experiment


@pytest.mark.parametrize(
    ("tree", "message"),
    [
        ({"epochs": 3}, "epochs is not a setting of this version; known are: name, data"),
        ({"cnn": {"stepz": 3}}, "cnn.stepz is not a setting"),
        ({"cnn": {"steps": "3"}}, "cnn.steps is '3'; it must be of type int"),
        ({"cnn": {"steps": True}}, "cnn.steps is True; it must be of type int"),
        ({"sampling": {"strategy": "x"}}, "sampling.strategy is 'x'; allowed is one of random"),
    ],
)
def test_a_tree_that_is_no_experiment_is_refused(tree, message):
    with pytest.raises(InputError, match=message):
        from_json(Experiment, tree)


def test_changes_leave_the_settings_themselves_alone():
    experiment = Experiment()
    other = changed(experiment, {"sampling.strategy": "momu", "cnn.optimizer.learning_rate": 1})
    assert other.sampling.strategy is SamplingStrategy.MOMU
    assert other.cnn.optimizer.learning_rate == 1.0 and experiment == Experiment()
    with pytest.raises(InputError, match=r"'cnn.width' is not a setting; settings are: name"):
        changed(experiment, {"cnn.width": 1.0})


def test_a_setting_that_an_older_run_did_not_have_had_its_default_value():
    old, defaults = to_json(Experiment()), to_json(Experiment())
    del old["cnn"]["network"]["width"]
    assert differences(old, defaults, defaults) == []
    other = Experiment()
    other.cnn.network.width = 0.5
    lines = differences(old, to_json(other), defaults)
    assert lines == ["cnn.network.width: 1.0 before, 0.5 now"]


def test_a_setting_that_is_no_more_is_a_difference():
    defaults = to_json(Experiment())
    old = {**defaults, "epochs": 3}
    assert differences(old, defaults, defaults) == ["epochs: 3 before, absent now"]


def test_every_field_has_a_setting_name():
    names = setting_names()
    assert "cnn.augmentation.flip" in names
    assert len(names) == len(set(names))
    assert set(names) | {"variants"} == set(leaves(to_json(Experiment())))


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("dataset", "data.name"),
        ("test_dataset", "test_data.name"),
        ("transfer_dataset", "transfer_data.name"),
        ("synthetic.seed", "data.synthetic.seed"),
        ("test_synthetic.preset", "test_data.synthetic.preset"),
        ("transfer_synthetic.subjects", "transfer_data.synthetic.subjects"),
        ("pretraining.synthetic.face_size", "pretraining.data.synthetic.face_size"),
        ("pretraining.steps", "pretraining.steps"),
        ("cnn.width", "cnn.network.width"),
        ("cnn.face_size", "cnn.input.face_size"),
        ("cnn.average_mirrored", "cnn.input.average_mirrored"),
        ("cnn.learning_rate", "cnn.optimizer.learning_rate"),
        ("cnn.plateau_patience", "cnn.optimizer.plateau_patience"),
        ("lstm.cells", "lstm.network.cells"),
        ("lstm.window", "lstm.windows.window"),
        ("lstm.batch_size", "lstm.windows.batch_size"),
        ("lstm.margin", "lstm.loss.margin"),
        ("lstm.rms_decay", "lstm.optimizer.rms_decay"),
        ("fusion.lstm_share", "fusion.network.lstm_share"),
        ("cnn.stepz", "cnn.stepz"),
        ("seed", "seed"),
    ],
)
def test_settings_go_by_shorter_and_by_former_names(name, path):
    assert full_name(name) == path


def test_a_command_line_has_full_names():
    given = ["main", "--experiment=a", "--experiment.cnn.width=1", "--noexperiment.cnn.flip"]
    names = with_full_names(["--experiment.inputs=svm,jpml", "--experiment.fusion.inputs=cnn"])
    assert names == ["--experiment.inputs=svm,jpml", "--experiment.fusion.inputs=('cnn',)"]
    assert with_full_names(["--experiment.aus=1,2"]) == ["--experiment.aus=1,2"]
    assert with_full_names([*given, "--workdir=x"]) == [
        *("main", "--experiment=a", "--experiment.cnn.network.width=1"),
        *("--noexperiment.cnn.augmentation.flip", "--workdir=x"),
    ]
