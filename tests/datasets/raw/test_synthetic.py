import dataclasses
import pathlib
import shutil

import numpy as np
import pytest

from au_jax.datasets.prepared.reading import open_prepared
from au_jax.datasets.raw import synthetic
from au_jax.datasets.raw.synthetic import prepare_synthetic, synthetic_labels, synthetic_name
from au_jax.errors import InputError
from au_jax.facs import PAPER_AUS
from au_jax.settings import PresetName, SyntheticConfig
from au_jax.synthetic import recording

SETTINGS = SyntheticConfig(subjects=2, recordings_per_subject=2, seconds=0.4, face_size=32, seed=3)


@dataclasses.dataclass
class Simulated:
    faces: np.ndarray
    labels: np.ndarray
    tracked: np.ndarray


@pytest.fixture
def drawn(monkeypatch):
    """Replaces the renderer by noise and lists what was drawn."""
    calls = []

    def simulate(preset, *, subject, recording, seed, seconds, size):
        calls.append((subject, recording))
        frames = round(seconds * preset.frames_per_second)
        rng = np.random.default_rng([subject, recording, seed])
        return Simulated(
            faces=rng.integers(0, 256, (frames, size, size, 3), dtype=np.uint8),
            labels=rng.integers(-1, 2, (frames, 12)).astype(np.int8),
            tracked=rng.random(frames) < 0.9,
        )

    monkeypatch.setattr(synthetic, "simulate_recording", simulate)
    return calls


def test_real_renderer_makes_a_data_set(tmp_path):
    small = dataclasses.replace(SETTINGS, subjects=1, recordings_per_subject=1)
    dataset = prepare_synthetic(tmp_path / "s", small)
    assert (dataset.name, dataset.aus) == ("synthetic", PAPER_AUS)
    assert dataset.faces.face_shape == (32, 32, 3) and len(dataset.frames) == 10
    again = prepare_synthetic(tmp_path / "again", small)
    assert again.digest == dataset.digest
    assert (
        prepare_synthetic(tmp_path / "t", dataclasses.replace(small, seed=4)).digest
        != dataset.digest
    )


def test_labels_without_faces_are_those_of_the_data_set(tmp_path, monkeypatch):
    def blank(maps, frames, size):
        return np.zeros((len(frames.noise_seed), size, size, 3), np.uint8)

    monkeypatch.setattr(recording.renderer, "prepare", lambda *scene, size: None)
    monkeypatch.setattr(recording.renderer, "render_frames", blank)
    settings = dataclasses.replace(
        SETTINGS, preset=PresetName.GFT_LIKE, seconds=20.0, frames_per_second=5
    )
    labels = synthetic_labels(settings)
    assert labels.shape == (2 * 2 * 100, 12) and (labels > 0).any()
    drawn = prepare_synthetic(tmp_path / "s", settings)
    np.testing.assert_array_equal(labels, drawn.frames.labels)


def test_every_subject_has_its_recordings(tmp_path, drawn):
    frames = prepare_synthetic(tmp_path / "s", SETTINGS).frames
    assert drawn == [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert frames.recordings == ("s000_1", "s000_2", "s001_1", "s001_2")
    np.testing.assert_array_equal(frames.subject, np.repeat([0, 1], 20))
    np.testing.assert_array_equal(frames.frame, np.tile(np.arange(1, 11), 4))
    np.testing.assert_allclose(frames.time, np.tile(np.arange(10) / 25, 4))


def test_stopped_drawing_goes_on_and_finished_faces_are_only_opened(tmp_path, drawn, monkeypatch):
    whole = prepare_synthetic(tmp_path / "whole", SETTINGS)
    simulate = synthetic.simulate_recording

    def stop_at_third(preset, *, subject, recording, **more):
        if (subject, recording) == (1, 0):
            raise KeyboardInterrupt
        return simulate(preset, subject=subject, recording=recording, **more)

    monkeypatch.setattr(synthetic, "simulate_recording", stop_at_third)
    with pytest.raises(KeyboardInterrupt):
        prepare_synthetic(tmp_path / "s", SETTINGS)
    with pytest.raises(InputError, match="not finished"):
        open_prepared(tmp_path / "s")
    monkeypatch.setattr(synthetic, "simulate_recording", simulate)
    drawn.clear()
    assert prepare_synthetic(tmp_path / "s", SETTINGS).digest == whole.digest
    assert drawn == [(1, 0), (1, 1)]
    drawn.clear()
    assert prepare_synthetic(tmp_path / "s", SETTINGS).digest == whole.digest
    assert drawn == []


def test_other_settings_are_refused(tmp_path, drawn):
    prepare_synthetic(tmp_path / "s", SETTINGS)
    with pytest.raises(InputError, match=r"settings.seed is 3 there, 4 was asked for"):
        prepare_synthetic(tmp_path / "s", dataclasses.replace(SETTINGS, seed=4))


def test_name_tells_settings_apart():
    other = {
        "preset": PresetName.GFT_LIKE,
        "subjects": 3,
        "recordings_per_subject": 1,
        "seconds": 0.5,
        "frames_per_second": 10,
        "face_size": 48,
        "seed": 4,
    }
    names = {synthetic_name(SETTINGS)}
    names |= {
        synthetic_name(dataclasses.replace(SETTINGS, **{key: value}))
        for key, value in other.items()
    }
    assert len(names) == 8
    whole, real = (dataclasses.replace(SETTINGS, seconds=length) for length in (20, 20.0))
    assert synthetic_name(whole) == synthetic_name(real)
    own_rate = dataclasses.replace(SETTINGS, frames_per_second=25)
    assert synthetic_name(own_rate) == synthetic_name(SETTINGS)


def test_fewer_frames_per_second_show_as_many_seconds(tmp_path, drawn):
    slow = dataclasses.replace(SETTINGS, frames_per_second=10)
    frames = prepare_synthetic(tmp_path / "s", slow).frames
    np.testing.assert_allclose(frames.time, np.tile(np.arange(4) / 10, 4))


def test_name_changes_with_the_source_of_the_renderer(tmp_path, monkeypatch):
    root = pathlib.Path(synthetic.__file__).parents[2]
    for package in ("synthetic", "faces"):
        shutil.copytree(root / package, tmp_path / package)
    monkeypatch.setattr(synthetic.au_jax, "__file__", str(tmp_path / "__init__.py"))
    name = synthetic_name(SETTINGS)
    (tmp_path / "synthetic/notes.txt").write_text("not code")
    (tmp_path / "faces/video.py").write_text("# draws nothing")
    assert synthetic_name(SETTINGS) == name
    for changed in ("synthetic/rendering/renderer.py", "faces/mean_shape.py"):
        path = tmp_path / changed
        path.write_text(path.read_text() + "\n# brighter\n")
        assert synthetic_name(SETTINGS) != name
        name = synthetic_name(SETTINGS)
