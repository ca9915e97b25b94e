"""The network over time as a method: on the features that the CNN of the same fold left."""

import dataclasses
from typing import cast

import jax
import jax.numpy as jnp
import numpy as np

from au_jax.detector.block import Block
from au_jax.detector.lstm import LstmModel
from au_jax.features.pca import fit_principal_components
from au_jax.methods.method import FoldRun, Method, Source, Task
from au_jax.metrics import f1_frame, mean_over_aus
from au_jax.models.inference import lstm_outputs
from au_jax.models.initialisation import initial_parameters
from au_jax.models.networks import TemporalNetwork, temporal_network
from au_jax.sampling.planned_batches import Batch, PlannedBatches
from au_jax.sampling.windows import PADDING, WindowPlan, recording_starts, subject_streams
from au_jax.settings import HingeConfig
from au_jax.system.pytree import PyTree
from au_jax.training.loop import Evaluation, Stage, train
from au_jax.training.losses import label_weights, masked_hinge
from au_jax.training.optimizers import RmsProp
from au_jax.training.selection import NO_PLATEAU


@dataclasses.dataclass(frozen=True)
class LstmObjective:
    """Masked hinge loss of the scores of windows."""

    network: TemporalNetwork
    loss: HingeConfig

    def __call__(
        self, params: PyTree, constants: PyTree, batch: dict[str, jax.Array], key: jax.Array
    ) -> jax.Array:
        """Return the loss; `batch` holds `features`, `labels`, `reset` and `counts`."""
        scores = self.network.apply(
            {"params": params},
            batch["features"],
            batch["reset"],
            train=True,
            rngs={"dropout": key},
        )
        return masked_hinge(
            cast("jax.Array", scores),
            batch["labels"],
            self.loss.margin,
            batch["counts"],
            self.loss.gradient_threshold,
            weights=label_weights(batch["labels"], constants["class_weights"]),
        )


@dataclasses.dataclass(frozen=True)
class LabelledWindows:
    """Reads windows of frames; the `read` of `PlannedBatches`.

    Attributes:
        features: float32 `[frame, feature]`.
        labels: int8 `[frame, au]`.
        recording: int `[frame]`, the recording of each frame.
        warm_up: frames at the start of a window that do not count.
        reset_at_recordings: whether the state is zeroed where a recording begins in a window.
    """

    features: np.ndarray
    labels: np.ndarray
    recording: np.ndarray
    warm_up: int
    reset_at_recordings: bool

    def __call__(self, windows: np.ndarray) -> Batch:
        """Return the arrays that `LstmObjective` needs, `[batch, time, …]`.

        Args:
            windows: int64 `[batch, time]`, indices of frames or `PADDING`.
        """
        present = windows != PADDING
        counts = present.copy()
        counts[:, : self.warm_up] = False
        starts = recording_starts(self.recording, windows)
        if not self.reset_at_recordings:
            starts[:, 1:] = False
        return {
            "features": np.where(present[..., None], self.features[windows], np.float32(0)),
            "labels": np.where(present[..., None], self.labels[windows], np.int8(0)),
            "reset": starts,
            "counts": counts,
        }


def _fit(task: Task) -> Block:
    """Train on the principal components of the CNN's features."""
    (cnn,) = task.inputs
    start, features = initial_model(task)
    best = train(stage(task, start, features), start.params, task.folder.path)
    return Block(dataclasses.replace(start, params=best), (cnn.block,))


def initial_model(task: Task) -> tuple[LstmModel, np.ndarray]:
    """Return the model before its first step, and its input of every frame `[frame, component]`."""
    run, config, num_aus = task.run, task.run.experiment.lstm, len(task.run.dataset.aus)
    (cnn,) = task.inputs
    found = cnn.in_training().known_features()
    pca = fit_principal_components(found[run.fold.train], config.pca_components)
    features = pca.project_in_parts(found)
    network = temporal_network(config.network, num_aus)
    key, example = jax.random.key(run.seed(purpose=2)), jnp.zeros((1, 1, features.shape[1]))
    params = initial_parameters(network, key, example, jnp.zeros((1, 1), bool))
    return LstmModel(config.network, num_aus, params, pca), features


def stage(task: Task, start: LstmModel, features: np.ndarray) -> Stage:
    """Return the training of a model that is before its first step.

    Args:
        task: settings and data.
        start: the model.
        features: its input of every frame, float32 `[frame, component]`.
    """
    run, config, network = task.run, task.run.experiment.lstm, start.network
    windows, seed = config.windows, run.seed(purpose=2)
    steps_per_epoch = -(-len(run.fold.train) // (windows.window * windows.batch_size))
    return Stage(
        name=task.title,
        objective=LstmObjective(network, config.loss),
        optimizer=RmsProp(config.optimizer, config.steps, steps_per_epoch),
        constants={"class_weights": run.class_weights()},
        batches=_planned_batches(run, features, seed),
        evaluate=lambda params: _evaluate(run, network, params, features),
        plateau=NO_PLATEAU,
        steps=config.steps,
        evaluate_every=config.evaluate_every,
        seed=seed,
    )


def _planned_batches(run: FoldRun, features: np.ndarray, seed: int) -> PlannedBatches:
    config, table = run.experiment.lstm.windows, run.dataset.frames
    plan = WindowPlan(
        streams=subject_streams(table.subject, run.fold.train),
        labels=table.labels,
        window=config.window,
        batch_size=config.batch_size,
        min_active_aus=config.min_active_aus,
        seed=seed,
    )
    return PlannedBatches(
        plan,
        LabelledWindows(
            features=features,
            labels=table.labels,
            recording=table.recording,
            warm_up=config.warm_up,
            reset_at_recordings=config.reset_at_recordings,
        ),
    )


def _evaluate(
    run: FoldRun, network: TemporalNetwork, params: PyTree, features: np.ndarray
) -> Evaluation:
    table, frames = run.dataset.frames, run.fold.validation
    scores, _ = lstm_outputs(params, features[frames], table.recording[frames], network)
    labels = table.labels[frames]
    known = jnp.asarray(labels)
    loss = masked_hinge(
        jnp.asarray(scores),
        known,
        run.experiment.lstm.loss.margin,
        weights=label_weights(known, jnp.asarray(run.class_weights())),
    )
    return Evaluation(loss=float(loss), f1_frame=mean_over_aus(f1_frame(labels, scores)))


LSTM = Method(
    name="lstm",
    fit=_fit,
    builds_on=(Source("cnn"),),
    sections=("lstm", "loss_weighting"),
    cross_fits=True,
)
