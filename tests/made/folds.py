"""Folds of random faces and labels, on which the methods of `tiny_experiment` run in seconds."""

import dataclasses
import pathlib
from typing import Any

import numpy as np
from etils import epath

from au_jax.datasets.dataset import ArrayFaces, Dataset, FramesTable
from au_jax.detector.block import Block
from au_jax.detector.bundle import Description, load_bundle, save_bundle
from au_jax.detector.columns import ConstantModel
from au_jax.detector.computed_features import ComputedFeatures
from au_jax.methods.method import FoldRun
from au_jax.protocol.folds import subject_folds
from au_jax.runs.layout import MethodFolder
from au_jax.settings import FeatureKind, check_experiment
from au_jax.settings.names import full_name
from au_jax.settings.tree import changed
from au_jax.system import atomic_files
from tests.made.tiny_experiment import experiment

AUS = (1, 12, 24)
SUBJECTS, FRAMES = 6, 16
"""Six subjects, each with two recordings of eight frames."""


def random_dataset(seed=0, aus=AUS, size=32):
    """A data set in which some labels are missing and some faces are not tracked."""
    rng = np.random.default_rng(seed)
    count = SUBJECTS * FRAMES
    tracked = rng.random(count) > 0.1
    labels = rng.choice(np.array([-1, 0, 1], np.int8), (count, len(aus)), p=[0.5, 0.1, 0.4])
    recording = np.arange(count, dtype=np.int32) // (FRAMES // 2)
    frames = FramesTable(
        subject=recording // 2,
        recording=recording,
        frame=np.tile(np.arange(1, FRAMES // 2 + 1, dtype=np.int32), 2 * SUBJECTS),
        time=np.tile(np.arange(FRAMES // 2) / 5.0, 2 * SUBJECTS),
        labels=np.where(tracked[:, None], labels, np.int8(0)),
        tracked=tracked,
        subjects=tuple(f"s{number}" for number in range(SUBJECTS)),
        recordings=tuple(f"r{number}" for number in range(2 * SUBJECTS)),
    )
    faces = ArrayFaces(rng.integers(0, 256, (count, size, size, 3), np.uint8))
    return Dataset("random", tuple(aus), frames, faces, digest=str(seed))


def other_people(dataset, rows):
    """The data set with noise for the faces and other labels in some rows."""
    noise = random_dataset(seed=99)
    array, labels = dataset.faces[np.arange(len(dataset.faces))], dataset.frames.labels.copy()
    array[rows], labels[rows] = noise.faces[rows], -labels[rows]
    frames = dataclasses.replace(dataset.frames, labels=labels)
    return dataclasses.replace(dataset, frames=frames, faces=ArrayFaces(array))


def make_fold(directory, dataset=None, other=None, **settings):
    """The first fold of a data set; `cnn={"steps": 2, "width": 0.5}` and the like change settings.

    Settings go by their short names, as on a command line.
    """
    changes = {}
    for name, value in settings.items():
        parts = value.items() if isinstance(value, dict) else [("", value)]
        changes |= {full_name(f"{name}.{part}".rstrip(".")): found for part, found in parts}
    chosen = changed(experiment(), changes)
    check_experiment(chosen)
    dataset = dataset or random_dataset()
    folds = subject_folds(
        dataset.frames.subject, folds=3, validation_share=chosen.protocol.validation_share, seed=0
    )
    name = "fold 1 of 3"
    return FoldRun(chosen, dataset, folds[0], 0, epath.Path(directory), name, other or {})


def left(run, method, *, scores=None, features=None):
    """Let a method be one that has been trained and has left outputs; returns its folder.

    What it would say of other faces does not matter: its models are a constant.
    """
    folder = MethodFolder(run.directory / method)
    model = ConstantModel(1.0, len(run.dataset.aus))
    block = Block(model if features is None else ComputedFeatures(FeatureKind.HOG_FACE))
    save_bundle(folder.path, block, Description(run.dataset.aus, run.dataset.faces.face_shape, {}))
    if scores is not None:
        atomic_files.write_array(folder.all_scores, np.asarray(scores, np.float32))
    if features is not None:
        atomic_files.write_array(folder.all_features, features)
    return folder


def times_written(directory):
    """When each file below a folder was written."""
    files = pathlib.Path(directory).rglob("*")
    return {file: file.stat().st_mtime_ns for file in files if file.is_file()}


def model_of(folder) -> Any:
    """The trained model in the folder of a method."""
    return load_bundle(folder)[0].model
