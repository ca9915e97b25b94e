"""How fast a folder data set is prepared, stage by stage, and how fast its faces are read.

python tests/benchmarks/data_speed.py --source=FOLDER [--face_size=200]
"""

import argparse
import pathlib
import tempfile
import time
from collections.abc import Callable, Sequence

import numpy as np

from au_jax.datasets.prepared.reading import open_prepared
from au_jax.datasets.raw.coded_recording import CodedRecording
from au_jax.datasets.raw.folder import read_folder
from au_jax.datasets.raw.raw_dataset import ReaderOptions, prepare_raw

BATCH = 196


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _decode(recordings: Sequence[CodedRecording]) -> None:
    for recording in recordings:
        with recording.pictures.open() as video:
            for _ in video:
                pass


def _align(recordings: Sequence[CodedRecording]) -> None:
    for recording in recordings:
        for _ in recording.blocks():
            pass


def measure(source: pathlib.Path, face_size: int) -> None:
    """Print frames per second of each stage, each including the ones before, and read times."""
    options = ReaderOptions(face_size=face_size)
    recordings = read_folder(source, options).recordings
    frames = sum(recording.expected_frames for recording in recordings)
    _align(recordings[:1])  # compiles
    stages = {
        "decoding": lambda: _decode(recordings),
        "and landmarks, alignment": lambda: _align(recordings),
    }
    for name, work in stages.items():
        times = [_timed(work) for _ in range(3)]
        print(f"{name:<26} {frames / min(times):7.0f} frames/s")
    with tempfile.TemporaryDirectory() as folder:
        times = []
        for run in range(3):
            start = time.perf_counter()
            prepare_raw(read_folder(source, options), f"{folder}/{run}", "x")
            times.append(time.perf_counter() - start)
        print(f"{'checking to finished set':<26} {frames / min(times):7.0f} frames/s")
        faces = open_prepared(f"{folder}/0").faces
        rng = np.random.default_rng(0)
        reads = []
        for _ in range(30):
            batch = rng.integers(0, len(faces), BATCH)
            reads.append(_timed(lambda batch=batch: faces[batch]) / BATCH * 1e6)
        size = np.prod(faces.face_shape) / 1000
        print(
            f"random batches of {BATCH}: {min(reads):.0f} (best), {np.median(reads):.0f} (median) "
            f"µs per face of {size:.0f} kB"
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--source", type=pathlib.Path, required=True)
    parser.add_argument("--face_size", type=int, default=200)
    options = parser.parse_args()
    measure(options.source, options.face_size)
