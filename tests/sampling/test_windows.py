import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from au_jax.errors import InputError
from au_jax.sampling.windows import (
    PADDING,
    WindowPlan,
    active_aus_per_frame,
    recording_starts,
    subject_streams,
)


def plan_of(lengths, window, labels=None, *, min_active=0.0, seed=0, batch=4):
    total = sum(lengths)
    streams = tuple(np.split(np.arange(total), np.cumsum(lengths)[:-1]))
    labels = np.full((total, 2), 1, np.int8) if labels is None else labels
    return WindowPlan(streams, labels, window, batch, min_active, seed)


@given(
    lengths=st.lists(st.integers(1, 30), min_size=1, max_size=4),
    window=st.integers(1, 20),
    step=st.integers(0, 50),
)
def test_windows_are_consecutive_frames_of_one_stream(lengths, window, step):
    plan = plan_of(lengths, window)
    owner = np.repeat(np.arange(len(lengths)), lengths)
    windows = plan[step]
    assert windows.shape == (4, window)
    for row in windows:
        frames = row[row != PADDING]
        stream = owner[frames[0]]
        assert len(frames) == min(window, lengths[stream])
        assert (np.diff(frames) == 1).all()
        assert (owner[frames] == stream).all()
        assert (row[len(frames) :] == PADDING).all()


def test_steps_are_the_same_in_any_order():
    plan = plan_of([40, 25], 10)
    later, earlier = plan[7], plan[2]
    np.testing.assert_array_equal(plan[2], earlier)
    np.testing.assert_array_equal(plan[7], later)
    assert not np.array_equal(earlier, later)


def test_every_start_is_equally_likely():
    # 31 + 11 starts: the longer stream gives 31 of 42 windows.
    plan = plan_of([40, 20], 10, batch=50)
    drawn = np.concatenate([plan[step][:, 0] for step in range(100)])
    assert np.mean(drawn < 40) == pytest.approx(31 / 42, abs=0.02)
    assert set(drawn.tolist()) == {*range(31), *range(40, 51)}


def test_quiet_windows_are_drawn_anew():
    labels = np.full((100, 3), -1, np.int8)
    labels[60:, :2] = 1
    plan = plan_of([100], 10, labels, min_active=1.5)
    active = [active_aus_per_frame(labels[row]) for step in range(50) for row in plan[step]]
    assert min(active) >= 1.5
    unfiltered = plan_of([100], 10, labels)
    assert min(active_aus_per_frame(labels[r]) for s in range(50) for r in unfiltered[s]) == 0


def test_a_filter_that_nothing_passes_still_ends():
    labels = np.full((30, 2), -1, np.int8)
    assert plan_of([30], 10, labels, min_active=1.5)[0].shape == (4, 10)


def test_missing_labels_do_not_dilute_the_activity():
    labels = np.array([[1, 1], [0, 0], [1, -1]], np.int8)
    assert active_aus_per_frame(labels) == 1.5
    assert active_aus_per_frame(np.zeros((2, 2), np.int8)) == 0.0


def test_streams_group_frames_of_subjects_in_order():
    subject = np.array([0, 0, 1, 1, 0, 2])
    streams = subject_streams(subject, np.array([5, 4, 0, 2, 1]))
    assert [stream.tolist() for stream in streams] == [[0, 1, 4], [2], [5]]
    assert subject_streams(subject, np.empty(0, np.int64)) == ()


def test_reset_where_a_recording_or_a_window_begins():
    recording = np.array([0, 0, 0, 1, 1])
    windows = np.array([[1, 2, 3, 4], [3, 4, PADDING, PADDING]])
    starts = recording_starts(recording, windows)
    assert starts.tolist() == [[True, False, True, False], [True, False, True, False]]


def test_no_training_frame_is_refused():
    with pytest.raises(InputError, match="no training frame"):
        WindowPlan((), np.zeros((0, 2), np.int8), 5, 1, 0.0, 0)
