"""How many faces a second the loader delivers, beside how many a training step takes.

    python -m tests.benchmarks.loader_speed [--frames=6000] [--batches=60] [--folder=/tmp]

Writes faces of noise as a prepared data set holds them (ArrayRecord, uncompressed, one file per
recording), and reads planned batches of 196 through the loader. `cold` means that the system was
asked to drop the files from its cache before, so that the disk is part of the figure. The clock
starts after the first batches, so that the start of workers is not: it is stated apart.

Then trains for a few steps in the real loop, with batches from disk and with a batch kept in
memory. `waiting` is the share of the time that the loop spends in `next(batches)`. On a CPU the
step before may still be computed meanwhile, so that the loss by reading is rather the difference
to the batch in memory.
"""

import argparse
import contextlib
import os
import pathlib
import tempfile
import time
from collections.abc import Iterator
from typing import Any
from unittest import mock

import numpy as np

from au_jax.datasets.labelled_faces import LabelledFaces
from au_jax.datasets.prepared.face_files import RecordFaces
from au_jax.sampling.loader import iterate_batches
from au_jax.sampling.planned_batches import Batch, PlannedBatches
from au_jax.sampling.strategies import plan_for

BATCH = 196
FILES = 40
SKIPPED = 10
"""Batches before the clock starts; more than are read ahead."""
SIZES = (200, 100)
FULL_SIZE_BATCH = 16


def labels_like_bp4d(frames: int) -> np.ndarray:
    """Return labels of built-in faces with the base rates of BP4D."""
    from au_jax.synthetic.presets import PRESETS
    from au_jax.synthetic.recording import simulate_labels

    made = simulate_labels(
        PRESETS["bp4d_like"],
        subjects=FILES,
        recordings_per_subject=1,
        seconds=frames / 25 / FILES * 1.5,
        seed=0,
    )
    return made.labels[:frames]


def write_noise(folder: pathlib.Path, frames: int, size: int) -> RecordFaces:
    """Write faces as a prepared data set holds them."""
    from etils import epath

    from au_jax.datasets.prepared.face_files import writing_faces

    folder.mkdir()
    generator = np.random.default_rng(0)
    counts = [len(part) for part in np.array_split(np.arange(frames), FILES)]
    paths = [epath.Path(folder) / f"{number:02d}.array_record" for number in range(FILES)]
    for path, count in zip(paths, counts, strict=True):
        with writing_faces(path, epath.Path(folder)) as append:
            for _ in range(count):
                append(generator.bytes(size * size * 3))
    return RecordFaces(tuple(map(str, paths)), tuple(counts), (size, size, 3))


def drop_from_cache(faces: RecordFaces) -> None:
    """Ask the system to forget the files, so that they are read from disk again."""
    os.sync()
    for path in faces.paths:
        descriptor = os.open(path, os.O_RDONLY)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(descriptor)


def delivered(batches: PlannedBatches, count: int, workers: int) -> tuple[float, float]:
    """Return faces per second after the first batches, and seconds to the very first."""
    started = time.perf_counter()
    opened = iterate_batches(batches, first=0, last=SKIPPED + count, name="x", workers=workers)
    with contextlib.closing(opened):
        next(opened)
        first = time.perf_counter() - started
        for _ in range(SKIPPED - 1):
            next(opened)
        clock = time.perf_counter()
        faces = sum(len(batch["labels"]) for batch in opened)
        return faces / (time.perf_counter() - clock), first


def measure_reading(faces: RecordFaces, labels: np.ndarray, count: int) -> None:
    """Print the speed of the loader for plans, workers and states of the cache."""
    size = np.prod(faces.face_shape)
    for strategy in ("random", "momu"):
        plan = plan_for(strategy, labels, BATCH, 0)
        batches = PlannedBatches(plan, LabelledFaces(faces, np.arange(len(labels)), labels))
        for workers in (0, 2):
            for cache in ("cold", "warm"):
                if cache == "cold":
                    drop_from_cache(faces)
                speed, first = delivered(batches, count, workers)
                print(
                    f"{strategy:<7} {workers} workers, {cache}: {speed:8,.0f} faces/s, "
                    f"{speed * size / 1e6:6,.0f} MB/s; first batch after {first:4.2f} s",
                    flush=True,
                )


class TimedLoader:
    """Stands for `iterate_batches` in the loop, and times how long the loop waits for batches."""

    def __init__(self) -> None:
        self.waiting = 0.0
        self.started = 0.0

    def __call__(self, batches: PlannedBatches, **options: Any) -> Iterator[Batch]:
        opened = iterate_batches(batches, **options)
        with contextlib.closing(opened):
            next(opened)  # reading has begun, as in the midst of a training
            self.started = time.perf_counter()
            while True:
                asked = time.perf_counter()
                batch = next(opened, None)
                self.waiting += time.perf_counter() - asked
                if batch is None:
                    return
                yield batch


