import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ImageDraw

from au_jax.datasets.dataset import ArrayFaces
from au_jax.datasets.prepared import contact_sheet as module
from au_jax.datasets.prepared.contact_sheet import choose_frames, contact_sheet
from tests.made.folds import random_dataset

FACE, CELL, MARGIN, HEAD = module._FACE, module._FACE + module._GAP, module._MARGIN, module._HEAD


def table(labels, tracked=None):
    labels = np.asarray(labels, np.int8)
    frames = random_dataset(aus=tuple(range(1, 1 + labels.shape[1]))).frames
    count = len(labels)
    return dataclasses.replace(
        frames,
        **{name: getattr(frames, name)[:count] for name in ("subject", "frame", "time")},
        recording=np.zeros(count, np.int32),
        labels=labels,
        tracked=np.ones(count, bool) if tracked is None else np.asarray(tracked),
    )


def test_frames_with_most_units_not_seen_yet_come_first():
    labels = np.full((8, 4), -1)
    labels[2] = [1, 1, -1, -1]
    labels[3] = [1, -1, -1, -1]
    labels[5] = [-1, -1, 1, 0]
    labels[6] = [-1, -1, -1, 1]
    chosen = choose_frames(table(labels), np.arange(8), 3)
    assert chosen.tolist() == [2, 5, 6]


def test_frames_without_units_are_spread_and_lost_faces_left_out():
    labels = np.full((8, 2), -1)
    assert choose_frames(table(labels), np.arange(8), 3).tolist() == [0, 3, 7]
    tracked = np.arange(8) % 2 == 1
    assert choose_frames(table(labels, tracked), np.arange(8), 9).tolist() == [1, 3, 5, 7]
    assert choose_frames(table(labels, tracked & False), np.arange(8), 1).tolist() == [0]


@given(st.integers(0, 1000), st.integers(1, 12))
def test_one_more_face_never_shows_fewer_units(seed, count):
    frames = random_dataset(seed).frames
    rows = np.flatnonzero(frames.subject == 1)

    def shown(number):
        chosen = choose_frames(frames, rows, number)
        assert len(set(chosen.tolist())) == len(chosen) <= number
        assert frames.tracked[chosen].all() and set(chosen) <= set(rows)
        return (frames.labels[chosen] == 1).any(axis=0).sum()

    assert shown(count) <= shown(count + 1) <= (frames.labels[rows] == 1).any(axis=0).sum()


@pytest.mark.parametrize("channels", [1, 3])
def test_faces_lie_in_their_cells_with_something_written_below(channels):
    dataset = random_dataset()
    levels = np.broadcast_to(
        (np.arange(len(dataset.frames)) * 2 + 20)[:, None, None, None],
        (len(dataset.frames), 32, 32, channels),
    )
    dataset = dataclasses.replace(dataset, faces=ArrayFaces(levels.astype(np.uint8)))
    sheet = contact_sheet(dataset, faces_per_subject=3)
    height = (sheet.shape[0] - HEAD) // 6
    assert sheet.shape == (HEAD + 6 * height, MARGIN + 3 * CELL, 3)
    for subject in range(6):
        chosen = choose_frames(dataset.frames, np.flatnonzero(dataset.frames.subject == subject), 3)
        top = HEAD + subject * height
        assert (sheet[top : top + 60, :MARGIN] < 128).any()  # the subject's name
        for column, index in enumerate(chosen):
            left = MARGIN + column * CELL
            face = sheet[top : top + FACE, left : left + FACE]
            np.testing.assert_array_equal(face, np.full_like(face, 20 + 2 * index))
            assert (sheet[top + FACE : top + height, left : left + FACE] < 128).any()


@pytest.fixture
def written(monkeypatch):
    """What is written on sheets, in order."""
    texts = []
    monkeypatch.setattr(
        ImageDraw.ImageDraw, "text", lambda pen, place, text, **style: texts.append(text)
    )
    return texts


def test_written_labels_are_those_of_the_frame(written):
    dataset = random_dataset()
    labels = np.full_like(dataset.frames.labels, -1)
    labels[:16] = [1, 0, 1]
    labels[16:32] = 0
    frames = dataclasses.replace(dataset.frames, labels=labels, tracked=dataset.frames.subject != 2)
    contact_sheet(dataclasses.replace(dataset, frames=frames), faces_per_subject=1)
    below = [
        text for text in written if text in ("AU 1 24", "? 12", "? all", "no AU", "not tracked")
    ]
    assert below == ["AU 1 24", "? 12", "? all", "not tracked", "no AU", "no AU", "no AU", "no AU"]


def test_of_many_subjects_40_are_shown(written):
    dataset = random_dataset()
    names = tuple(f"person {number}" for number in range(79))
    person = np.arange(79, dtype=np.int32)
    columns = ("frame", "time", "labels", "tracked")
    frames = dataclasses.replace(
        dataset.frames,
        **{name: getattr(dataset.frames, name)[:79] for name in columns},
        subject=person,
        recording=person,
        subjects=names,
        recordings=tuple(f"recording {number}" for number in person),
    )
    faces = ArrayFaces(dataset.faces[person])
    contact_sheet(dataclasses.replace(dataset, frames=frames, faces=faces), faces_per_subject=1)
    assert written[0] == "random: 40 of 79 subjects, 79 frames"
    assert [text for text in written if text in names] == list(names[::2])
