import dataclasses
import json

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from au_jax.errors import InputError
from au_jax.sampling.planned_batches import PlannedBatches
from au_jax.settings import SgdConfig
from au_jax.training import METRICS_FILE
from au_jax.training.loop import Evaluation, Stage, train
from au_jax.training.optimizers import SgdMomentum
from au_jax.training.selection import NO_PLATEAU, Plateau


@dataclasses.dataclass(frozen=True)
class NoisyLine:
    """Least squares with noise from the step's key, so that a wrong key shows."""

    def __call__(self, params, constants, batch, key):
        noise = 0.01 * jax.random.normal(key)
        errors = batch["x"] @ params["kernel"] + params["bias"] + noise - batch["y"]
        return (errors**2).mean() + 0.0 * constants["unused"].sum()


class StoppedError(Exception):
    pass


class StepPlan:
    """Step s has the indices 16 s, …, 16 s + 15."""

    def __getitem__(self, step):
        return np.arange(16 * step, 16 * step + 16)


def read_rows(indices):
    x = np.random.default_rng(indices).normal(size=(len(indices), 3)).astype(np.float32)
    return {"x": x, "y": x @ np.array([1.0, -2.0, 0.5], np.float32) + 3}


def make_stage(*, stop_at=None, steps=40, learning_rate=0.05, plateau=NO_PLATEAU, evaluate=None):
    def read(indices):
        if stop_at is not None and indices[0] // 16 >= stop_at:
            raise StoppedError
        return read_rows(indices)

    def distance(params):
        error = float(jnp.abs(params["kernel"] - jnp.array([1.0, -2.0, 0.5])).sum())
        return Evaluation(loss=error, f1_frame=-error)

    return Stage(
        name="line",
        objective=NoisyLine(),
        optimizer=SgdMomentum(
            SgdConfig(learning_rate=learning_rate, momentum=0.5, weight_decay=0.0), steps
        ),
        constants={"unused": jnp.zeros(2)},
        batches=PlannedBatches(StepPlan(), read),
        evaluate=evaluate or distance,
        plateau=plateau,
        steps=steps,
        evaluate_every=7,
        seed=0,
    )


def start():
    return {"kernel": jnp.zeros(3), "bias": jnp.zeros(())}


def rows(directory):
    lines = (directory / METRICS_FILE).read_text().splitlines()
    return [{k: v for k, v in json.loads(line).items() if k != "seconds"} for line in lines]


def test_training_finds_the_line(tmp_path):
    params = train(make_stage(), start(), tmp_path)
    np.testing.assert_allclose(params["kernel"], [1.0, -2.0, 0.5], atol=0.05)
    assert [row["step"] for row in rows(tmp_path)] == [7, 14, 21, 28, 35, 40]


@pytest.mark.parametrize("stop_at", [3, 7, 20, 38])
def test_a_stopped_run_ends_as_one_that_was_never_stopped(tmp_path, stop_at):
    whole = train(make_stage(), start(), tmp_path / "whole")
    with pytest.raises(StoppedError):
        train(make_stage(stop_at=stop_at), start(), tmp_path / "stopped")
    resumed = train(make_stage(), start(), tmp_path / "stopped")
    jax.tree.map(np.testing.assert_array_equal, resumed, whole)
    assert rows(tmp_path / "stopped") == rows(tmp_path / "whole")


def test_a_run_of_one_device_and_of_two_agree(tmp_path, monkeypatch):
    two = train(make_stage(), start(), tmp_path / "two")
    one_device = jax.make_mesh((1,), ("data",), devices=jax.devices()[:1])
    monkeypatch.setattr("au_jax.training.loop.data_mesh", lambda: one_device)
    one = train(make_stage(), start(), tmp_path / "one")
    jax.tree.map(lambda a, b: np.testing.assert_allclose(a, b, rtol=1e-5), one, two)


def test_a_finished_stage_is_not_trained_again(tmp_path):
    first = train(make_stage(), start(), tmp_path)
    second = train(make_stage(stop_at=0), start(), tmp_path)
    jax.tree.map(np.testing.assert_array_equal, first, second)


def test_the_best_evaluation_is_kept_not_the_last(tmp_path):
    seen = []

    def evaluate(params):
        seen.append(jax.tree.map(np.asarray, params))
        return Evaluation(loss=1.0, f1_frame=[0.1, 0.5, 0.3, 0.5, 0.2, 0.1][len(seen) - 1])

    best = train(make_stage(evaluate=evaluate), start(), tmp_path)
    jax.tree.map(np.testing.assert_array_equal, best, seen[1])


def test_the_learning_rate_falls_on_a_plateau(tmp_path):
    losses = iter([3.0, 2.0, 2.0, 2.0, 2.0, 2.0])
    stage = make_stage(
        plateau=Plateau(factor=0.1, patience=2),
        evaluate=lambda _: Evaluation(loss=next(losses), f1_frame=0.0),
    )
    train(stage, start(), tmp_path)
    rates = [row["learning_rate"] for row in rows(tmp_path)]
    assert rates == pytest.approx([0.05, 0.05, 0.05, 0.05, 0.005, 0.005])


def test_divergence_is_named_with_a_remedy(tmp_path):
    with pytest.raises(InputError, match=r"line is .* diverged.*lower learning rate"):
        train(make_stage(learning_rate=1e20), start(), tmp_path)


def test_validation_without_labels_is_refused(tmp_path):
    stage = make_stage(evaluate=lambda _: Evaluation(loss=0.0, f1_frame=float("nan")))
    with pytest.raises(InputError, match="validation subjects have no labels"):
        train(stage, start(), tmp_path)


def test_norms_of_gradient_and_parameters_are_logged(tmp_path):
    stage = make_stage(steps=1)
    params = train(stage, start(), tmp_path)
    (row,) = rows(tmp_path)
    batch = read_rows(np.arange(16))
    key = jax.random.fold_in(jax.random.key(0), 0)
    errors = 0.01 * float(jax.random.normal(key)) - batch["y"]
    gradient = np.array([*(2 * errors[:, None] * batch["x"]).mean(axis=0), 2 * errors.mean()])
    assert row["gradient_norm"] == pytest.approx(np.linalg.norm(gradient), rel=1e-4)
    moved = np.concatenate([np.ravel(leaf) for leaf in jax.tree.leaves(params)])
    assert row["parameter_norm"] == pytest.approx(np.linalg.norm(moved), rel=1e-5)
