"""Preparing a data set from its recordings.

Every reader of raw data gives its recordings in the same shape; what is common to all, going on
after a stop, progress, trouble with single recordings and who does the work, is here.
"""

import dataclasses
from collections.abc import Sequence

from au_jax.datasets.dataset import Dataset
from au_jax.datasets.preparing.dataset_writer import DatasetWriter
from au_jax.datasets.preparing.raw_recording import Preparation, RawRecording
from au_jax.errors import InputError
from au_jax.system.jobs import Failure, Tell
from au_jax.system.progress import progress_bar, teller
from au_jax.system.worker_processes import default_workers, do_jobs


@dataclasses.dataclass(frozen=True)
class Execution:
    """Who prepares the recordings; the bytes are the same for all.

    Attributes:
        workers: processes on this machine; 1 for this process alone, None for as many as there
            are cores and work for.
        runner: an Apache Beam runner instead, such as `DataflowRunner`; None for this machine.
        beam_options: further options of the Beam pipeline, such as `--region=europe-west1`.
    """

    workers: int | None = 1
    runner: str | None = None
    beam_options: tuple[str, ...] = ()


THIS_PROCESS = Execution()


def prepare_recordings(
    writer: DatasetWriter,
    recordings: Sequence[RawRecording],
    execution: Execution = THIS_PROCESS,
) -> Dataset:
    """Prepare all recordings that are not prepared yet, and open the data set.

    A recording that cannot be read is reported at once and left out while the others are prepared.
    Trouble inside a recording, such as frames that do not decode, is reported and kept in
    `dataset.json`.

    Args:
        writer: where they are written.
        recordings: all recordings of the data set, in the order of its table.
        execution: who does the work.

    Raises:
        InputError: if recordings could not be read; the message says how to go on.
        OSError: if the disk is full; what is finished stays.
    """
    failures: list[Failure] = []
    if not writer.finished:
        todo = [recording for recording in recordings if not writer.has(recording.key)]
        total = sum(recording.expected_frames for recording in recordings)
        left = sum(recording.expected_frames for recording in todo)
        with progress_bar(total, "preparing", unit="frames", initial=total - left) as bar:
            _prepare(writer, todo, execution, teller(bar, failures))
    if failures:
        names = ", ".join(failure.recording for failure in failures[:5])
        raise InputError(
            f"{len(failures)} of {len(recordings)} recordings could not be prepared ({names}"
            f"{', …' if len(failures) > 5 else ''}; first: {failures[0].reason}). The other "
            f"{len(recordings) - len(failures)} are kept: mend these or take them out of the data "
            "set, and run the same command again"
        )
    return writer.finish([recording.key for recording in recordings])


def _prepare(
    writer: DatasetWriter, todo: Sequence[RawRecording], execution: Execution, tell: Tell
) -> None:
    if execution.runner is not None:
        from au_jax.datasets.preparing.beam_pipeline import prepare_on_beam

        prepare_on_beam(writer, todo, execution.runner, execution.beam_options, tell)
        return
    jobs = [Preparation(writer, recording) for recording in todo]
    workers = default_workers(jobs) if execution.workers is None else execution.workers
    # Another process may prepare the same folder.
    do_jobs(jobs, workers, tell, is_over=lambda: writer.finished)
