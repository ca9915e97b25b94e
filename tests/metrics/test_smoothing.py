import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from au_jax.metrics import f1_event
from au_jax.metrics.smoothing import WINDOWS, best_window, smoothed


@given(
    seed=st.integers(0, 1000),
    lengths=st.lists(st.integers(1, 12), min_size=1, max_size=4),
    seconds=st.sampled_from([0.05, 0.2, 0.5, 5.0]),
    unknown=st.sampled_from([0.0, 0.3]),
)
def test_it_is_the_mean_of_known_frames_within_reach_of_the_same_recording(
    seed, lengths, seconds, unknown
):
    rng = np.random.default_rng(seed)
    recordings = np.repeat([f"r{number}" for number in range(len(lengths))], lengths)
    # Of a variable frame rate, each recording from a time of its own.
    times = np.concatenate([rng.random() + rng.uniform(0.02, 0.2, n).cumsum() for n in lengths])
    scores = rng.normal(size=(len(times), 2)).astype(np.float32)
    scores[rng.random(scores.shape) < unknown] = np.nan
    found = smoothed(scores, times, recordings, seconds)
    for row, column in np.ndindex(scores.shape):
        near = (recordings == recordings[row]) & (abs(times - times[row]) <= seconds / 2)
        around = scores[near, column]
        expected = np.nan if np.isnan(scores[row, column]) else np.nanmean(around)
        np.testing.assert_allclose(found[row, column], expected, rtol=1e-4, atol=1e-5)


def test_a_window_of_nothing_changes_nothing():
    scores = np.random.default_rng(0).normal(size=(5, 2)).astype(np.float32)
    times, recordings = np.arange(5.0), np.zeros(5)
    np.testing.assert_array_equal(smoothed(scores, times, recordings, 0.0), scores)
    assert smoothed(scores[:0], times[:0], recordings[:0], 0.5).shape == (0, 2)


def test_window_of_a_constant_rate_holds_as_many_frames_before_as_after():
    scores = np.zeros((9, 1), np.float32)
    scores[4] = 1
    times = np.arange(9) / 25
    found = smoothed(scores, times, np.zeros(9), seconds=0.16)  # two frames before and two after
    np.testing.assert_allclose(found[:, 0], [0, 0, 0.2, 0.2, 0.2, 0.2, 0.2, 0, 0])


def flickering(noise):
    """Events of two seconds at 25 frames a second, and scores that flicker."""
    rng = np.random.default_rng(1)
    truth = np.tile(np.repeat([1, -1], 50), 10)[:, None]
    recordings = np.repeat([0, 1], 500)
    times = np.tile(np.arange(500) / 25, 2)
    return truth.astype(np.int8), truth + noise * rng.normal(size=truth.shape), times, recordings


def test_flicker_is_smoothed_away_and_what_is_right_is_left_alone():
    labels, scores, times, recordings = flickering(noise=1.5)
    window = best_window(labels, scores, times, recordings)
    better = f1_event(labels, smoothed(scores, times, recordings, window), recordings)
    assert window > 0 and better > f1_event(labels, scores, recordings) + 0.2
    assert best_window(*flickering(noise=0.0)) == 0
    assert best_window(labels[:0], scores[:0], times[:0], recordings[:0]) == 0


@pytest.mark.parametrize("seconds", WINDOWS)
def test_decisions_of_a_constant_score_stay(seconds):
    scores = np.full((7, 1), -0.25)
    found = smoothed(scores, np.arange(7) / 10, np.zeros(7), seconds)
    np.testing.assert_allclose(found, scores, rtol=1e-6)
