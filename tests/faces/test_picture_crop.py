import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage

from au_jax.faces.picture_crop import Square, crop_square


def smooth_picture(height=90, width=120, seed=0, sigma=4):
    noise = np.random.default_rng(seed).uniform(0, 255, (height, width, 3))
    blurred = ndimage.gaussian_filter(noise, (sigma, sigma, 0))
    low, high = blurred.min(), blurred.max()
    return np.round((blurred - low) / (high - low) * 255).astype(np.uint8)


def by_scipy(image, square, size):
    """The same crop, point by point: bilinear, with the edges repeated."""
    shares = (np.stack(np.meshgrid(np.arange(size), np.arange(size)), axis=-1) + 0.5) / size
    x, y = np.moveaxis(square.to_picture(shares), -1, 0)
    return np.stack(
        [
            ndimage.map_coordinates(image[..., c].astype(float), [y - 0.5, x - 0.5], order=1,
                                    mode="nearest")
            for c in range(3)
        ],
        axis=-1,
    )  # fmt: skip


@given(st.floats(-20, 140), st.floats(-20, 110), st.floats(10, 120), st.floats(-4, 4))
def test_crop_is_the_square_bilinearly(x, y, side, angle):
    image, square = smooth_picture(), Square(x, y, side, angle)
    crop = crop_square(image, square, 64)
    assert crop.shape == (64, 64, 3) and crop.dtype == np.uint8
    # Pillow rounds down, and places are good to 1/65536 of a pixel.
    assert np.abs(crop - (by_scipy(image, square, 64) - 0.5)).max() < 1.6


@pytest.mark.parametrize("factor", [3, 4])
def test_large_squares_are_averaged(factor):
    rng = np.random.default_rng(0)
    image = rng.integers(0, 256, (40 * factor, 50 * factor, 3), dtype=np.uint8)
    square = Square(25 * factor, 20 * factor, 32 * factor)
    crop = crop_square(image, square, 32)
    blocks = image.reshape(40, factor, 50, factor, 3).mean(axis=(1, 3))[4:36, 9:41]
    # The window may begin between two blocks; then neighbours are blended.
    assert (
        np.abs(crop - blocks).mean() < np.abs(image[::factor, ::factor][4:36, 9:41] - blocks).mean()
    )
    assert crop.std() < 0.7 * image.std()


def test_corners_of_a_turned_square():
    corners = np.array([(0, 0), (1, 0), (0, 1), (0.5, 0.5)])
    turned = Square(10, 20, 4, np.pi / 2).to_picture(corners)  # x to the right becomes down
    np.testing.assert_allclose(turned, [(12, 18), (12, 22), (8, 18), (10, 20)], atol=1e-12)
