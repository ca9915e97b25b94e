import numpy as np
from scipy.spatial import procrustes

from au_jax.features.shape import shape_features


def test_place_and_size_do_not_matter():
    rng = np.random.default_rng(0)
    points = rng.normal(size=(5, 49, 2))
    moved = points * np.array([2.0, 0.5, 3, 1, 7])[:, None, None] + rng.normal(size=(5, 1, 2))
    np.testing.assert_allclose(shape_features(moved), shape_features(points), atol=1e-5)


def test_standardised_as_by_procrustes_analysis():
    points = np.random.default_rng(1).normal(size=(1, 49, 2))
    standard, _, _ = procrustes(points[0], points[0])  # mean 0, norm 1
    np.testing.assert_allclose(shape_features(points)[0], standard.ravel() * 7, rtol=1e-5)


def test_no_landmarks_are_zeros():
    points = np.full((2, 49, 2), np.nan)
    points[1] = 3.0  # all in one place
    assert not shape_features(points).any()
    assert shape_features(points).dtype == np.float32
