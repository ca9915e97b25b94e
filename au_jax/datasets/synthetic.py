"""The built-in faces as a prepared data set, so that everything can be tried without data."""

import dataclasses
import hashlib
import json
import pathlib
from collections.abc import Iterator
from typing import Any

import numpy as np
from etils import epath

import au_jax
from au_jax.datasets.dataset import Dataset
from au_jax.datasets.preparation import prepare_recordings
from au_jax.datasets.record_parts import FrameBlock, RecordingKey
from au_jax.datasets.record_writer import DatasetWriter
from au_jax.facs import PAPER_AUS
from au_jax.synthetic.presets import PRESETS
from au_jax.synthetic.recording import simulate_recording


@dataclasses.dataclass(frozen=True)
class SimulatedRecording:
    """One recording of a built-in person; a `preparation.RawRecording`.

    Attributes:
        preset: name of a preset.
        subject: number of the person.
        recording: number of the recording of this person.
        seed: seed of the whole data set.
        seconds: its length.
        size: height and width of the faces in pixels.
    """

    preset: str
    subject: int
    recording: int
    seed: int
    seconds: float
    size: int

    @property
    def key(self) -> RecordingKey:
        """Its name and its subject; the settings say all else."""
        subject = f"s{self.subject:03d}"
        return RecordingKey(f"{subject}_{self.recording + 1}", subject)

    @property
    def expected_frames(self) -> int:
        """About how many frames it has."""
        return round(self.seconds * PRESETS[self.preset].frames_per_second)

    def blocks(self) -> Iterator[FrameBlock]:
        """Simulate and render the recording; yields one block."""
        preset = PRESETS[self.preset]
        simulated = simulate_recording(
            preset,
            subject=self.subject,
            recording=self.recording,
            seed=self.seed,
            seconds=self.seconds,
            size=self.size,
        )
        frames = len(simulated.faces)
        yield FrameBlock(
            frame=np.arange(1, frames + 1, dtype=np.int32),
            time=np.arange(frames) / preset.frames_per_second,
            labels=simulated.labels,
            tracked=simulated.tracked,
            transform=np.tile(np.eye(2, 3, dtype=np.float32), (frames, 1, 1)),
            faces=simulated.faces,
        )


def synthetic_name(
    *,
    preset: str,
    subjects: int,
    recordings_per_subject: int,
    seconds: float,
    face_size: int,
    seed: int,
) -> str:
    """Return the name of the folder for built-in faces with these settings.

    It holds a digest of the settings and of the source code that draws the faces, so that faces
    drawn by an older version are never taken for new ones.
    """
    settings = [preset, subjects, recordings_per_subject, float(seconds), face_size, seed]
    digest = hashlib.sha256(json.dumps(settings).encode())
    package = pathlib.Path(au_jax.__file__).parent
    for file in (*sorted((package / "synthetic").rglob("*.py")), package / "faces/mean_shape.py"):
        # Universal line ends: the same on every checkout.
        name = file.relative_to(package).as_posix()
        digest.update(f"{name}\n{file.read_text('utf-8')}".encode())
    return f"synthetic_{preset}_{digest.hexdigest()[:12]}"


def prepare_synthetic(
    directory: epath.PathLike,
    *,
    preset: str,
    subjects: int,
    recordings_per_subject: int,
    seconds: float,
    face_size: int,
    seed: int,
) -> Dataset:
    """Draw the built-in faces, go on where an earlier call stopped, or just open them.

    Args:
        directory: folder of the prepared data set; take `synthetic_name` for its name.
        preset: name of a preset, see `au_jax.synthetic.presets`.
        subjects: number of people.
        recordings_per_subject: recordings of each.
        seconds: length of a recording.
        face_size: height and width of the faces in pixels.
        seed: another seed gives other people.

    Raises:
        InputError: if the folder holds something else.
        OSError: if the disk is full; what is finished stays.
    """
    settings: dict[str, Any] = {
        "reader": "synthetic",
        "preset": preset,
        "subjects": subjects,
        "recordings_per_subject": recordings_per_subject,
        "seconds": float(seconds),
        "face_size": face_size,
        "seed": seed,
    }
    writer = DatasetWriter(
        directory,
        name="synthetic",
        aus=PAPER_AUS,
        face_shape=(face_size, face_size, 3),
        settings=settings,
    )
    return prepare_recordings(
        writer,
        [
            SimulatedRecording(preset, subject, recording, seed, seconds, face_size)
            for subject in range(subjects)
            for recording in range(recordings_per_subject)
        ],
    )
