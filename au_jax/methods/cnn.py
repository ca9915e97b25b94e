"""The multi-label CNN as a method: trained on the faces of the training subjects."""

import dataclasses
import functools
import math
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from au_jax.datasets.labelled_faces import LabelledFaces
from au_jax.datasets.row_selection import evenly_spaced
from au_jax.methods.cnn_scoring import (
    build_network,
    face_input,
    logits_of,
    mean_face_of,
    outputs,
)
from au_jax.methods.fold_run import FoldRun, Method
from au_jax.metrics import f1_frame, mean_over_aus
from au_jax.models.cnn import AlexNet
from au_jax.models.initialisation import initial_parameters
from au_jax.models.preprocessing import FaceInput, centre_faces
from au_jax.sampling.planned_batches import PlannedBatches
from au_jax.sampling.strategies import plan_for
from au_jax.settings import BALANCING_STRATEGIES
from au_jax.settings import CnnConfig
from au_jax.system import atomic_files
from au_jax.system.progress import progress_bar
from au_jax.system.pytree import PyTree
from au_jax.training.augmentation import Augmentation, augment
from au_jax.system.checkpoints import has_model, load_model, save_model
from au_jax.training.loop import Evaluation, Stage, train
from au_jax.training.losses import Reduction, label_weights, masked_cross_entropy
from au_jax.training.optimizers import SgdMomentum
from au_jax.training.selection import Plateau

LOGITS_FILE = "logits.npy"
FC7_FILE = "fc7.npy"


@dataclasses.dataclass(frozen=True)
class CnnObjective:
    """Masked cross-entropy of augmented faces, Eq. (1)."""

    network: AlexNet
    augmentation: Augmentation
    face_input: FaceInput
    reduction: Reduction
    batch_size: int

    def __call__(
        self, params: PyTree, constants: PyTree, batch: dict[str, jax.Array], key: jax.Array
    ) -> jax.Array:
        """Return the loss; `batch` holds `faces` uint8 and `labels` int8."""
        augment_key, dropout_key = jax.random.split(key)
        faces = centre_faces(batch["faces"], constants["mean_face"], self.face_input)
        images = augment(faces, self.augmentation, augment_key)
        logits, _ = self.network.apply(
            {"params": params}, images, train=True, rngs={"dropout": dropout_key}
        )
        weights = label_weights(batch["labels"], constants["class_weights"])
        loss = masked_cross_entropy(logits, batch["labels"], self.reduction, weights)
        # The mean was over the rows, some of which may only fill up the last device.
        return loss * (len(batch["labels"]) / self.batch_size)


def _augmentation(config: CnnConfig) -> Augmentation:
    settings = config.augmentation
    return Augmentation(
        crop=config.crop,
        flip=settings.flip,
        rotation=settings.rotation,
        scale=settings.scale,
        brightness=settings.brightness * 255 * config.pixel_scale,
        contrast=settings.contrast,
    )


def run(fold_run: FoldRun) -> np.ndarray:
    """Train, then leave logits and fc7 of every frame of the data set for later stages."""
    folder = fold_run.folder("cnn")
    if not ((folder / LOGITS_FILE).exists() and (folder / FC7_FILE).exists()):
        _write_outputs(fold_run, trained_cnn(fold_run))
    return atomic_files.read_array(folder / LOGITS_FILE)[fold_run.fold.test]


def trained_cnn(fold_run: FoldRun, name: str = "cnn") -> dict[str, Any]:
    """Return the model, `params` and `mean_face`, that a folder of the fold holds.

    Args:
        fold_run: settings and data; it is trained now if it has not been.
        name: the method whose folder it is.
    """
    folder = fold_run.folder(name)
    if not has_model(folder):
        save_model(folder, _train(fold_run, name))
    return load_model(folder)


def _train(fold_run: FoldRun, name: str = "cnn") -> dict[str, Any]:
    config, dataset, fold = fold_run.experiment.cnn, fold_run.dataset, fold_run.fold
    network = build_network(config, len(dataset.aus))
    mean_face = mean_face_of(dataset, fold.train, face_input(config))
    seed = fold_run.seed(purpose=1)
    example = jnp.zeros((1, config.crop, config.crop, mean_face.shape[2]))
    params = initial_parameters(network, jax.random.key(seed), example)
    if fold_run.pretraining is not None:
        params = _pretrained(fold_run.pretraining, params, dataset.aus)
    stage = Stage(
        name=fold_run.title(name),
        objective=CnnObjective(
            network=network,
            augmentation=_augmentation(config),
            face_input=face_input(config),
            reduction=config.reduction.value,
            batch_size=config.batch_size,
        ),
        optimizer=SgdMomentum(config.momentum, config.weight_decay),
        constants={"mean_face": mean_face, "class_weights": _class_weights(fold_run)},
        batches=_planned_batches(fold_run, seed),
        loader_workers=fold_run.loader_workers,
        evaluate=lambda trained: _evaluate(fold_run, trained, mean_face),
        learning_rate=functools.partial(_learning_rate, config),
        plateau=Plateau(config.plateau_factor, config.plateau_patience),
        steps=config.steps,
        evaluate_every=config.evaluate_every,
        seed=seed,
    )
    best = train(stage, params, fold_run.folder(name))
    return {"params": best, "mean_face": mean_face}


