"""Labels that say nothing about their faces: what a network learns from them is the control."""

import dataclasses

import numpy as np

from au_jax.methods.method import Task

_PURPOSE = 8
"""Of the seed; those of the methods' own training are lower."""


def shuffled_rows(labels: np.ndarray, rows: np.ndarray, seed: int) -> np.ndarray:
    """Return labels of which some rows are dealt out anew among themselves.

    A row stays whole, so that base rates and which AUs occur together stay. Rows without a label,
    as of frames in which the face was not found, stay where they are.

    Args:
        labels: int8 `[frame, au]`: +1 present, -1 absent, 0 missing.
        rows: int64 `[row]`, the rows that take part.
        seed: decides who gets what.

    Returns:
        int8 `[frame, au]`, a copy.
    """
    labelled = rows[(labels[rows] != 0).any(axis=1)]
    shuffled = labels.copy()
    shuffled[labelled] = labels[np.random.default_rng(seed).permutation(labelled)]
    return shuffled


def with_shuffled_labels(task: Task) -> Task:
    """Return a task whose training labels are shuffled among the training frames.

    Those of validation are shuffled among themselves: true ones would choose, of all moments of
    the training, that at which the network happens to know most about faces.
    """
    run = task.run
    labels = run.dataset.frames.labels
    for rows in (run.fold.train, run.fold.validation):
        labels = shuffled_rows(labels, rows, run.seed(_PURPOSE))
    frames = dataclasses.replace(run.dataset.frames, labels=labels)
    dataset = dataclasses.replace(run.dataset, frames=frames)
    return dataclasses.replace(task, run=dataclasses.replace(run, dataset=dataset))
