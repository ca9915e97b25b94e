import dataclasses
import json

import pytest

from au_jax.errors import InputError
from au_jax.settings import check_experiment
from au_jax.settings import Experiment, Reduction, setting_names
from au_jax.settings.tree import differences, to_json


def test_defaults_are_the_settings_of_the_paper():
    experiment = Experiment()
    check_experiment(experiment)
    cnn, lstm = experiment.cnn, experiment.lstm
    assert (cnn.face_size, cnn.crop, cnn.batch_size) == (200, 176, 196)
    assert (cnn.learning_rate, cnn.momentum, cnn.weight_decay) == (1e-3, 0.9, 5e-4)
    assert (lstm.pca_components, lstm.layers, lstm.cells) == (1024, 3, 256)
    assert (lstm.window, lstm.batch_size, lstm.warm_up) == (1300, 10, 10)
    assert (lstm.margin, lstm.dropout, lstm.min_active_aus) == (0.5, 0.5, 1.5)


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("cnn.learning_rate", 0.0),
        ("cnn.batch_size", -1),
        ("cnn.crop", 201),
        ("cnn.dropout", 1.0),
        ("cnn.groups", 3),
        ("lstm.warm_up", 1300),
        ("protocol.folds", 1),
        ("protocol.validation_share", 1.0),
        ("synthetic.subjects", 0),
        ("jpml.iterations", 0),
        ("jpml.competing_pairs", -1),
    ],
)
def test_a_value_out_of_range_is_named_with_what_is_allowed(setting, value):
    experiment = Experiment()
    part, field = setting.split(".")
    setattr(getattr(experiment, part), field, value)
    with pytest.raises(InputError, match=rf"{setting} is {value}; allowed is"):
        check_experiment(experiment)


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


def test_json_comes_back_equal_and_differences_name_each_field():
    old = to_json(Experiment())
    assert json.loads(json.dumps(old)) == old
    changed = Experiment(aus=(1, 2))
    changed.cnn.width = 0.5
    changed.cnn.reduction = Reduction.MEAN_AUS
    lines = differences(old, to_json(changed), old)
    assert lines == [
        "aus: [1, 2, 4, 6, 7, 10, 12, 14, 15, 17, 23, 24] before, [1, 2] now",
        "cnn.reduction: 'sum_aus' before, 'mean_aus' now",
        "cnn.width: 1.0 before, 0.5 now",
    ]
    assert differences(old, to_json(Experiment()), old) == []


def test_a_setting_that_an_older_run_did_not_have_had_its_default_value():
    old, defaults = to_json(Experiment()), to_json(Experiment())
    del old["cnn"]["width"]
    assert differences(old, defaults, defaults) == []
    changed = Experiment()
    changed.cnn.width = 0.5
    assert differences(old, to_json(changed), defaults) == ["cnn.width: 1.0 before, 0.5 now"]


def test_a_setting_that_is_no_more_is_a_difference():
    defaults = to_json(Experiment())
    old = {**defaults, "epochs": 3}
    assert differences(old, defaults, defaults) == ["epochs: 3 before, absent now"]


def test_every_field_has_a_setting_name():
    names = setting_names()
    assert "cnn.augmentation.flip" in names
    assert len(names) == len(set(names))
    for part in ("cnn", "lstm", "fusion", "protocol", "synthetic"):
        fields = dataclasses.fields(getattr(Experiment(), part))
        assert sum(name.startswith(f"{part}.") for name in names) >= len(fields)
