"""Small data sets of any number of people, with random faces and labels."""

import numpy as np

from au_jax.datasets.dataset import ArrayFaces, Dataset, FramesTable

FRAMES = 3
"""Frames of a recording; everybody has one or two."""


def made_dataset(name, *, subjects=3, seed=0, aus=(1, 12), size=2, rates=None):
    """People `s0`, `s1`, …; of AUs with a base rate of None no label is known."""
    rng = np.random.default_rng(seed)
    recordings_of = rng.integers(1, 3, subjects)
    owner = np.repeat(np.arange(subjects), recordings_of)
    recording = np.repeat(np.arange(len(owner)), FRAMES)
    count = len(recording)
    rates = rates or [0.5] * len(aus)
    labels = np.stack(
        [
            np.where(rng.random(count) < rate, 1, -1) if rate is not None else np.zeros(count)
            for rate in rates
        ],
        axis=1,
    )
    frames = FramesTable(
        subject=owner[recording].astype(np.int32),
        recording=recording.astype(np.int32),
        frame=np.tile(np.arange(1, FRAMES + 1, dtype=np.int32), len(owner)),
        time=np.tile(np.arange(FRAMES) / 7.0, len(owner)),
        labels=labels.astype(np.int8),
        tracked=rng.random(count) > 0.1,
        subjects=tuple(f"s{number}" for number in range(subjects)),
        recordings=tuple(f"r{number}" for number in range(len(owner))),
    )
    faces = ArrayFaces(rng.integers(0, 256, (count, size, size, 1), np.uint8))
    return Dataset(name, tuple(aus), frames, faces, digest=f"{name} {seed}")
