import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from au_jax.faces.mean_shape import EYE_CENTRES, MEAN_SHAPE, STABLE_POINTS
from au_jax.faces.similarity import fit_similarity, target_points
from tests.made.videos import apply, similarity


@given(
    st.floats(0.05, 20), st.floats(-np.pi, np.pi), st.floats(-2000, 2000), st.floats(-2000, 2000)
)
def test_known_similarity_is_found(scale, angle, x, y):
    known = similarity(scale, angle, x, y)
    points = apply(np.linalg.inv(np.vstack([known, [0, 0, 1]]))[:2], target_points())
    transforms, residual = fit_similarity(points[None], target_points())
    np.testing.assert_allclose(apply(transforms[0], points), target_points(), atol=1e-6)
    assert residual[0] < 1e-6


@given(st.integers(0, 2**32 - 1))
def test_fit_is_the_least_squares_solution(seed):
    rng = np.random.default_rng(seed)
    points = target_points() * rng.uniform(0.5, 2) + rng.normal(0, 8, (49, 2))
    # The same problem as a linear one in a, b, x, y, solved by LAPACK.
    rows = np.concatenate(
        [
            np.stack([points[:, 0], -points[:, 1], np.ones(49), np.zeros(49)], axis=1),
            np.stack([points[:, 1], points[:, 0], np.zeros(49), np.ones(49)], axis=1),
        ]
    )
    (a, b, x, y), rest, *_ = np.linalg.lstsq(rows, target_points().T.ravel())
    transforms, residual = fit_similarity(points[None], target_points())
    np.testing.assert_allclose(transforms[0], [[a, -b, x], [b, a, y]], atol=1e-8)
    np.testing.assert_allclose(residual[0], np.sqrt(rest[0] / 49), rtol=1e-9)


@pytest.mark.parametrize("size", [50, 100, 200, 333])
def test_eyes_come_to_their_places_in_any_size(size):
    """The eyes are 80 of 200 pixels apart, 62 below the top edge (pixel centres at 0.5)."""
    camera = similarity(1.7, 0.4, 300, 120)
    points = apply(camera, MEAN_SHAPE)
    eyes = apply(camera, EYE_CENTRES)
    transforms, _ = fit_similarity(points[None, STABLE_POINTS], target_points(size))
    expected = (EYE_CENTRES + 0.5) * size / 200 - 0.5
    np.testing.assert_allclose(apply(transforms[0], eyes), expected, atol=1e-9)
