import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from au_jax.datasets.dataset import (
    ArrayFaces,
    Dataset,
    FramesTable,
    base_rates,
    recording_slices,
    select_aus,
)
from au_jax.errors import InputError


def table(lengths=(3, 2, 4), aus=3, seed=0):
    recording = np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)
    labels = np.random.default_rng(seed).integers(-1, 2, (len(recording), aus)).astype(np.int8)
    return FramesTable(
        subject=(recording // 2).astype(np.int32),
        recording=recording,
        frame=np.concatenate([[], *(np.arange(1, n + 1) for n in lengths)]).astype(np.int32),
        time=np.zeros(len(recording)),
        labels=labels,
        tracked=np.ones(len(recording), bool),
        subjects=tuple(f"s{i}" for i in range((len(lengths) + 1) // 2)),
        recordings=tuple(f"r{i}" for i in range(len(lengths))),
    )


def dataset(**options):
    frames = table(**options)
    faces = np.zeros((len(frames), 4, 4, 3), np.uint8)
    aus = (1, 2, 4, 6, 7)[: frames.labels.shape[1]]
    return Dataset("made", aus, frames, ArrayFaces(faces), "digest")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"subject": np.zeros(9, np.int64)}, "subject is int64"),
        ({"time": np.zeros(8)}, r"time is float64 \(8,\)"),
        ({"labels": np.zeros(9, np.int8)}, "labels is int8"),
        ({"labels": np.full((9, 3), 2, np.int8)}, "labels must be -1"),
        ({"landmarks": np.zeros((9, 68, 2), np.float32)}, r"landmarks is float32 \(9, 68, 2\)"),
        ({"recordings": ("r0", "r1")}, "recording points outside its 2 names"),
        ({"recordings": ("r0", "r1", "r1")}, "names of the recordings repeat"),
        ({"recording": np.array([0, 0, 0, 1, 1, 2, 2, 0, 0], np.int32)}, "must lie together"),
        ({"subject": np.array([0, 0, 1, 0, 0, 1, 1, 1, 1], np.int32)}, "must have one subject"),
        ({"frame": np.array([1, 2, 2, 1, 2, 1, 2, 3, 4], np.int32)}, "must increase"),
        ({"subject": np.full(9, -1, np.int32)}, "subject points outside"),
    ],
)
def test_tables_that_do_not_fit_together_are_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        dataclasses.replace(table(), **changes)


def test_gaps_in_frame_numbers_and_any_order_of_recordings_are_fine():
    frames = dataclasses.replace(
        table(),
        frame=np.array([5, 9, 10, 1, 7, 2, 3, 4, 5], np.int32),
        recording=np.array([2, 2, 2, 0, 0, 1, 1, 1, 1], np.int32),
    )
    assert [(rows.start, rows.stop) for rows in recording_slices(frames)] == [
        (0, 3),
        (3, 5),
        (5, 9),
    ]


@given(st.lists(st.integers(1, 20), max_size=12))
def test_slices_cover_every_recording_once(lengths):
    frames = table(lengths=tuple(lengths))
    slices = recording_slices(frames)
    assert [rows.stop - rows.start for rows in slices] == lengths
    for number, rows in enumerate(slices):
        assert (frames.recording[rows] == number).all()


def test_faces_and_labels_must_fit():
    good = dataset()
    with pytest.raises(ValueError, match="do not fit together"):
        dataclasses.replace(good, aus=(1, 2))
    with pytest.raises(ValueError, match="do not fit together"):
        dataclasses.replace(good, faces=ArrayFaces(np.zeros((8, 4, 4, 3), np.uint8)))
    with pytest.raises(ValueError, match="not uint8"):
        ArrayFaces(np.zeros((8, 4, 4, 3), np.float32))


def test_columns_are_chosen_in_the_order_asked_for():
    whole = dataset(aus=5)
    part = select_aus(whole, [7, 2])
    assert part.aus == (7, 2)
    np.testing.assert_array_equal(part.frames.labels, whole.frames.labels[:, [4, 1]])
    assert part.faces is whole.faces
    assert len({whole.digest, part.digest, select_aus(whole, [2, 7]).digest}) == 3
    assert select_aus(whole, whole.aus) is whole


def test_unknown_column_is_told():
    with pytest.raises(InputError, match=r"'made' has no labels of AU 12, 25; it has AU 1, 2, 4"):
        select_aus(dataset(), [1, 12, 25])


def test_base_rates_leave_missing_labels_out():
    labels = np.array([[1, 0, -1], [1, 0, 1], [0, 0, -1], [-1, 0, -1]], np.int8)
    np.testing.assert_allclose(base_rates(labels), [2 / 3, np.nan, 1 / 4])
