"""The training loop that all stages share: step, evaluate, save, go on where it stopped."""

import contextlib
import dataclasses
import json
import math
import time
from collections.abc import Callable
from typing import Any

import jax
import numpy as np
from etils import epath
from flax import struct

from au_jax.errors import InputError
from au_jax.sampling.loader import iterate_batches
from au_jax.sampling.planned_batches import PlannedBatches
from au_jax.system import atomic_files
from au_jax.system.progress import progress_bar
from au_jax.system.pytree import PyTree
from au_jax.training.checkpoints import TrainingCheckpoints
from au_jax.training.optimizers import Optimizer
from au_jax.training.selection import (
    Plateau,
    Selection,
    initial_selection,
    update_selection,
)
from au_jax.training.sharding import data_mesh, process_rows, replicate, shard_batch
from au_jax.training.step import Objective, TrainState, compiled_step, initial_state

METRICS_FILE = "metrics.jsonl"


@dataclasses.dataclass(frozen=True)
class Evaluation:
    """What is measured between steps.

    Attributes:
        loss: on the validation subjects.
        f1_frame: the mean F1-frame on the validation subjects.
        training_f1: float64 `[aus]`, F1-frame on training frames, for the log; None if not asked.
    """

    loss: float
    f1_frame: float
    training_f1: np.ndarray | None = None


@dataclasses.dataclass(frozen=True)
class Stage:
    """One part of a method that is trained by gradient descent.

    Attributes:
        name: what the progress bar and error messages call it.
        objective: the loss.
        optimizer: the optimiser.
        constants: arrays the objective needs beside the parameters.
        batches: what each step is trained on.
        evaluate: scores parameters on the validation subjects.
        learning_rate: the scheduled learning rate of a step.
        plateau: lowers the learning rate further when the validation loss stops falling.
        steps: length of the training.
        evaluate_every: steps between evaluations, each of which saves a checkpoint.
        seed: decides augmentation and dropout.
        loader_workers: processes that read batches; never changes results.
    """

    name: str
    objective: Objective
    optimizer: Optimizer
    constants: PyTree
    batches: PlannedBatches
    evaluate: Callable[[Any], Evaluation]
    learning_rate: Callable[[int], float]
    plateau: Plateau
    steps: int
    evaluate_every: int
    seed: int
    loader_workers: int = 0


@struct.dataclass
class Progress:
    """All that a resumed run needs."""

    train: TrainState
    selection: Selection


def train(stage: Stage, params: PyTree, directory: epath.PathLike) -> PyTree:
    """Train a stage to its end and return the parameters that did best in validation.

    A run that was stopped at any moment goes on from its last evaluation and ends with the same
    parameters. Evaluations are logged in `<directory>/metrics.jsonl`.

    Several processes that JAX has joined (`jax.distributed.initialize`) train together: each reads
    its rows of every step and evaluates for itself. `directory` must be one folder for all.

    Args:
        stage: what to train.
        params: initial parameters.
        directory: where checkpoints and the log are kept.

    Raises:
        InputError: if the loss is no longer a number.
    """
    mesh = data_mesh()
    checkpoints = TrainingCheckpoints(directory)
    start = Progress(
        train=initial_state(params, stage.optimizer),
        selection=initial_selection(params, stage.plateau),
    )
    progress = checkpoints.restore(replicate(mesh, start))
    constants = replicate(mesh, stage.constants)
    step = compiled_step(stage.objective, stage.optimizer, mesh)
    key = jax.random.key(stage.seed)
    first = int(progress.train.step)
    log = _Log(epath.Path(directory) / METRICS_FILE, keep_until=first)
    state, selection = progress.train, progress.selection
    losses: list[jax.Array] = []
    batches = iterate_batches(
        stage.batches,
        first=first,
        last=stage.steps,
        name=stage.name,
        workers=stage.loader_workers,
        rows=process_rows(mesh),
    )
    with (
        contextlib.closing(batches),
        progress_bar(stage.steps, stage.name, "step", initial=first) as bar,
    ):
        for done, batch in enumerate(batches, start=first + 1):
            rate = stage.learning_rate(done - 1) * float(selection.plateau.scale)
            state, loss = step(state, constants, shard_batch(mesh, batch), rate, key)
            losses.append(loss)
            bar.update()
            if done % stage.evaluate_every and done != stage.steps:
                continue
            mean_loss = _finite_mean(stage, losses, done)
            losses = []
            evaluation = stage.evaluate(state.params)
            if math.isnan(evaluation.f1_frame):
                raise InputError(
                    f"{stage.name}: the validation subjects have no labels, so no model can be "
                    "chosen; raise --experiment.protocol.validation_share or change "
                    "--experiment.protocol.seed"
                )
            selection = update_selection(
                selection,
                stage.plateau,
                params=state.params,
                step=done,
                value=evaluation.f1_frame,
                loss=evaluation.loss,
            )
            selection = replicate(mesh, selection)
            log.add(done, mean_loss, evaluation, rate)
            checkpoints.save(done, Progress(train=state, selection=selection))
            bar.set_postfix_str(f"loss {mean_loss:.3f}, validation F1 {evaluation.f1_frame:.3f}")
    checkpoints.close()
    return selection.best_params


def _finite_mean(stage: Stage, losses: list[jax.Array], done: int) -> float:
    mean = float(sum(jax.device_get(losses)) / len(losses))
    if not math.isfinite(mean):
        raise InputError(
            f"the loss of {stage.name} is {mean} after {done} steps; the training has diverged: "
            f"start again in a new --workdir with a lower learning rate "
            f"(it is {stage.learning_rate(0):g})"
        )
    return mean


class _Log:
    """`metrics.jsonl`: one line for each evaluation, without those a resumed run makes anew."""

    def __init__(self, path: epath.Path, keep_until: int) -> None:
        self._path = path
        rows = path.read_text().splitlines() if path.exists() else []
        self._rows = [row for row in rows if json.loads(row)["step"] <= keep_until]
        before = json.loads(self._rows[-1])["seconds"] if self._rows else 0.0
        self._started = time.monotonic() - before

    def add(self, step: int, loss: float, evaluation: Evaluation, learning_rate: float) -> None:
        row = {
            "step": step,
            "train_loss": loss,
            "validation_loss": evaluation.loss,
            "validation_f1_frame": evaluation.f1_frame,
            "learning_rate": learning_rate,
            **_training_f1(evaluation),
            "seconds": round(time.monotonic() - self._started, 1),
        }
        self._rows.append(json.dumps(row))
        if jax.process_index():
            return  # the first process writes it for all
        atomic_files.write_text(self._path, "\n".join(self._rows) + "\n")


def _training_f1(evaluation: Evaluation) -> dict[str, list[float | None]]:
    """Return the entry of the log; an F1 that is undefined is None, as JSON has no NaN."""
    if evaluation.training_f1 is None:
        return {}
    values = evaluation.training_f1.tolist()
    return {"training_f1_frame": [None if math.isnan(value) else value for value in values]}
