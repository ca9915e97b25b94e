"""A CNN of its own for each AU, beside the one that learns all of them together.

As many networks of full size as there are AUs: that many times the parameters, the time to train
and the space for models of the multi-label CNN.
"""

import dataclasses

import numpy as np

from au_jax.datasets.dataset import select_aus
from au_jax.detector.block import Block
from au_jax.detector.bundle import Description, has_bundle, load_bundle, save_bundle
from au_jax.detector.columns import ColumnsModel, ConstantModel
from au_jax.methods.cnn import CNN, CNN_SECTIONS, fit_cnn
from au_jax.methods.method import Method, Task
from au_jax.runs.layout import MethodFolder


def _fit(task: Task) -> Block:
    """Train a CNN on the labels of each AU alone.

    All start from the same weights and share one compilation. Their models lie in
    `cnn_single_label/AU01` and the like; those that are finished are not trained again.
    """
    return Block(ColumnsModel(), tuple(_block_of(task, au) for au in task.run.dataset.aus))


def _block_of(task: Task, au: int) -> Block:
    """Return the CNN of one AU, or that which never detects it."""
    part = part_for(task, au)
    if part is None:
        return Block(ConstantModel(-1.0, 1))
    folder = part.folder.path
    if not has_bundle(folder):
        description = Description((au,), part.run.dataset.faces.face_shape, {"method": part.name})
        save_bundle(folder, fit_cnn(part), description)
    return load_bundle(folder)[0]


def part_for(task: Task, au: int) -> Task | None:
    """Return the task of training the CNN of one AU.

    One with fewer labelled frames than a batch has is trained with smaller batches. It is None for
    an AU without a label in training, or without one to choose the model by, which is never
    detected.
    """
    run = task.run
    dataset, config = select_aus(run.dataset, [au]), run.experiment.cnn
    labels = dataset.frames.labels
    labelled = int(np.count_nonzero(labels[run.fold.train]))
    if not labelled or not labels[run.fold.validation].any():
        return None
    config = dataclasses.replace(config, batch_size=min(config.batch_size, labelled))
    experiment = dataclasses.replace(run.experiment, cnn=config)
    return dataclasses.replace(
        task,
        run=dataclasses.replace(run, dataset=dataset, experiment=experiment),
        name=f"{task.name}/AU{au:02d}",
        folder=MethodFolder(task.folder.path / f"AU{au:02d}"),
    )


CNN_SINGLE_LABEL = Method(
    name="cnn_single_label", fit=_fit, builds_on=CNN.builds_on, sections=CNN_SECTIONS
)