def _class_weights(fold_run: FoldRun) -> np.ndarray:
    """Return the weights of absent and present labels in the loss, float32 `[2, aus]`.

    All 1 where batches are balanced already: rare AUs would count twice.
    """
    weights = fold_run.class_weights()
    balanced = fold_run.experiment.sampling.strategy in BALANCING_STRATEGIES
    return np.ones_like(weights) if balanced else weights


def _pretrained(before: FoldRun, params: PyTree, aus: tuple[int, ...]) -> PyTree:
    """Return `params` with the weights trained in `before`, which is run if it has not been.

    Args:
        before: a run on other data.
        params: initial parameters for `aus`; their outputs stay for AUs that `before` has not.
        aus: the AUs of the outputs.
    """
    trained = trained_cnn(before)["params"]
    known = [au for au in aus if au in before.dataset.aus]
    target = np.array([aus.index(au) for au in known], np.int64)
    source = np.array([before.dataset.aus.index(au) for au in known], np.int64)
    fc8 = {
        name: value.at[..., target].set(trained["fc8"][name][..., source])
        for name, value in params["fc8"].items()
    }
    return {**trained, "fc8": fc8}


def _learning_rate(config: CnnConfig, step: int) -> float:
    rate = config.learning_rate * min(1.0, (step + 1) / max(config.warm_up_steps, 1))
    if config.cosine_decay:
        rate *= 0.5 * (1 + math.cos(math.pi * step / config.steps))
    return rate


def _planned_batches(fold_run: FoldRun, seed: int) -> PlannedBatches:
    dataset, train_frames = fold_run.dataset, fold_run.fold.train
    labels = dataset.frames.labels[train_frames]
    sampling = fold_run.experiment.sampling
    plan = plan_for(
        sampling.strategy.value,
        labels,
        fold_run.experiment.cnn.batch_size,
        seed,
        draw_size=sampling.draw_size,
        neutral=sampling.neutral,
        aus=dataset.aus,
    )
    return PlannedBatches(plan, LabelledFaces(dataset.faces, train_frames, labels))


def _evaluate(fold_run: FoldRun, params: PyTree, mean_face: jax.Array) -> Evaluation:
    config, labels = fold_run.experiment.cnn, fold_run.dataset.frames.labels

    def scored(frames: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
        frames = evenly_spaced(frames[(labels[frames] != 0).any(axis=1)], count)
        return labels[frames], logits_of(fold_run.dataset, config, params, mean_face, frames)

    known, logits = scored(fold_run.fold.validation, config.evaluation_frames)
    weights = label_weights(jnp.asarray(known), jnp.asarray(_class_weights(fold_run)))
    loss = masked_cross_entropy(
        jnp.asarray(logits), jnp.asarray(known), config.reduction.value, weights
    )
    training_f1 = None
    if config.training_f1_frames:
        training_f1 = f1_frame(*scored(fold_run.fold.train, config.training_f1_frames))
    return Evaluation(
        loss=float(loss), f1_frame=mean_over_aus(f1_frame(known, logits)), training_f1=training_f1
    )


def _write_outputs(fold_run: FoldRun, model: dict[str, Any]) -> None:
    """Write logits and fc7 of all frames; fc7 in half precision, as it lies in [0, 1]."""
    config, folder = fold_run.experiment.cnn, fold_run.folder("cnn")
    count, aus = len(fold_run.dataset.frames), len(fold_run.dataset.aus)
    batches = outputs(
        fold_run.dataset, config, aus, model["params"], model["mean_face"], np.arange(count)
    )
    logits = np.empty((count, aus), np.float32)
    features = model["params"]["fc7"]["kernel"].shape[1]
    title = fold_run.title("features")
    atomic_files.remove_leftovers(folder / FC7_FILE)  # gigabytes at full size
    with (
        atomic_files.writing_rows(folder / FC7_FILE, (count, features), np.float16) as append,
        progress_bar(count, title, "frame") as bar,
    ):
        done = 0
        for batch_logits, batch_fc7 in batches:
            end = done + len(batch_logits)
            logits[done:end] = batch_logits
            append(batch_fc7)
            bar.update(end - done)
            done = end
    atomic_files.write_array(folder / LOGITS_FILE, logits)


CNN = Method(name="cnn", requires=(), run=run)
