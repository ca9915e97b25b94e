"""Whole recordings: determinism, labels, and that they belong together."""

import dataclasses

import jax
import numpy as np
import pytest

from au_jax.errors import InputError
from au_jax.facs import PAPER_AUS
from au_jax.synthetic.contact_sheet import contact_sheet
from au_jax.synthetic.dynamics.events import TRACE
from au_jax.synthetic.presets import PRESETS, preset_named
from au_jax.synthetic.recording import simulate_labels, simulate_recording

SIZE = 100  # the size of the other tests, so that nothing is compiled twice
PRESET = PRESETS["bp4d_like"]


def record(preset=PRESET, subject=2, number=0, seed=5, seconds=2.0):
    return simulate_recording(
        preset, subject=subject, recording=number, seed=seed, seconds=seconds, size=SIZE
    )


@pytest.fixture(scope="module")
def made():
    with jax.numpy_rank_promotion("raise"):  # as in each test; otherwise all is compiled again
        return record()


def test_shapes_and_types(made):
    assert made.faces.shape == (50, SIZE, SIZE, 3) and made.faces.dtype == np.uint8
    assert made.labels.shape == (50, len(PAPER_AUS)) and made.labels.dtype == np.int8
    assert made.tracked.shape == (50,) and made.tracked.dtype == bool
    assert made.intensities.shape == (50, 12) and made.intensities.dtype == np.float32
    assert set(np.unique(made.labels)) <= {-1, 0, 1}


def test_the_same_arguments_give_the_same_bytes(made):
    again = record()
    for name in ("faces", "labels", "tracked", "intensities"):
        np.testing.assert_array_equal(getattr(again, name), getattr(made, name))


def test_seed_subject_and_recording_each_matter(made):
    for changed in (record(seed=6), record(subject=3), record(number=1)):
        assert np.mean(changed.faces != made.faces) > 0.5
        assert not np.array_equal(changed.intensities, made.intensities)


def test_a_subject_looks_the_same_in_all_recordings(made):
    """In another recording under other light, a person is nearer to himself than to others."""

    def look(subject, number):
        faces = record(subject=subject, number=number, seconds=0.4).faces.astype(float)
        grey = faces.mean(axis=(0, 3))[20:85, 16:84]
        return (grey - grey.mean()).ravel() / grey.std()

    people = range(6)
    first = np.stack([look(subject, 0) for subject in people])
    second = np.stack([look(subject, 1) for subject in people])
    likeness = first @ second.T / first.shape[1]
    same = np.diag(likeness)
    others = likeness[~np.eye(len(people), dtype=bool)]
    assert same.mean() > others.mean() + 0.05


def test_labels_alone_are_those_of_the_recordings(made):
    labels = simulate_labels(PRESET, subjects=3, recordings_per_subject=2, seconds=2.0, seed=5)
    rows = (labels.subjects == 2) & (labels.recordings == 4)
    np.testing.assert_array_equal(labels.labels[rows], made.labels)
    np.testing.assert_array_equal(labels.tracked[rows], made.tracked)
    np.testing.assert_array_equal(labels.intensities[rows], made.intensities)
    assert len(labels.labels) == 6 * 50


def test_labels_follow_the_intensity_up_to_the_borders():
    labels = simulate_labels(PRESET, subjects=6, recordings_per_subject=2, seconds=20.0, seed=1)
    present, strong = labels.labels > 0, labels.intensities > TRACE
    for unit in range(12):
        for number in range(12):
            rows = labels.recordings == number
            coded, shown = present[rows, unit], strong[rows, unit]
            wrong = np.flatnonzero((coded != shown) & (labels.labels[rows, unit] != 0))
            borders = np.flatnonzero(np.diff(shown.astype(int))) + 0.5
            edges = np.concatenate([[-0.5], borders, [len(shown) - 0.5]])
            # Every disagreement lies within four frames of a border or in a brief missed event.
            assert all(np.abs(edges - frame).min() < 5 for frame in wrong)


def test_a_hand_makes_labels_missing_and_loses_the_face():
    busy = dataclasses.replace(PRESET, hands_per_minute=40.0)
    labels = simulate_labels(busy, subjects=8, recordings_per_subject=2, seconds=20.0, seed=1)
    hidden = labels.labels == 0
    assert 0.02 < hidden.mean() < 0.9
    assert 0.0 < np.mean(~labels.tracked) < 0.5
    assert np.all(hidden[~labels.tracked])
    assert np.any(hidden[labels.tracked])
    idle = dataclasses.replace(PRESET, hands_per_minute=0.0)
    free = simulate_labels(idle, subjects=2, recordings_per_subject=1, seconds=20.0, seed=1)
    assert np.all(free.labels != 0) and np.all(free.tracked)


def test_frames_per_second_follow_the_preset():
    gft = PRESETS["gft_like"]
    labels = simulate_labels(gft, subjects=1, recordings_per_subject=1, seconds=3.0, seed=0)
    assert len(labels.labels) == 90


def test_mistakes_are_told():
    with pytest.raises(InputError, match=r"0\.001 s"):
        record(seconds=0.001)
    with pytest.raises(InputError, match="-1"):
        record(subject=-1)
    with pytest.raises(InputError, match="size 8"):
        simulate_recording(PRESET, subject=0, recording=0, seed=0, seconds=1, size=8)
    with pytest.raises(InputError, match="at least one"):
        simulate_labels(PRESET, subjects=0, recordings_per_subject=1, seconds=1.0, seed=0)
    with pytest.raises(InputError, match="bp4d_like"):
        preset_named("disfa_like")


def test_contact_sheet_has_a_column_for_each_unit():
    sheet = contact_sheet(seed=0, subjects=2, size=SIZE)
    cell = SIZE + 2
    titles = sheet.shape[0] - 2 * cell
    assert 10 < titles < cell and sheet.shape[1:] == (13 * cell, 3)
    faces = sheet[titles:].reshape(2, cell, 13, cell, 3)[:, 2:, :, 2:].astype(int)
    change = np.abs(faces - faces[:, :, :1]).mean(axis=(0, 1, 3, 4))
    assert change[0] == 0 and np.all(change[1:] > 0.5)
