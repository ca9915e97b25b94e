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
from au_jax.datasets.prepared.table_parts import FrameBlock, RecordingKey
from au_jax.datasets.preparing.dataset_writer import DatasetWriter
from au_jax.datasets.preparing.preparation import prepare_recordings
from au_jax.facs import PAPER_AUS
from au_jax.settings import SyntheticConfig
from au_jax.synthetic.presets import Preset, preset_named
from au_jax.synthetic.recording import simulate_labels, simulate_recording


@dataclasses.dataclass(frozen=True)
class SimulatedRecording:
    """One recording of a built-in person; a `preparation.RawRecording`.

    Attributes:
        preset: the kind of recording.
        subject: number of the person.
        recording: number of the recording of this person.
        config: seed and size of the data set, and the length of a recording.
    """

    preset: Preset
    subject: int
    recording: int
    config: SyntheticConfig

    @property
    def key(self) -> RecordingKey:
        """Its name and its subject; the settings say all else."""
        subject = f"s{self.subject:03d}"
        return RecordingKey(f"{subject}_{self.recording + 1}", subject)

    @property
    def expected_frames(self) -> int:
        """About how many frames it has."""
        return round(self.config.seconds * self.preset.frames_per_second)

    def blocks(self) -> Iterator[FrameBlock]:
        """Simulate and render the recording; yields one block."""
        simulated = simulate_recording(
            self.preset,
            subject=self.subject,
            recording=self.recording,
            seed=self.config.seed,
            seconds=self.config.seconds,
            size=self.config.face_size,
        )
        frames = len(simulated.faces)
        yield FrameBlock(
            frame=np.arange(1, frames + 1, dtype=np.int32),
            time=np.arange(frames) / self.preset.frames_per_second,
            labels=simulated.labels,
            tracked=simulated.tracked,
            transform=np.tile(np.eye(2, 3, dtype=np.float32), (frames, 1, 1)),
            faces=simulated.faces,
        )


def synthetic_name(config: SyntheticConfig) -> str:
    """Return the name of the folder for built-in faces with these settings.

    It holds a digest of the settings and of the source code that draws the faces, so that faces
    drawn by an older version are never taken for new ones.
    """
    settings = _settings(config)
    digest = hashlib.sha256(json.dumps(settings).encode())
    package = pathlib.Path(au_jax.__file__).parent
    for file in (*sorted((package / "synthetic").rglob("*.py")), package / "faces/mean_shape.py"):
        # Universal line ends: the same on every checkout.
        name = file.relative_to(package).as_posix()
        digest.update(f"{name}\n{file.read_text('utf-8')}".encode())
    return f"synthetic_{config.preset.value}_{digest.hexdigest()[:12]}"


def prepare_synthetic(directory: epath.PathLike, config: SyntheticConfig) -> Dataset:
    """Draw the built-in faces, go on where an earlier call stopped, or just open them.

    Args:
        directory: folder of the prepared data set; take `synthetic_name` for its name.
        config: how many people, recordings and frames of which kind; another seed gives other
            people.

    Raises:
        InputError: if the folder holds something else.
        OSError: if the disk is full; what is finished stays.
    """
    writer = DatasetWriter(
        directory,
        name="synthetic",
        aus=PAPER_AUS,
        face_shape=(config.face_size, config.face_size, 3),
        settings={"reader": "synthetic", **_settings(config)},
    )
    return prepare_recordings(
        writer,
        [
            SimulatedRecording(_preset(config), subject, recording, config)
            for subject in range(config.subjects)
            for recording in range(config.recordings_per_subject)
        ],
    )


def synthetic_labels(config: SyntheticConfig) -> np.ndarray:
    """Simulate the labels of the built-in faces without drawing these.

    Returns:
        int8 `[frame, au]` of `PAPER_AUS`: the frames table of `prepare_synthetic` has the same.

    Raises:
        InputError: if there are no people, recordings or frames.
    """
    return simulate_labels(
        _preset(config),
        subjects=config.subjects,
        recordings_per_subject=config.recordings_per_subject,
        seconds=config.seconds,
        seed=config.seed,
    ).labels


def _preset(config: SyntheticConfig) -> Preset:
    preset = preset_named(config.preset.value)
    rate = config.frames_per_second
    return dataclasses.replace(preset, frames_per_second=rate) if rate else preset


def _settings(config: SyntheticConfig) -> dict[str, Any]:
    rate = _preset(config).frames_per_second
    settings = {**dataclasses.asdict(config), "preset": config.preset.value}
    return {**settings, "seconds": float(config.seconds), "frames_per_second": rate}
