"""A few training steps of a small network on faces, as one of several processes or alone.

    python small_training.py PROCESS PROCESSES PORT DIRECTORY STEPS

Seven faces a step: no number of devices but one divides them, and augmentation and dropout show
whether each face has the same place in the batch.
"""

import pathlib
import sys
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import linen as nn

from au_jax.datasets.dataset import ArrayFaces
from au_jax.datasets.labelled_faces import LabelledFaces
from au_jax.methods.cnn import CnnObjective
from au_jax.models.dropout import Dropout
from au_jax.models.inference import cnn_outputs
from au_jax.models.initialisation import initial_parameters
from au_jax.sampling.planned_batches import PlannedBatches
from au_jax.sampling.strategies import plan_for
from au_jax.settings import AugmentationConfig, FaceInputConfig, Reduction, SgdConfig
from au_jax.training.loop import Evaluation, Stage, train
from au_jax.training.losses import masked_cross_entropy
from au_jax.training.optimizers import SgdMomentum
from au_jax.training.selection import Plateau

BATCH, AUS = 7, 3
INPUT = FaceInputConfig(face_size=32, crop=28, pixel_scale=1 / 64)


class SmallNetwork(nn.Module):
    """Stands for the CNN, whose compilation takes long."""

    @nn.compact
    def __call__(self, images, train):
        hidden = nn.relu(nn.Dense(8)(images.reshape(len(images), -1)))
        return nn.Dense(AUS)(Dropout(0.5)(hidden, train)), hidden


def planned_batches():
    generator = np.random.default_rng(0)
    faces = generator.integers(0, 256, (40, 32, 32, 3), np.uint8)
    labels = generator.integers(-1, 2, (40, AUS)).astype(np.int8)
    plan = plan_for("momu", labels, BATCH, 5)
    return PlannedBatches(plan, LabelledFaces(ArrayFaces(faces), np.arange(40), labels))


def train_small(directory, steps):
    """Return the parameters after some steps; `directory` is that of all processes."""
    batches = planned_batches()
    network: Any = SmallNetwork()
    mean_face = jnp.full((32, 32, 3), 127 / 64)
    validation = batches.step(1000)

    def evaluate(params):
        ((logits, _),) = cnn_outputs(
            params,
            mean_face,
            [validation["faces"]],
            network=network,
            face_input=INPUT,
            batch_size=BATCH,
        )
        loss = masked_cross_entropy(jnp.asarray(logits), jnp.asarray(validation["labels"]))
        return Evaluation(loss=float(loss), f1_frame=-float(loss))

    stage = Stage(
        name="small",
        objective=CnnObjective(
            network=network,
            augmentation=AugmentationConfig(brightness=0.1 / 4, contrast=0.1),
            face_input=INPUT,
            reduction=Reduction.SUM_AUS,
            batch_size=BATCH,
        ),
        optimizer=SgdMomentum(SgdConfig(learning_rate=1e-2, weight_decay=0.0), steps),
        constants={"mean_face": mean_face, "class_weights": np.ones((2, AUS), np.float32)},
        batches=batches,
        evaluate=evaluate,
        plateau=Plateau(factor=0.1, patience=100),
        steps=steps,
        evaluate_every=2,
        seed=0,
    )
    params = initial_parameters(network, jax.random.key(0), jnp.zeros((1, 28, 28, 3)))
    return train(stage, params, directory)


def main(process, processes, port, directory, steps):
    jax.distributed.initialize(f"127.0.0.1:{port}", processes, process)
    params = train_small(directory, steps)
    leaves = [np.asarray(leaf) for leaf in jax.tree.leaves(params)]
    np.savez(directory / f"params_of_process_{process}.npz", *leaves)


if __name__ == "__main__":
    process, processes, port, folder, steps = sys.argv[1:]
    main(int(process), int(processes), int(port), pathlib.Path(folder), int(steps))
