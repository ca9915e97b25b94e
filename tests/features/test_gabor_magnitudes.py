import numpy as np
import pytest
from scipy.signal import fftconvolve

from au_jax.features import gabor_magnitudes as gabor


def wave(wavelength, angle, size=gabor.SIZE):
    y, x = np.mgrid[:size, :size]
    phase = 2 * np.pi * (x * np.cos(angle) + y * np.sin(angle)) / wavelength
    return np.cos(phase)[None].astype(np.float32)


@pytest.mark.parametrize("scale", range(len(gabor.WAVELENGTHS)))
@pytest.mark.parametrize("number", [0, 2, 5])
def test_a_wave_is_seen_most_by_the_filter_of_its_wavelength_and_direction(scale, number):
    angle = np.pi * number / gabor.ORIENTATIONS
    found = np.asarray(gabor.gabor_magnitudes(wave(gabor.WAVELENGTHS[scale], angle)))[0]
    by_filter = found.reshape(-1, len(gabor.WAVELENGTHS), gabor.ORIENTATIONS)
    middle = by_filter[(gabor.SIZE // gabor.SQUARE) ** 2 // 2 + 6]
    assert np.unravel_index(middle.argmax(), middle.shape) == (scale, number)


def test_magnitudes_are_those_of_a_convolution_with_the_filter():
    rng = np.random.default_rng(0)
    picture = np.zeros((gabor.SIZE, gabor.SIZE), np.float32)
    picture[24:72, 24:72] = rng.random((48, 48))
    wavelength, number = gabor.WAVELENGTHS[1], 3
    angle = np.pi * number / gabor.ORIENTATIONS
    sigma = 0.56 * wavelength
    y, x = np.mgrid[-24:25, -24:25]
    kernel = np.exp(-(x**2 + y**2) / (2 * sigma**2)) / (2 * np.pi * sigma**2)
    kernel = kernel * np.exp(2j * np.pi * (x * np.cos(angle) + y * np.sin(angle)) / wavelength)
    expected = np.abs(fftconvolve(picture, kernel, mode="same"))
    count = gabor.SIZE // gabor.SQUARE
    squares = expected.reshape(count, gabor.SQUARE, count, gabor.SQUARE).mean(axis=(1, 3))
    found = np.asarray(gabor.gabor_magnitudes(picture[None])).reshape(count, count, -1)
    np.testing.assert_allclose(
        found[2:-2, 2:-2, gabor.ORIENTATIONS + number], squares[2:-2, 2:-2], atol=2e-3
    )


def test_constant_light_is_not_seen_and_sizes_are_as_documented():
    assert not np.asarray(gabor.gabor_magnitudes(np.ones((1, 96, 96), np.float32))).round(5).any()
    assert gabor.gabor_magnitudes(wave(8, 0)).shape == (1, 5760)
    assert np.array_equal(np.bincount(gabor.gabor_squares()), np.full(144, 40))
