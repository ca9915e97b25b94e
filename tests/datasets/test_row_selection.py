import numpy as np
import pytest

from au_jax.datasets.row_selection import evenly_spaced, spread_over_subjects, usable_rows
from au_jax.errors import InputError
from tests.made.random_datasets import made_dataset


def test_evenly_spaced_frames_are_at_most_as_many_as_asked_for():
    frames = np.arange(10, 20)
    assert evenly_spaced(frames, 10).tolist() == frames.tolist()
    assert evenly_spaced(frames, 4).tolist() == [10, 13, 16, 19]
    assert evenly_spaced(frames, 1).tolist() == [10]


def test_usable_rows_have_a_label_and_a_tracked_face():
    dataset = made_dataset("a", subjects=4)
    table = dataset.frames
    table.tracked[:] = True
    table.tracked[[0, 3]] = False
    table.labels[:] = 1
    table.labels[[1, 3]] = 0
    table.labels[2, 0] = 0  # the other label is known
    rows = np.arange(6)
    assert usable_rows(dataset, rows).tolist() == [2, 4, 5]
    with pytest.raises(InputError, match="none of 2 frames of data set 'a'"):
        usable_rows(dataset, np.array([1, 3]))


def test_everybody_gives_as_many_rows_spread_over_all_of_theirs():
    table = made_dataset("a", subjects=5).frames
    rows = np.flatnonzero(table.tracked)
    few = spread_over_subjects(table, rows, 2)
    assert few.tolist() == sorted(few.tolist()) and np.isin(few, rows).all()
    for subject in range(5):
        own = rows[table.subject[rows] == subject]
        chosen = few[table.subject[few] == subject]
        # One of the first half and one of the second.
        assert len(chosen) == 2
        assert np.searchsorted(own, chosen[0]) < len(own) / 2 <= np.searchsorted(own, chosen[1])
    assert spread_over_subjects(table, rows, 100).tolist() == rows.tolist()
    assert spread_over_subjects(table, rows[:0], 2).tolist() == []
