"""The hybrid network: a fusion head on the scores of the fold's CNN and LSTM."""

import dataclasses
import functools
from typing import cast

import jax
import jax.numpy as jnp
import numpy as np

from au_jax.methods.cnn import LOGITS_FILE
from au_jax.methods.fold_run import FoldRun, Method
from au_jax.methods.lstm import SCORES_FILE
from au_jax.metrics import f1_frame, mean_over_aus
from au_jax.models.fusion import FeatureFusionHead, FusionHead
from au_jax.models.inference import fusion_logits
from au_jax.sampling.planned_batches import Batch, PlannedBatches
from au_jax.sampling.random import RandomPlan
from au_jax.settings import FusionConfig
from au_jax.system import atomic_files
from au_jax.system.pytree import PyTree
from au_jax.system.checkpoints import has_model, load_model, save_model
from au_jax.training.loop import Evaluation, Stage, train
from au_jax.training.losses import label_weights, masked_cross_entropy
from au_jax.training.optimizers import Adam
from au_jax.training.selection import NO_PLATEAU


@dataclasses.dataclass(frozen=True)
class FusionInputs:
    """What a fusion takes of the two networks for every row of the frames table.

    Attributes:
        cnn: float32 `[frame, …]`, scores or features of the CNN.
        lstm: float32 `[frame, …]`, scores or features of the LSTM.
    """

    cnn: np.ndarray
    lstm: np.ndarray


@dataclasses.dataclass(frozen=True)
class FusionObjective:
    """Masked cross-entropy of the fused scores; the networks below are not trained further."""

    network: FusionHead | FeatureFusionHead
    batch_size: int

    def __call__(
        self, params: PyTree, constants: PyTree, batch: dict[str, jax.Array], key: jax.Array
    ) -> jax.Array:
        """Return the loss; `batch` holds `cnn`, `lstm` and `labels`, `[frames, …]` each."""
        del key
        logits = cast(
            "jax.Array", self.network.apply({"params": params}, batch["cnn"], batch["lstm"])
        )
        weights = label_weights(batch["labels"], constants["class_weights"])
        loss = masked_cross_entropy(logits, batch["labels"], weights=weights)
        # The mean was over the rows, some of which may only fill up the last device.
        return loss * (len(batch["labels"]) / self.batch_size)


def run(fold_run: FoldRun) -> np.ndarray:
    """Train the fusion head and return the logits of the test frames."""
    network = build_network(fold_run.experiment.fusion, len(fold_run.dataset.aus))
    return fused(fold_run, HYBRID.name, network, network_scores(fold_run))


def build_network(config: FusionConfig, num_aus: int) -> FusionHead:
    """Return the network that `config` describes."""
    return FusionHead(
        num_aus=num_aus,
        hidden=config.hidden,
        normalise=config.normalise_scores,
        mean_scale=config.mean_scale,
        lstm_share=config.lstm_share,
    )


def network_scores(fold_run: FoldRun) -> FusionInputs:
    """Return the scores that the CNN and the LSTM of the fold left, `[frame, au]` each."""
    return FusionInputs(
        cnn=np.asarray(atomic_files.read_array(fold_run.folder("cnn") / LOGITS_FILE)),
        lstm=np.asarray(atomic_files.read_array(fold_run.folder("lstm") / SCORES_FILE)),
    )


def fused(
    fold_run: FoldRun, name: str, network: FusionHead | FeatureFusionHead, inputs: FusionInputs
) -> np.ndarray:
    """Train a fusion head, if it has not been, and return the logits of the test frames.

    Args:
        fold_run: settings and data.
        name: the method in whose folder the head is kept.
        network: the head.
        inputs: what it takes.
    """
    folder = fold_run.folder(name)
    if not has_model(folder):
        save_model(folder, {"params": _train(fold_run, name, network, inputs)})
    return _fuse(network, load_model(folder)["params"], inputs, fold_run.fold.test)


def _fuse(
    network: FusionHead | FeatureFusionHead,
    params: PyTree,
    inputs: FusionInputs,
    frames: np.ndarray,
) -> np.ndarray:
    cnn, lstm = inputs.cnn[frames], inputs.lstm[frames]
    return np.asarray(fusion_logits(params, cnn, lstm, network=network))


def _train(
    fold_run: FoldRun,
    name: str,
    network: FusionHead | FeatureFusionHead,
    inputs: FusionInputs,
) -> PyTree:
    config, fold = fold_run.experiment.fusion, fold_run.fold
    labels = fold_run.dataset.frames.labels
    seed, class_weights = fold_run.seed(purpose=3), fold_run.class_weights()
    examples = [jnp.zeros((1, part.shape[1])) for part in (inputs.cnn, inputs.lstm)]
    params = jax.jit(functools.partial(network.init))(jax.random.key(seed), *examples)
    labelled = int((labels[fold.train] != 0).any(axis=1).sum())
    batch_size = max(min(config.batch_size, labelled), 1)
    plan = RandomPlan(labels[fold.train], batch_size, seed)

    def read(indices: np.ndarray) -> Batch:
        frames = fold.train[indices]
        return {
            "cnn": inputs.cnn[frames],
            "lstm": inputs.lstm[frames],
            "labels": labels[frames],
        }

    def evaluate(trained: PyTree) -> Evaluation:
        logits = _fuse(network, trained, inputs, fold.validation)
        known = labels[fold.validation]
        weights = label_weights(jnp.asarray(known), jnp.asarray(class_weights))
        loss = masked_cross_entropy(jnp.asarray(logits), jnp.asarray(known), weights=weights)
        return Evaluation(loss=float(loss), f1_frame=mean_over_aus(f1_frame(known, logits)))

    stage = Stage(
        name=fold_run.title(name),
        objective=FusionObjective(network, batch_size),
        optimizer=Adam(),
        constants={"class_weights": class_weights},
        batches=PlannedBatches(plan, read),
        evaluate=evaluate,
        learning_rate=lambda _: config.learning_rate,
        plateau=NO_PLATEAU,
        steps=config.steps,
        evaluate_every=config.evaluate_every,
        seed=seed,
    )
    return train(stage, params["params"], fold_run.folder(name))


HYBRID = Method(name="hybrid", requires=("cnn", "lstm"), run=run)
