"""Preparing recordings on a cluster, with Apache Beam (https://beam.apache.org).

Every worker writes finished recordings into the folder of the data set, which all machines must
reach: a bucket (`gs://…`) or a shared file system. The process that started the pipeline joins
them. Trouble comes back through files in `.preparation/`, since a pipeline returns no values.
"""

import json
import urllib.parse
from collections.abc import Sequence

from etils import epath

from au_jax.datasets.preparing.dataset_writer import DatasetWriter
from au_jax.datasets.preparing.raw_recording import RawRecording, prepare_recording
from au_jax.errors import InputError
from au_jax.system import atomic_files
from au_jax.system.jobs import Event, Failure, FramesDone, Note, Tell


def prepare_on_beam(
    writer: DatasetWriter,
    recordings: Sequence[RawRecording],
    runner: str,
    options: Sequence[str],
    tell: Tell,
) -> None:
    """Prepare recordings in a Beam pipeline and wait for it.

    Args:
        writer: where they are written.
        recordings: what is prepared.
        runner: name of a Beam runner, such as `DirectRunner` or `DataflowRunner`.
        options: further options of the pipeline, such as `--region=europe-west1`.
        tell: is called with what happened, when the pipeline is done.

    Raises:
        InputError: if Beam is not installed or refuses the options.
        Exception: what Beam raises when the pipeline fails; finished recordings stay.
    """
    try:
        import apache_beam as beam  # pyright: ignore[reportMissingImports]
        from apache_beam.options.pipeline_options import (  # pyright: ignore[reportMissingImports]
            PipelineOptions,
        )
    except ImportError as error:
        raise InputError(
            f"--runner={runner} needs Apache Beam ({error}): pip install 'au_jax[beam]'; "
            "--workers uses the cores of this machine without it"
        ) from error
    if not recordings:
        return
    for recording in recordings:
        _failure_file(writer, recording).unlink(missing_ok=True)
    try:
        pipeline = beam.Pipeline(options=PipelineOptions([f"--runner={runner}", *options]))
    except ValueError as error:
        raise InputError(f"--runner={runner} or --beam_options: {error}") from error
    with pipeline:
        _ = (
            pipeline
            | "recordings" >> beam.Create(list(recordings))
            | "spread over the workers" >> beam.Reshuffle()
            # Beam would compare the annotation, a protocol, with the type of the recordings.
            | "prepare" >> beam.Map(lambda recording: _prepare(writer, recording))
        )
    for recording in recordings:
        _tell_outcome(writer, recording, tell)


def _prepare(writer: DatasetWriter, recording: RawRecording) -> None:
    """Prepare one recording on a worker; leave a file if it cannot be prepared."""
    from apache_beam.metrics import Metrics  # pyright: ignore[reportMissingImports]

    def tell(event: Event) -> None:
        match event:
            case FramesDone(frames):
                Metrics.counter("au_jax", "frames").inc(frames)
            case Failure(name, reason):
                atomic_files.write_json(
                    _failure_file(writer, recording), {"recording": name, "reason": reason}
                )

    if not writer.has(recording.key):  # Beam may run a step again
        prepare_recording(writer, recording, tell)


def _tell_outcome(writer: DatasetWriter, recording: RawRecording, tell: Tell) -> None:
    name = recording.key.name
    failure = _failure_file(writer, recording)
    if failure.exists():
        tell(Failure(name, json.loads(failure.read_text())["reason"]))
        failure.unlink(missing_ok=True)
    elif not writer.has(recording.key):
        tell(
            Failure(
                name,
                f"a worker prepared it, but it is not in {writer.directory}; give a --data_dir "
                "that all workers reach, such as gs://…",
            )
        )
    else:
        for note in writer.notes(recording.key):
            tell(Note(name, note))
        tell(FramesDone(recording.expected_frames))


def _failure_file(writer: DatasetWriter, recording: RawRecording) -> epath.Path:
    name = urllib.parse.quote(recording.key.name, safe="")
    return writer.preparation_folder / f"failed-{name}.json"