def train_some(config: Any, batches: PlannedBatches, steps: int, workers: int) -> tuple[float, ...]:
    """Train in the real loop; return seconds and the share of waiting."""
    import jax
    import jax.numpy as jnp

    from au_jax.methods.cnn import CnnObjective
    from au_jax.models.initialisation import initial_parameters
    from au_jax.models.networks import frame_network
    from au_jax.training import loop
    from au_jax.training.optimizers import SgdMomentum
    from au_jax.training.selection import NO_PLATEAU

    aus = batches.step(0)["labels"].shape[1]
    network, face_input = frame_network(config.network, aus), config.input
    channels = 1 if face_input.local_contrast else 3
    example = jnp.zeros((1, face_input.crop, face_input.crop, channels))
    ended = []

    def evaluate(params: Any) -> loop.Evaluation:
        jax.block_until_ready(params)
        ended.append(time.perf_counter())
        return loop.Evaluation(loss=0.0, f1_frame=0.0)

    stage = loop.Stage(
        name="benchmark",
        objective=CnnObjective(
            network, config.augmentation, face_input, config.reduction, config.batch_size
        ),
        optimizer=SgdMomentum(config.optimizer, steps + 1),
        constants={
            "mean_face": jnp.zeros((face_input.face_size, face_input.face_size, channels)),
            "class_weights": np.ones((2, aus), np.float32),
        },
        batches=batches,
        evaluate=evaluate,
        plateau=NO_PLATEAU,
        steps=steps + 1,  # the first batch is not trained on
        evaluate_every=steps,
        seed=0,
        loader_workers=workers,
    )
    params = initial_parameters(network, jax.random.key(0), example)
    timed = TimedLoader()
    with (
        tempfile.TemporaryDirectory() as folder,
        mock.patch.object(loop, "iterate_batches", timed),
    ):
        loop.train(stage, params, folder)
    seconds = ended[0] - timed.started
    return seconds, timed.waiting / seconds


def measure_training(
    name: str, config: Any, faces: RecordFaces, labels: np.ndarray, steps: int
) -> None:
    """Print how many faces a training takes, from disk and from memory."""
    plan = plan_for("momu", labels, config.batch_size, 0)
    read = LabelledFaces(faces, np.arange(len(labels)), labels)
    from_disk = PlannedBatches(plan, read)
    kept = from_disk.step(0)
    in_memory = PlannedBatches(plan, lambda _: kept)
    train_some(config, in_memory, 2, 0)  # compiles
    for source, batches, workers in (
        ("in memory", in_memory, 0),
        ("from disk, 0 workers", from_disk, 0),
        ("from disk, 2 workers", from_disk, 2),
    ):
        seconds, waiting = train_some(config, batches, steps, workers)
        print(
            f"{name}, batches of {config.batch_size} {source:<20}: "
            f"{steps * config.batch_size / seconds:6.1f} faces/s, waiting {waiting:6.2%}",
            flush=True,
        )


def main() -> None:
    """Measure and print."""
    from au_jax.settings import CnnConfig
    from au_jax.settings.laptop import narrow_cnn

    parser = argparse.ArgumentParser(description="speed of the loader")
    parser.add_argument("--frames", type=int, default=6000, help="faces to write, 120 kB each")
    parser.add_argument("--batches", type=int, default=60, help="timed batches")
    parser.add_argument("--folder", default=None, help="where to write; a folder on the disk meant")
    options = parser.parse_args()
    labels = labels_like_bp4d(options.frames)
    print(f"{os.cpu_count()} CPU cores, load {os.getloadavg()[0]:.1f}, {len(labels)} faces")
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        prepared = {
            size: write_noise(pathlib.Path(folder) / str(size), len(labels), size) for size in SIZES
        }
        for size, faces in prepared.items():
            print(f"\nreading {size} px in colour, {size * size * 3 / 1000:.0f} kB a face")
            measure_reading(faces, labels, options.batches)
        print("\ntraining")
        full_size = CnnConfig(batch_size=FULL_SIZE_BATCH)
        narrow = narrow_cnn(steps=1000, learning_rate=1e-3)
        measure_training("full-size CNN at 200 px", full_size, prepared[200], labels, 12)
        measure_training("narrow CNN at 100 px", narrow, prepared[100], labels, 60)


if __name__ == "__main__":
    main()
