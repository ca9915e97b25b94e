"""Preparing a data set from its recordings, one after the other.

Every reader of raw data gives its recordings in the same shape; what is common to all, going on
after a stop, progress and trouble with single recordings, is here.
"""

import dataclasses
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from tqdm import tqdm

from au_jax.datasets.dataset import Dataset
from au_jax.datasets.record_parts import FrameBlock, RecordingKey
from au_jax.datasets.record_writer import DatasetWriter
from au_jax.errors import InputError
from au_jax.progress import progress_bar


class RawRecording(Protocol):
    """A recording that can be prepared."""

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
class _Failure:
    recording: str
    reason: str


def prepare_recordings(writer: DatasetWriter, recordings: Sequence[RawRecording]) -> Dataset:
    """Prepare all recordings that are not prepared yet, and open the data set.

    A recording that cannot be read is reported at once and left out while the others are prepared.
    Trouble inside a recording, such as frames that do not decode, is reported and kept in
    `dataset.json`.

    Args:
        writer: where they are written.
        recordings: all recordings of the data set, in the order of its table.

    Raises:
        InputError: if recordings could not be read; the message says how to go on.
        OSError: if the disk is full; what is finished stays.
    """
    failures: list[_Failure] = []
    if not writer.finished:
        todo = [recording for recording in recordings if not writer.has(recording.key)]
        total = sum(recording.expected_frames for recording in recordings)
        left = sum(recording.expected_frames for recording in todo)
        with progress_bar(total, "preparing", unit="faces", initial=total - left) as bar:
            for recording in todo:
                if writer.finished:  # by another process
                    break
                try:
                    writer.add(recording.key, _watched(recording, bar))
                except FileNotFoundError:
                    if not writer.finished:  # else another process was faster and tidied up
                        raise
                except InputError as error:
                    failures.append(_Failure(recording.key.name, str(error)))
                    bar.write(f"recording {recording.key.name}: {error}", file=sys.stderr)
    if failures:
        names = ", ".join(failure.recording for failure in failures[:5])
        raise InputError(
            f"{len(failures)} of {len(recordings)} recordings could not be prepared ({names}"
            f"{', …' if len(failures) > 5 else ''}; first: {failures[0].reason}). The other "
            f"{len(recordings) - len(failures)} are kept: mend these or take them out of the data "
            "set, and run the same command again"
        )
    return writer.finish([recording.key for recording in recordings])


def _watched(recording: RawRecording, bar: tqdm) -> Iterator[FrameBlock]:
    for block in recording.blocks():
        for note in block.notes:
            bar.write(f"recording {recording.key.name}: {note}", file=sys.stderr)
        yield block
        bar.update(len(block.frame))
