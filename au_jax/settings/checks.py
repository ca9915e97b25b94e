"""Checks of an experiment's values that their types do not make."""

import dataclasses

from au_jax import facs
from au_jax.errors import InputError
from au_jax.settings.choices import Scenario, Split
from au_jax.settings.experiment import Experiment
from au_jax.settings.tree import leaves

_POSITIVE = {
    *("batch_size", "cells", "evaluate_every", "hidden", "layers", "learning_rate", "margin"),
    *("pca_components", "recordings_per_subject", "seconds", "steps", "stride1", "subjects"),
    *("window", "gradient_clip", "pixel_scale", "evaluation_frames", "draw_size"),
    *("iterations", "tolerance", "training_frames", "regularisation", "person_regularisation"),
}
_NOT_NEGATIVE = {
    *("pretraining.steps", "cnn.training_f1_frames", "jpml.competing_pairs"),
    *("cpm.separation", "cpm.smoothness", "cpm.transfer"),
}


def check_experiment(experiment: Experiment) -> None:
    """Check all values.

    Raises:
        InputError: naming the field, its value, and what is allowed.
    """
    if experiment.aus:
        facs.validate_aus(experiment.aus)
    _require(bool(experiment.dataset), "dataset", experiment.dataset, "the name of a data set")
    _check_protocol(experiment)
    _check_built_in_faces(experiment)
    _check_networks(experiment)
    _check_competitors(experiment)
    for path, value in leaves(dataclasses.asdict(experiment)).items():
        field = path.rsplit(".", 1)[-1]
        if path in _NOT_NEGATIVE:
            _require(value >= 0, path, value, "0 or more")
        elif field in _POSITIVE:
            _require(value > 0, path, value, "above 0")
        elif field == "dropout":
            _require(0 <= value < 1, path, value, "0 to below 1")


def _check_protocol(experiment: Experiment) -> None:
    protocol, other = experiment.protocol, experiment.test_dataset
    _require(protocol.folds >= 2, "protocol.folds", protocol.folds, "2 or more")
    if protocol.scenario is Scenario.WITHIN:
        _require(not other, "test_dataset", other, "'' with protocol.scenario=within")
    else:
        _require(bool(other), "test_dataset", other, "the name of the other data set")
    if protocol.split is Split.PUBLISHED:
        allowed = "3 with protocol.split=published"
        _require(protocol.folds == 3, "protocol.folds", protocol.folds, allowed)
    share = protocol.validation_share
    _require(0 < share < 1, "protocol.validation_share", share, "between 0 and 1")


def _check_built_in_faces(experiment: Experiment) -> None:
    """A seed and a number make a person: sets that are used together must differ in their seed."""
    people = {
        "synthetic": (experiment.synthetic, experiment.dataset == "synthetic"),
        "test_synthetic": (experiment.test_synthetic, experiment.test_dataset == "synthetic"),
        "transfer_synthetic": (
            experiment.transfer_synthetic,
            experiment.transfer_dataset == "synthetic",
        ),
        "pretraining.synthetic": (
            experiment.pretraining.synthetic,
            experiment.pretraining.steps > 0,
        ),
    }
    seeds: dict[int, str] = {}
    for name, (faces, used) in people.items():
        size, rate = faces.face_size, faces.frames_per_second
        _require(size >= 32, f"{name}.face_size", size, "32 px or more")
        _require(rate is None or rate > 0, f"{name}.frames_per_second", rate, "above 0")
        if used:
            same = seeds.get(faces.seed)
            allowed = f"another than {same}.seed, so that nobody is in both data sets"
            _require(same is None, f"{name}.seed", faces.seed, allowed)
            seeds[faces.seed] = name


def _check_networks(experiment: Experiment) -> None:
    cnn, lstm, share = experiment.cnn, experiment.lstm, experiment.fusion.lstm_share
    _require(cnn.width > 0, "cnn.width", cnn.width, "above 0")
    _require(cnn.groups in (1, 2), "cnn.groups", cnn.groups, "1 or 2")
    _require(cnn.face_size >= 32, "cnn.face_size", cnn.face_size, "32 px or more")
    allowed = f"24 px to cnn.face_size ({cnn.face_size} px)"
    _require(24 <= cnn.crop <= cnn.face_size, "cnn.crop", cnn.crop, allowed)
    _require(0 <= lstm.warm_up < lstm.window, "lstm.warm_up", lstm.warm_up, "0 to lstm.window")
    _require(0 <= share <= 1, "fusion.lstm_share", share, "0 to 1")


def _check_competitors(experiment: Experiment) -> None:
    alphas, betas = experiment.jpml.alphas, experiment.jpml.betas
    costs, energy = experiment.svm.costs, experiment.features.pca_energy
    _require(bool(costs) and min(costs) > 0, "svm.costs", costs, "one or more, all above 0")
    _require(bool(alphas) and min(alphas) > 0, "jpml.alphas", alphas, "one or more, all above 0")
    _require(bool(betas) and min(betas) >= 0, "jpml.betas", betas, "one or more, all 0 or above")
    _require(0 < energy <= 1, "features.pca_energy", energy, "above 0, at most 1")


def _require(condition: bool, field: str, value: object, allowed: str) -> None:
    if not condition:
        raise InputError(
            f"experiment.{field} is {value!r}; allowed is {allowed}; "
            f"change it with --experiment.{field}=…"
        )
