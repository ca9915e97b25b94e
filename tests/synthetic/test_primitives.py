"""The canonical plane, bumps, furrows and smoothing, against NumPy."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from au_jax.synthetic.primitives import bumps, canonical, furrows, smoothing
from au_jax.synthetic.primitives.bumps import Bump
from au_jax.synthetic.primitives.furrows import Furrow


def naive_bilinear(texture, x, y):
    height, width = texture.shape[:2]
    x, y = np.clip(x, 0, width - 1.001), np.clip(y, 0, height - 1.001)
    i, j = int(y), int(x)
    a, b = y - i, x - j
    return (
        texture[i, j] * (1 - a) * (1 - b)
        + texture[i, j + 1] * (1 - a) * b
        + texture[i + 1, j] * a * (1 - b)
        + texture[i + 1, j + 1] * a * b
    )


def test_bilinear_agrees_with_four_corners():
    rng = np.random.default_rng(0)
    texture = rng.normal(size=(7, 9, 3)).astype(np.float32)
    positions = rng.uniform(-2, 11, size=(40, 2)).astype(np.float32)
    found = canonical.bilinear(jnp.asarray(texture), jnp.asarray(positions))
    wanted = [naive_bilinear(texture, x, y) for x, y in positions]
    np.testing.assert_allclose(found, wanted, atol=1e-5)


@pytest.mark.parametrize("size", [40, 100, 150, 200, 240])
def test_a_plane_keeps_its_values_on_maps_of_every_size(size):
    points = canonical.fine_points()
    plane = 0.3 * points[:, 0] - 0.7 * points[:, 1] + 5.0
    texels = canonical.map_extent(size)
    reduced = canonical.reduce_to_map(jnp.asarray(plane), size).reshape(texels, texels, 1)
    where = np.array([[3.0, 190.0], [100.0, 62.0], [171.3, 20.4]], np.float32)
    found = canonical.bilinear(reduced, canonical.to_texels(jnp.asarray(where), size))[:, 0]
    # Texels that cut through fine points are off by less than a tenth of a unit.
    error = 1e-3 if canonical.EXTENT % texels == 0 else 0.1
    np.testing.assert_allclose(found, 0.3 * where[:, 0] - 0.7 * where[:, 1] + 5.0, atol=error)


def test_a_small_picture_is_the_large_one_averaged():
    fine = np.arange(200)
    np.testing.assert_allclose(canonical.picture_axis(200), fine)
    np.testing.assert_allclose(canonical.picture_axis(100), fine.reshape(100, 2).mean(axis=1))


def test_interpolation_is_exact_for_lines():
    nodes = np.arange(-4.0, 20.0, 4.0)
    at = np.linspace(-4.0, 16.0, 13)
    weights = canonical.interpolation(nodes, at)
    np.testing.assert_allclose(weights @ (2 * nodes + 1), 2 * at + 1, rtol=1e-6)


@given(
    x=st.floats(20, 95),
    y=st.floats(10, 190),
    dx=st.floats(-9, 9),
    dy=st.floats(-9, 9),
    blood=st.floats(-1, 1),
)
def test_bumps_are_mirrored_and_kept_apart_by_side(x, y, dx, dy, blood):
    arrays = bumps.mirrored([[Bump(x, y, 8, 6, dx, dy, blood=blood)]], separate_sides=True)
    points = jnp.array([[x, y], [200.0 - x, y]], jnp.float32)
    weights = bumps.profiles(arrays, points)
    right, down, _, red = (bumps.gathered(arrays, c, weights, 2) for c in range(4))
    # Row: which side acts; column: at which centre.
    assert right[0, 0] == pytest.approx(dx, abs=1e-4)
    assert right[1, 1] == pytest.approx(-dx, abs=1e-4)
    np.testing.assert_allclose(down[0, 0], down[1, 1], atol=1e-4)
    np.testing.assert_allclose(np.diag(red), [blood, blood], atol=1e-5)


def test_a_bump_on_the_midline_is_shared_by_the_sides():
    arrays = bumps.mirrored([[Bump(100, 50, 8, 6, dy=4.0)]], separate_sides=True)
    weights = bumps.profiles(arrays, jnp.array([[100.0, 50.0]]))
    np.testing.assert_allclose(bumps.gathered(arrays, 1, weights, 2)[:, 0], [2.0, 2.0])


def test_a_furrow_is_deepest_on_its_line_and_rises_at_its_rims():
    line = Furrow(60, 40, angle=0, length=10, bend=0, width=1.5, depth=2.0, far=1.0, near=0.5)
    arrays = furrows.mirrored([[line]], separate_sides=False)
    step = furrows.RIM_DISTANCE * 1.5
    points = jnp.array([[60.0, 40], [60, 40 + step], [60, 40 - step], [60, 60], [85, 40]])
    height, groove = furrows.heights(jnp.asarray(arrays.lines), arrays.flip, points)
    assert height[0, 0] < -1.5
    assert height[0, 1] > 0.7 and 0.2 < height[0, 2] < height[0, 1]
    np.testing.assert_allclose(groove[0, :1], 2.0)
    np.testing.assert_allclose(height[0, 3:], 0.0, atol=1e-3)
    mirror = points * jnp.array([[-1.0, 1.0]]) + jnp.array([[200.0, 0.0]])
    mirrored, _ = furrows.heights(jnp.asarray(arrays.lines), arrays.flip, mirror)
    np.testing.assert_allclose(mirrored[1], height[0], atol=1e-5)


def test_a_furrow_follows_its_angle():
    line = Furrow(60, 40, angle=90, length=10, bend=0, width=1.5, depth=2.0)
    arrays = furrows.mirrored([[line]], separate_sides=False)
    points = jnp.array([[60.0, 46.0], [66.0, 40.0]])
    _, groove = furrows.heights(jnp.asarray(arrays.lines), arrays.flip, points)
    assert groove[0, 0] > 1.5 and groove[0, 1] < 0.01


def test_grain_keeps_unit_variance_and_has_the_wanted_scale():
    noise = smoothing.white_noise(jax.random.key(3), 1)[0]
    field = np.asarray(smoothing.grain(noise, 2.0, 5.0)).reshape(canonical.EXTENT, -1)
    assert field.std() == pytest.approx(1.0, abs=0.1)
    # White noise under a Gaussian of width s has the autocorrelation exp(-(d / 2 s)²).
    for axis, spread in ((1, 2.0), (0, 5.0)):
        shifted = np.roll(field, 4, axis)
        found = np.mean(field * shifted) / np.mean(field**2)
        assert found == pytest.approx(np.exp(-((4 / (2 * spread)) ** 2)), abs=0.1)


def test_smoothing_leaves_a_plane_alone_away_from_the_border():
    x = jnp.broadcast_to(jnp.arange(canonical.EXTENT, dtype=jnp.float32), (canonical.EXTENT,) * 2)
    inner = slice(40, -40)
    np.testing.assert_allclose(smoothing.smoothed(x, 8.0)[inner, inner], x[inner, inner], rtol=1e-4)
