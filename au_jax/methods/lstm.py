"""The stacked LSTM as a method: on the fc7 features that the CNN of the same fold left."""

import dataclasses
from typing import Any, cast

import jax
import jax.numpy as jnp
import numpy as np

from au_jax.features.pca import PrincipalComponents, fit_principal_components
from au_jax.methods.cnn import FC7_FILE
from au_jax.methods.fold_run import FoldRun, Method
from au_jax.metrics import f1_frame, mean_over_aus
from au_jax.models.inference import lstm_scores
from au_jax.models.initialisation import initial_parameters
from au_jax.models.lstm import StackedLstm
from au_jax.sampling.planned_batches import Batch, PlannedBatches
from au_jax.sampling.windows import PADDING, WindowPlan, recording_starts, subject_streams
from au_jax.settings import LstmConfig
from au_jax.system import atomic_files
from au_jax.system.pytree import PyTree
from au_jax.system.checkpoints import has_model, load_model, save_model
from au_jax.training.loop import Evaluation, Stage, train
from au_jax.training.losses import label_weights, masked_hinge
from au_jax.training.optimizers import RmsProp
from au_jax.training.selection import NO_PLATEAU

SCORES_FILE = "all_scores.npy"

_PROJECTED_AT_ONCE = 8192


@dataclasses.dataclass(frozen=True)
class LstmObjective:
    """Masked hinge loss of the scores of windows."""

    network: StackedLstm
    margin: float
    gradient_threshold: float | None

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
            self.margin,
            batch["counts"],
            self.gradient_threshold,
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


def build_network(config: LstmConfig, num_aus: int) -> StackedLstm:
    """Return the network that `config` describes."""
    return StackedLstm(
        num_aus=num_aus, layers=config.layers, cells=config.cells, dropout=config.dropout
    )


def run(fold_run: FoldRun, name: str = "lstm") -> np.ndarray:
    """Train, then leave the scores of every frame of the data set for the fusion.

    Args:
        fold_run: settings and data; its CNN has left fc7.
        name: the method in whose folder model and scores are kept.
    """
    folder = fold_run.folder(name)
    if not (folder / SCORES_FILE).exists():
        model = trained_lstm(fold_run, name)
        scores = lstm_scores(
            model["params"],
            projected_fc7(fold_run, model),
            fold_run.dataset.frames.recording,
            network=build_network(fold_run.experiment.lstm, len(fold_run.dataset.aus)),
        )
        atomic_files.write_array(folder / SCORES_FILE, scores)
    return atomic_files.read_array(folder / SCORES_FILE)[fold_run.fold.test]


def trained_lstm(fold_run: FoldRun, name: str = "lstm") -> dict[str, Any]:
    """Return the model, `params` and `pca`, that a folder of the fold holds.

    Args:
        fold_run: settings and data; it is trained now if it has not been.
        name: the method whose folder it is.
    """
    folder = fold_run.folder(name)
    if not has_model(folder):
        save_model(folder, _train(fold_run, _fc7(fold_run), name))
    return load_model(folder)


def projected_fc7(fold_run: FoldRun, model: dict[str, Any]) -> np.ndarray:
    """Return what an LSTM of the fold takes of every frame, float32 `[frame, component]`.

    Args:
        fold_run: the fold whose CNN has left fc7.
        model: of `trained_lstm`.
    """
    return _project(_fc7(fold_run), _principal_components(model))


def _fc7(fold_run: FoldRun) -> np.ndarray:
    return atomic_files.read_array(fold_run.folder("cnn") / FC7_FILE)


def _principal_components(model: dict[str, Any]) -> PrincipalComponents:
    pca = {name: np.asarray(value) for name, value in model["pca"].items()}
    return PrincipalComponents(pca["mean"], pca["components"], float(pca["energy"]))


def _project(fc7: np.ndarray, pca: PrincipalComponents) -> np.ndarray:
    return np.concatenate(
        [
            pca.project(fc7[first : first + _PROJECTED_AT_ONCE])
            for first in range(0, len(fc7), _PROJECTED_AT_ONCE)
        ]
    )


def _train(fold_run: FoldRun, fc7: np.ndarray, name: str = "lstm") -> dict[str, Any]:
    config, num_aus = fold_run.experiment.lstm, len(fold_run.dataset.aus)
    pca = fit_principal_components(fc7[fold_run.fold.train], config.pca_components)
    features = _project(fc7, pca)
    network = build_network(config, num_aus)
    seed = fold_run.seed(purpose=2)
    example = jnp.zeros((1, 1, features.shape[1]))
    params = initial_parameters(network, jax.random.key(seed), example, jnp.zeros((1, 1), bool))
    updates_per_epoch = -(-len(fold_run.fold.train) // (config.window * config.batch_size))

    def learning_rate(step: int) -> float:
        epochs = step // updates_per_epoch - config.decay_after_epochs
        return config.learning_rate * config.learning_rate_decay ** max(epochs, 0)

    stage = Stage(
        name=fold_run.title(name),
        objective=LstmObjective(
            network=network, margin=config.margin, gradient_threshold=config.gradient_threshold
        ),
        optimizer=RmsProp(config.rms_decay, config.momentum, config.gradient_clip),
        constants={"class_weights": fold_run.class_weights()},
        batches=_planned_batches(fold_run, features, seed),
        evaluate=lambda trained: _evaluate(fold_run, network, trained, features),
        learning_rate=learning_rate,
        plateau=NO_PLATEAU,
        steps=config.steps,
        evaluate_every=config.evaluate_every,
        seed=seed,
    )
    best = train(stage, params, fold_run.folder(name))
    return {
        "params": best,
        "pca": {
            "mean": pca.mean,
            "components": pca.components,
            "energy": pca.energy,
        },
    }


def _planned_batches(fold_run: FoldRun, features: np.ndarray, seed: int) -> PlannedBatches:
    config, table = fold_run.experiment.lstm, fold_run.dataset.frames
    plan = WindowPlan(
        streams=subject_streams(table.subject, fold_run.fold.train),
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
    fold_run: FoldRun, network: StackedLstm, params: PyTree, features: np.ndarray
) -> Evaluation:
    table, frames = fold_run.dataset.frames, fold_run.fold.validation
    scores = lstm_scores(params, features[frames], table.recording[frames], network=network)
    labels = table.labels[frames]
    known = jnp.asarray(labels)
    loss = masked_hinge(
        jnp.asarray(scores),
        known,
        fold_run.experiment.lstm.margin,
        weights=label_weights(known, jnp.asarray(fold_run.class_weights())),
    )
    return Evaluation(loss=float(loss), f1_frame=mean_over_aus(f1_frame(labels, scores)))


LSTM = Method(name="lstm", requires=("cnn",), run=run)
