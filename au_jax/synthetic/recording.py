"""Synthetic recordings: faces, labels and what was rendered."""

import dataclasses

import jax.numpy as jnp
import numpy as np

from au_jax.errors import InputError
from au_jax.synthetic.dynamics import activity, behaviour, coder, events, occlusion
from au_jax.synthetic.presets import Preset
from au_jax.synthetic.rendering import renderer
from au_jax.synthetic.rendering.scene import sample_scene
from au_jax.synthetic.subject.identity import sample_identity

# What the random streams of a subject or recording are for.
_SUBJECT, _DYNAMICS, _BEHAVIOUR, _CODER, _SCENE, _NOISE = range(6)


@dataclasses.dataclass(frozen=True)
class SyntheticRecording:
    """One recording of one subject.

    Attributes:
        faces: uint8 RGB `[frames, size, size, 3]`, aligned as `faces.mean_shape` says.
        labels: int8 `[frames, 12]` of `PAPER_AUS`: 1 present, -1 absent, 0 hidden.
        tracked: bool `[frames]`, false where most of the face is covered; labels are 0 there.
        intensities: float32 `[frames, 12]` of `PAPER_AUS`, 0 absent to 1 full, as rendered.
    """

    faces: np.ndarray
    labels: np.ndarray
    tracked: np.ndarray
    intensities: np.ndarray


@dataclasses.dataclass(frozen=True)
class SyntheticLabels:
    """Labels of a whole synthetic data set, frames of all recordings in a row.

    Attributes:
        labels: int8 `[frames, 12]` of `PAPER_AUS`.
        tracked: bool `[frames]`.
        intensities: float32 `[frames, 12]`.
        subjects: int64 `[frames]`, number of the subject.
        recordings: int64 `[frames]`, number of the recording, counted over all subjects.
    """

    labels: np.ndarray
    tracked: np.ndarray
    intensities: np.ndarray
    subjects: np.ndarray
    recordings: np.ndarray


@dataclasses.dataclass(frozen=True)
class _Script:
    """What happens in a recording, before anything is rendered."""

    labels: np.ndarray
    tracked: np.ndarray
    intensities: np.ndarray
    behaviour: behaviour.Behaviour


def simulate_recording(
    preset: Preset, *, subject: int, recording: int, seed: int, seconds: float, size: int
) -> SyntheticRecording:
    """Simulate and render one recording.

    The same arguments give the same bytes on the same kind of device. A subject is the same person
    in all recordings with this seed, however many subjects and recordings there are.

    Args:
        preset: kind of data set, see `presets.PRESETS`.
        subject: number of the subject.
        recording: number of the recording of this subject.
        seed: of the data set.
        seconds: length.
        size: pixels along a side of a face.

    Raises:
        InputError: if the recording is shorter than a frame or a number is negative.
    """
    if size < 16:
        raise InputError(f"face size {size} is too small: give 16 pixels or more")
    script = _script(preset, subject, recording, seed, seconds)
    identity = sample_identity(seed, subject)
    scene = sample_scene(np.random.default_rng((seed, subject, 1 + recording, _SCENE)))
    maps = renderer.prepare(identity, scene, size=size)
    noise = np.random.default_rng((seed, subject, 1 + recording, _NOISE)).integers(2**32)
    numbers = np.arange(len(script.labels), dtype=np.uint64)
    seeds = ((numbers * 2_654_435_761 + int(noise)) % 2**32).astype(np.uint32)
    frames = renderer.Frame(**script.behaviour._asdict(), noise_seed=jnp.asarray(seeds))
    faces = renderer.render_frames(maps, frames, size)
    return SyntheticRecording(faces, script.labels, script.tracked, script.intensities)


def simulate_labels(
    preset: Preset, *, subjects: int, recordings_per_subject: int, seconds: float, seed: int
) -> SyntheticLabels:
    """Simulate the labels of a data set without rendering; those that its recordings have.

    Args:
        preset: kind of data set.
        subjects: number of subjects.
        recordings_per_subject: number of recordings of each.
        seconds: length of each recording.
        seed: of the data set.

    Raises:
        InputError: if there are no subjects, recordings or frames.
    """
    if subjects < 1 or recordings_per_subject < 1:
        raise InputError(
            f"{subjects} subjects with {recordings_per_subject} recordings each: give at least one"
        )
    scripts = [
        _script(preset, subject, recording, seed, seconds)
        for subject in range(subjects)
        for recording in range(recordings_per_subject)
    ]
    frames = len(scripts[0].labels)
    recordings = np.repeat(np.arange(len(scripts)), frames)
    return SyntheticLabels(
        labels=np.concatenate([script.labels for script in scripts]),
        tracked=np.concatenate([script.tracked for script in scripts]),
        intensities=np.concatenate([script.intensities for script in scripts]),
        subjects=recordings // recordings_per_subject,
        recordings=recordings,
    )


def _script(preset: Preset, subject: int, recording: int, seed: int, seconds: float) -> _Script:
    frames = round(seconds * preset.frames_per_second)
    if frames < 1:
        raise InputError(f"a recording of {seconds} s has no frame: give at least one frame")
    if min(subject, recording, seed) < 0:
        raise InputError(
            f"subject {subject}, recording {recording} and seed {seed} must not be negative"
        )

    def stream(purpose: int) -> np.random.Generator:
        return np.random.default_rng((seed, subject, 1 + recording, purpose))

    rate = preset.frames_per_second
    model = activity.latent_model(preset.base_rates)
    of_subject = np.random.default_rng((seed, subject, 0, _SUBJECT))
    dynamics = stream(_DYNAMICS)
    drive = activity.drive(model, of_subject, dynamics, frames, rate)
    intensities = events.intensities(drive, dynamics, rate)
    labels = coder.code(intensities, stream(_CODER), rate)
    shown = behaviour.simulate(intensities, preset, stream(_BEHAVIOUR))
    hidden, lost = occlusion.hidden(shown.hand)
    labels[hidden] = 0
    return _Script(labels, ~lost, intensities, shown)
