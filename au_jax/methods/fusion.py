"""The fusion of the fold's CNN and LSTM: the hybrid network, and other ways to fuse.

`hybrid` is the paper's late fusion of scores (section 3.3). `fusion_features` is not in the paper:
its two layers on the CNN's features in the LSTM's principal components and on the hidden state of
the LSTM ("early fusion"). `fusion_mean` trains nothing.
"""

import dataclasses
from typing import cast

import jax
import jax.numpy as jnp
import numpy as np

from au_jax.detector.block import Block, Outputs
from au_jax.detector.fusion import FusionModel, MeanModel
from au_jax.detector.lstm import LstmModel
from au_jax.features.pca import PrincipalComponents
from au_jax.methods.method import Method, Source, Task
from au_jax.metrics import f1_frame, mean_over_aus
from au_jax.models.fusion import FeatureFusionHead, FusionHead
from au_jax.models.inference import fusion_logits
from au_jax.sampling.planned_batches import Batch, PlannedBatches
from au_jax.sampling.random import RandomPlan
from au_jax.system.pytree import PyTree
from au_jax.training.loop import Evaluation, Stage, train
from au_jax.training.losses import label_weights, masked_cross_entropy
from au_jax.training.optimizers import Adam
from au_jax.training.selection import NO_PLATEAU


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


def _fit_on_scores(task: Task) -> Block:
    """Train the head on the scores that the CNN and the LSTM of the fold left."""
    cnn, lstm = (source.in_training() for source in task.inputs)
    return _fitted(task, cnn, lstm, None)


def _fit_on_features(task: Task) -> Block:
    """Train the head on the features that the two networks' scores are computed from."""
    cnn, lstm = task.inputs
    model = cast("LstmModel", lstm.block.model)
    return _fitted(task, cnn.outputs(), lstm.outputs(), model.pca)


def _fit_mean(task: Task) -> Block:
    blocks = tuple(source.block for source in task.inputs)
    return Block(MeanModel(task.run.experiment.fusion.network), blocks)


def _fitted(task: Task, cnn: Outputs, lstm: Outputs, pca: PrincipalComponents | None) -> Block:
    run = task.run
    model = FusionModel(run.experiment.fusion.network, len(run.dataset.aus), {}, pca)
    taken = model.inputs_of(cnn, lstm)
    examples = [jnp.zeros((1, part.shape[1])) for part in taken]
    start = jax.jit(model.network.init)(jax.random.key(run.seed(purpose=3)), *examples)
    best = train(stage(task, model.network, *taken), start["params"], task.folder.path)
    blocks = tuple(source.block for source in task.inputs)
    return Block(dataclasses.replace(model, params=best), blocks)


def stage(
    task: Task, network: FusionHead | FeatureFusionHead, cnn: np.ndarray, lstm: np.ndarray
) -> Stage:
    """Return the training of a head.

    Args:
        task: settings and data.
        network: the head.
        cnn: what it takes of the CNN, float32 `[frame, …]`.
        lstm: what it takes of the LSTM, the same way.
    """
    run = task.run
    config, fold, labels = run.experiment.fusion, run.fold, run.dataset.frames.labels
    seed, class_weights = run.seed(purpose=3), run.class_weights()
    labelled = int((labels[fold.train] != 0).any(axis=1).sum())
    batch_size = max(min(config.batch_size, labelled), 1)

    def read(indices: np.ndarray) -> Batch:
        frames = fold.train[indices]
        return {"cnn": cnn[frames], "lstm": lstm[frames], "labels": labels[frames]}

    def evaluate(params: PyTree) -> Evaluation:
        parts = cnn[fold.validation], lstm[fold.validation]
        logits = np.asarray(fusion_logits(params, *parts, network=network))
        known = labels[fold.validation]
        weights = label_weights(jnp.asarray(known), jnp.asarray(class_weights))
        loss = masked_cross_entropy(jnp.asarray(logits), jnp.asarray(known), weights=weights)
        return Evaluation(loss=float(loss), f1_frame=mean_over_aus(f1_frame(known, logits)))

    return Stage(
        name=task.title,
        objective=FusionObjective(network, batch_size),
        optimizer=Adam(config.learning_rate),
        constants={"class_weights": class_weights},
        batches=PlannedBatches(RandomPlan(labels[fold.train], batch_size, seed), read),
        evaluate=evaluate,
        plateau=NO_PLATEAU,
        steps=config.steps,
        evaluate_every=config.evaluate_every,
        seed=seed,
    )


_ON_BOTH = (Source("cnn"), Source("lstm"))
_SECTIONS = ("fusion", "loss_weighting")

HYBRID = Method(name="hybrid", fit=_fit_on_scores, builds_on=_ON_BOTH, sections=_SECTIONS)
FUSION_FEATURES = Method(
    name="fusion_features", fit=_fit_on_features, builds_on=_ON_BOTH, sections=_SECTIONS
)
FUSION_MEAN = Method(name="fusion_mean", fit=_fit_mean, builds_on=_ON_BOTH, sections=("fusion",))
