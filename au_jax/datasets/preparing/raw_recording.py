"""One recording of raw data, and preparing it: the step that all ways of preparing share.

It reads the recording and writes its faces and its part of the table, and nothing else. So it runs
in this process, in several (`worker_processes`) or on a cluster (`beam_pipeline`), in any order
and more than once, and leaves the same bytes.
"""

import dataclasses
from collections.abc import Iterable, Iterator
from typing import Protocol

from au_jax.datasets.prepared.table_parts import FrameBlock, RecordingKey
from au_jax.datasets.preparing.dataset_writer import DatasetWriter
from au_jax.errors import InputError
from au_jax.system.devices import on_cpu
from au_jax.system.jobs import Failure, FramesDone, Note, Tell


class RawRecording(Protocol):
    """A recording that can be prepared; it is sent to other processes, so it must be picklable."""

    @property
    def key(self) -> RecordingKey:
        """Its name, its subject, and what it is made from."""
        ...

    @property
    def expected_frames(self) -> int:
        """About how many frames it has, for the progress bar."""
        ...

    def blocks(self) -> Iterable[FrameBlock]:
        """Read it and yield its frames in blocks.

        Raises:
            InputError: if it cannot be read.
        """
        ...


@dataclasses.dataclass(frozen=True)
class Preparation:
    """A recording to be prepared; a `Job`.

    Attributes:
        writer: where it is written.
        recording: what is prepared.
    """

    writer: DatasetWriter
    recording: RawRecording

    @property
    def name(self) -> str:
        """Name of the recording."""
        return self.recording.key.name

    @property
    def expected_frames(self) -> int:
        """About how many frames it has."""
        return self.recording.expected_frames

    def do(self, tell: Tell) -> None:
        """Prepare it."""
        prepare_recording(self.writer, self.recording, tell)


def prepare_recording(writer: DatasetWriter, recording: RawRecording, tell: Tell) -> None:
    """Prepare one recording.

    JAX computes on the CPU here, also where there is a GPU: every process could not have the whole
    of its memory, and the bytes should not depend on who did the work.

    Args:
        writer: where it is written.
        recording: what is prepared.
        tell: is called with what happens; a recording that cannot be read is a `Failure`.

    Raises:
        OSError: if the disk is full.
    """
    name = recording.key.name
    try:
        with on_cpu():
            writer.add(recording.key, _watched(recording, tell))
    except FileNotFoundError:
        if not writer.finished:  # else another process was faster and tidied up
            raise
    except InputError as error:
        tell(Failure(name, str(error)))
    except MemoryError:
        tell(Failure(name, "memory ran out; close other programs or give fewer --workers"))


def _watched(recording: RawRecording, tell: Tell) -> Iterator[FrameBlock]:
    for block in recording.blocks():
        for note in block.notes:
            tell(Note(recording.key.name, note))
        yield block
        tell(FramesDone(len(block.frame)))
