"""Recordings that behave in every way a preparation can meet; picklable, so for processes too."""

import dataclasses
import os
import pathlib
import signal
import time

import numpy as np

from au_jax.datasets.prepared.table_parts import FrameBlock, RecordingKey
from au_jax.datasets.preparing.dataset_writer import DatasetWriter
from au_jax.errors import InputError

SHAPE = (6, 5, 3)
AUS = (1, 12)


@dataclasses.dataclass(frozen=True)
class MadeRecording:
    """Noise by its name, in blocks of four frames; `trouble` is what happens in its last block."""

    name: str
    frames: int = 10
    trouble: str = ""
    place: str = ""

    @property
    def key(self):
        return RecordingKey(self.name, self.name.split("_")[0], {"frames": self.frames})

    @property
    def expected_frames(self):
        return self.frames

    def blocks(self):
        rng = np.random.default_rng(list(self.name.encode()))
        for first in range(0, self.frames, 4):
            count = min(4, self.frames - first)
            last = first + count == self.frames
            if last:
                self._meet_trouble()
            yield FrameBlock(
                frame=np.arange(first + 1, first + count + 1, dtype=np.int32),
                time=np.arange(first, first + count) / 25,
                labels=rng.integers(-1, 2, (count, len(AUS))).astype(np.int8),
                tracked=rng.random(count) < 0.9,
                transform=rng.normal(size=(count, 2, 3)).astype(np.float32),
                faces=rng.integers(0, 256, (count, *SHAPE), dtype=np.uint8),
                notes=("two frames are lost",) * (last and self.trouble == "note"),
            )

    def _meet_trouble(self):
        match self.trouble:
            case "unreadable":
                raise InputError("no video in this file")
            case "killed":
                os.kill(os.getpid(), signal.SIGKILL)
            case "memory":
                raise MemoryError
            case "full disk":
                raise OSError(28, "No space left on device", "faces.tmp")
            case "wait":
                pathlib.Path(self.place).write_text(str(os.getpid()))
                time.sleep(60)


class UnsendableError(Exception):
    """An error that cannot be built again from its arguments."""

    def __init__(self, one, two):
        super().__init__(one + two)


def make_recordings(count=6):
    return [MadeRecording(f"s{number % 3}_{number}", 5 + number) for number in range(count)]


def with_trouble(troubles):
    """The recordings, some with the trouble that is given for their number."""
    return [
        dataclasses.replace(recording, trouble=troubles.get(number, ""))
        for number, recording in enumerate(make_recordings())
    ]


def make_writer(directory):
    return DatasetWriter(directory, name="made", aus=AUS, face_shape=SHAPE, settings={"size": 6})


def content(directory):
    """All files under a directory, by their paths in it."""
    return {
        str(path.relative_to(directory)): path.read_bytes()
        for path in sorted(directory.rglob("*"))
        if path.is_file()
    }
