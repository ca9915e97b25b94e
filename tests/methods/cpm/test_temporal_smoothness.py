import numpy as np
import pytest

from au_jax.methods.cpm.temporal_smoothness import (
    comparison,
    smoothness_matrix,
    temporal_neighbours,
)


def made_recordings(seed=0, count=40, features=3):
    """Three recordings with frames left out here and there."""
    rng = np.random.default_rng(seed)
    recording = np.sort(rng.integers(0, 3, count))
    number = np.concatenate(
        [np.cumsum(rng.integers(1, 4, (recording == which).sum())) for which in range(3)]
    )
    return rng.normal(size=(count, features)), recording, number


def dense_comparison(samples, recording, number, window, limit):
    count = len(samples)
    D = np.zeros((count, count))
    for i in range(count):
        for j in range(count):
            apart = abs(int(number[i]) - int(number[j]))
            alike = ((samples[i] - samples[j]) ** 2).sum() <= limit
            if i != j and recording[i] == recording[j] and apart <= window and alike:
                D[i, j] = np.exp(-0.5 * (apart / (window / 2.5)) ** 2)
    for i in range(count):
        if D[i].sum() > 0:
            D[i] /= -D[i].sum()
            D[i, i] = 1
    return D


@pytest.mark.parametrize(("window", "limit"), [(5, 4.0), (1, np.inf), (3, 1.0), (60, 6.0)])
def test_smoothness_is_that_of_the_dense_matrix(window, limit):
    samples, recording, number = made_recordings()
    neighbours = temporal_neighbours(samples, recording, number, window)
    D = dense_comparison(samples, recording, number, window, limit)
    found = comparison(len(samples), neighbours, limit)
    np.testing.assert_allclose(found.toarray(), D, atol=1e-12)
    assert (D != 0).any()
    expected = samples.T @ (D.T @ D) @ samples
    np.testing.assert_allclose(smoothness_matrix(samples, neighbours, limit), expected, atol=1e-10)


def test_frames_of_different_recordings_are_never_neighbours():
    samples = np.zeros((6, 2))
    neighbours = temporal_neighbours(samples, np.array([0, 0, 0, 1, 1, 1]), np.arange(6), 5)
    pairs = set(zip(neighbours.first.tolist(), neighbours.second.tolist(), strict=True))
    assert pairs == {(0, 1), (0, 2), (1, 2), (3, 4), (3, 5), (4, 5)}


def test_frames_around_a_gap_are_as_far_apart_as_their_numbers():
    samples, number = np.zeros((3, 2)), np.array([1, 2, 7])
    neighbours = temporal_neighbours(samples, np.zeros(3, int), number, 5)
    assert neighbours.second.tolist() == [1, 2]
    gauss = [np.exp(-0.5 * (apart / 2) ** 2) for apart in (1, 5)]
    np.testing.assert_allclose(neighbours.closeness, gauss)


@pytest.mark.parametrize("count", [0, 1])
def test_a_frame_alone_is_compared_with_nothing(count):
    samples = np.ones((count, 3))
    neighbours = temporal_neighbours(samples, np.zeros(count, int), np.arange(count), 5)
    np.testing.assert_array_equal(smoothness_matrix(samples, neighbours, 1.0), np.zeros((3, 3)))


def test_scores_that_do_not_change_in_time_cost_nothing():
    samples, recording, number = made_recordings()
    samples[:, -1] = 1
    neighbours = temporal_neighbours(samples, recording, number, 5)
    offset = np.eye(3)[-1]
    assert offset @ smoothness_matrix(samples, neighbours, np.inf) @ offset == pytest.approx(0)
