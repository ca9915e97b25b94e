"""The training loop that all stages share: step, evaluate, save, go on where it stopped."""

import contextlib
import dataclasses
import json
import math
import time
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from etils import epath
from flax import struct
from jax.sharding import Mesh

from au_jax.errors import InputError
from au_jax.sampling.loader import iterate_batches
from au_jax.sampling.planned_batches import PlannedBatches
from au_jax.system import atomic_files
from au_jax.system.checkpoints import TrainingCheckpoints
from au_jax.system.progress import progress_bar
from au_jax.system.pytree import PyTree
from au_jax.training import METRICS_FILE
from au_jax.training.optimizers import Optimizer, hyperparameters, with_plateau_scale
from au_jax.training.selection import (
    Plateau,
    Selection,
    initial_selection,
    update_selection,
)
from au_jax.training.sharding import data_mesh, process_rows, replicate, shard_batch
from au_jax.training.step import Objective, TrainState, compiled_step, initial_state


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
        optimizer: the optimiser with its schedule.
        constants: arrays the objective needs beside the parameters.
        batches: what each step is trained on.
        evaluate: scores parameters on the validation subjects.
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
    measured: list[dict[str, jax.Array]] = []
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
            state, found = step(progress.train, constants, shard_batch(mesh, batch), key)
            progress = dataclasses.replace(progress, train=state)
            measured.append(found)
            bar.update()
            if done % stage.evaluate_every and done != stage.steps:
                continue
            means, measured = _finite_means(stage, measured, done), []
            evaluation = _evaluate(stage, state.params)
            log.add(done, means, evaluation, state)
            progress = _selected(stage, mesh, progress, done, evaluation)
            checkpoints.save(done, progress)
            bar.set_postfix_str(
                f"loss {means['loss']:.3f}, validation F1 {evaluation.f1_frame:.3f}"
            )
    checkpoints.close()
    return progress.selection.best_params


def _evaluate(stage: Stage, params: PyTree) -> Evaluation:
    evaluation = stage.evaluate(params)
    if math.isnan(evaluation.f1_frame):
        raise InputError(
            f"{stage.name}: the validation subjects have no labels, so no model can be "
            "chosen; raise --experiment.protocol.validation_share or change "
            "--experiment.protocol.seed"
        )
    return evaluation


def _selected(
    stage: Stage, mesh: Mesh, progress: Progress, step: int, evaluation: Evaluation
) -> Progress:
    """Return the progress with the best parameters so far and the learning rate that follows."""
    state = progress.train
    selection = update_selection(
        progress.selection,
        stage.plateau,
        params=state.params,
        step=step,
        value=evaluation.f1_frame,
        loss=evaluation.loss,
    )
    selection = replicate(mesh, selection)
    # A copy: the next step uses up the arrays of its state.
    optimizer = with_plateau_scale(state.optimizer, jnp.copy(selection.plateau.scale))
    return Progress(train=dataclasses.replace(state, optimizer=optimizer), selection=selection)


def _finite_means(
    stage: Stage, measured: list[dict[str, jax.Array]], done: int
) -> dict[str, float]:
    """Return the means of what steps measured since the last evaluation."""
    fetched = jax.device_get(measured)
    means = {name: float(sum(one[name] for one in fetched) / len(fetched)) for name in fetched[0]}
    if not math.isfinite(means["loss"]):
        raise InputError(
            f"the loss of {stage.name} is {means['loss']} after {done} steps; the training has "
            "diverged: start again in a new --workdir with a lower learning rate"
        )
    return means


_norm = jax.jit(optax.tree.norm)


class _Log:
    """`metrics.jsonl`: one line for each evaluation, without those a resumed run makes anew."""

    def __init__(self, path: epath.Path, keep_until: int) -> None:
        self._path = path
        rows = path.read_text().splitlines() if path.exists() else []
        self._rows = [row for row in rows if json.loads(row)["step"] <= keep_until]
        before = json.loads(self._rows[-1])["seconds"] if self._rows else 0.0
        self._started = time.monotonic() - before

    def add(
        self, step: int, means: dict[str, float], evaluation: Evaluation, state: TrainState
    ) -> None:
        last = hyperparameters(state.optimizer)
        row = {
            "step": step,
            "train_loss": means["loss"],
            "validation_loss": evaluation.loss,
            "validation_f1_frame": evaluation.f1_frame,
            "learning_rate": float(last["learning_rate"] * last["plateau_scale"]),
            "gradient_norm": means["gradient_norm"],
            "parameter_norm": float(_norm(state.params)),
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
