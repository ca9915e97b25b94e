"""The multi-label CNN as a method: trained on the faces of the training subjects."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np

from au_jax.datasets.labelled_faces import LabelledFaces
from au_jax.datasets.row_selection import evenly_spaced
from au_jax.detector.block import Block, FaceFrames
from au_jax.detector.cnn import CnnModel, mean_face_of
from au_jax.methods.method import PRETRAINING, FoldRun, Method, Source, Task
from au_jax.methods.shuffled_labels import with_shuffled_labels
from au_jax.metrics import f1_frame, mean_over_aus
from au_jax.models.initialisation import initial_parameters
from au_jax.models.networks import Backbone, frame_network, with_outputs_of
from au_jax.models.preprocessing import centre_faces
from au_jax.sampling.planned_batches import PlannedBatches
from au_jax.sampling.strategies import plan_for
from au_jax.settings import (
    BALANCING_STRATEGIES,
    AugmentationConfig,
    FaceInputConfig,
    Reduction,
)
from au_jax.system.pytree import PyTree
from au_jax.training.augmentation import augment
from au_jax.training.loop import Evaluation, Stage, train
from au_jax.training.losses import label_weights, masked_cross_entropy
from au_jax.training.optimizers import SgdMomentum
from au_jax.training.selection import Plateau


@dataclasses.dataclass(frozen=True)
class CnnObjective:
    """Masked cross-entropy of augmented faces, Eq. (1)."""

    network: Backbone
    augmentation: AugmentationConfig
    face_input: FaceInputConfig
    reduction: Reduction
    batch_size: int

    def __call__(
        self, params: PyTree, constants: PyTree, batch: dict[str, jax.Array], key: jax.Array
    ) -> jax.Array:
        """Return the loss; `batch` holds `faces` uint8 and `labels` int8."""
        augment_key, dropout_key = jax.random.split(key)
        faces = centre_faces(batch["faces"], constants["mean_face"], self.face_input)
        images = augment(faces, self.augmentation, self.face_input, augment_key)
        logits, _ = self.network.apply(
            {"params": params}, images, train=True, rngs={"dropout": dropout_key}
        )
        weights = label_weights(batch["labels"], constants["class_weights"])
        loss = masked_cross_entropy(logits, batch["labels"], self.reduction, weights)
        # The mean was over the rows, some of which may only fill up the last device.
        return loss * (len(batch["labels"]) / self.batch_size)


def fit_cnn(task: Task) -> Block:
    """Train the network; it starts from the weights of pretraining if there was one."""
    if task.run.experiment.cnn.shuffled_labels:
        task = with_shuffled_labels(task)
    start = initial_model(task)
    best = train(stage(task, start), start.params, task.folder.path)
    return Block(dataclasses.replace(start, params=best))


def initial_model(task: Task) -> CnnModel:
    """Return the model before its first step."""
    run, config = task.run, task.run.experiment.cnn
    aus, crop = run.dataset.aus, config.input.crop
    network = frame_network(config.network, len(aus))
    mean_face = mean_face_of(run.dataset, run.fold.train, config.input)
    example = jnp.zeros((1, crop, crop, mean_face.shape[2]))
    params = initial_parameters(network, jax.random.key(run.seed(purpose=1)), example)
    for before in task.inputs:
        known = [au for au in aus if au in before.aus]
        columns = [aus.index(au) for au in known], [before.aus.index(au) for au in known]
        trained = before.block.model.arrays()["params"]
        params = with_outputs_of(network, params, trained, columns)
    return CnnModel(config.network, config.input, len(aus), params, mean_face)


def stage(task: Task, start: CnnModel) -> Stage:
    """Return the training of a model that is before its first step."""
    run, config = task.run, task.run.experiment.cnn
    seed = run.seed(purpose=1)
    return Stage(
        name=task.title,
        objective=CnnObjective(
            network=start.network,
            augmentation=config.augmentation,
            face_input=config.input,
            reduction=config.reduction,
            batch_size=config.batch_size,
        ),
        optimizer=SgdMomentum(config.optimizer, config.steps),
        constants={"mean_face": start.mean_face, "class_weights": _class_weights(run)},
        batches=_planned_batches(run, seed),
        loader_workers=run.loader_workers,
        evaluate=lambda params: _evaluate(run, dataclasses.replace(start, params=params)),
        plateau=Plateau(config.optimizer.plateau_factor, config.optimizer.plateau_patience),
        steps=config.steps,
        evaluate_every=config.evaluate_every,
        seed=seed,
    )


def _class_weights(run: FoldRun) -> np.ndarray:
    """Return the weights of absent and present labels in the loss, float32 `[2, aus]`.

    All 1 where batches are balanced already: rare AUs would count twice.
    """
    weights = run.class_weights()
    balanced = run.experiment.sampling.strategy in BALANCING_STRATEGIES
    return np.ones_like(weights) if balanced else weights


def _planned_batches(run: FoldRun, seed: int) -> PlannedBatches:
    labels = run.dataset.frames.labels[run.fold.train]
    sampling = run.experiment.sampling
    plan = plan_for(
        sampling.strategy,
        labels,
        run.experiment.cnn.batch_size,
        seed,
        draw_size=sampling.draw_size,
        neutral=sampling.neutral,
        restore=sampling.restore,
        ties=sampling.ties,
        aus=run.dataset.aus,
    )
    return PlannedBatches(plan, LabelledFaces(run.dataset.faces, run.fold.train, labels))


def _evaluate(run: FoldRun, model: CnnModel) -> Evaluation:
    config, labels = run.experiment.cnn, run.dataset.frames.labels
    frames = FaceFrames.of(run.dataset)

    def scored(rows: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
        rows = evenly_spaced(rows[(labels[rows] != 0).any(axis=1)], count)
        return labels[rows], model.logits(frames, rows)

    known, logits = scored(run.fold.validation, config.evaluation_frames)
    weights = label_weights(jnp.asarray(known), jnp.asarray(_class_weights(run)))
    loss = masked_cross_entropy(jnp.asarray(logits), jnp.asarray(known), config.reduction, weights)
    training_f1 = None
    if config.training_f1_frames:
        training_f1 = f1_frame(*scored(run.fold.train, config.training_f1_frames))
    return Evaluation(
        loss=float(loss), f1_frame=mean_over_aus(f1_frame(known, logits)), training_f1=training_f1
    )


CNN_SECTIONS = ("cnn", "sampling", "loss_weighting")

CNN = Method(
    name="cnn",
    fit=fit_cnn,
    builds_on=(Source("cnn", data=PRETRAINING, optional=True),),
    sections=CNN_SECTIONS,
    cross_fits=True,
)
