"""Magnitudes of a bank of Gabor filters over the whole face, averaged in small squares.

Source: J. G. Daugman, JOSA A 2 (1985), Eq. (1); eight orientations as in M. S. Bartlett et al.,
"Automatic recognition of facial actions in spontaneous expressions", Journal of Multimedia 2006.
"""

import functools

import jax
import jax.numpy as jnp
import numpy as np

SIZE = 96
"""Height and width to which faces are resized, in pixels."""
SQUARE = 8
"""Height and width of the squares whose magnitudes are averaged, in pixels."""
WAVELENGTHS = (4.0, 5.66, 8.0, 11.31, 16.0)
"""Pixels, half octaves."""
ORIENTATIONS = 8

_ENVELOPE = 0.56
"""Standard deviation of the Gaussian envelope in wavelengths: one octave of bandwidth."""


def gabor_spectra(size: int = SIZE) -> np.ndarray:
    """Return the filters in the frequency domain, float32 `[filter, size, size]`.

    A Gabor filter is a Gaussian around its frequency there, real and one-sided, so that the
    filtered picture is complex and its absolute value the magnitude. The mean is taken out.
    """
    frequency = np.fft.fftfreq(size)
    down, right = frequency[:, None], frequency[None, :]
    filters = []
    for wavelength in WAVELENGTHS:
        width = 2 * (np.pi * _ENVELOPE * wavelength) ** 2
        for number in range(ORIENTATIONS):
            angle = np.pi * number / ORIENTATIONS
            centre_x, centre_y = np.cos(angle) / wavelength, np.sin(angle) / wavelength
            spectrum = np.exp(-width * ((right - centre_x) ** 2 + (down - centre_y) ** 2))
            spectrum[0, 0] = 0.0
            filters.append(spectrum)
    return np.array(filters, np.float32)


@functools.partial(jax.jit)
def gabor_magnitudes(grey: jax.Array) -> jax.Array:
    """Return mean magnitudes in squares of `SQUARE` pixels.

    Args:
        grey: float32 `[n, SIZE, SIZE]`. Its borders wrap around; faces have margins.

    Returns:
        float32 `[n, square · filter]`: squares from top left to bottom right, 40 values each.
    """
    n, count = len(grey), SIZE // SQUARE
    spectra = jnp.asarray(gabor_spectra())
    pictures = jnp.fft.fft2(grey)

    def one_filter(spectrum: jax.Array) -> jax.Array:
        magnitude = jnp.abs(jnp.fft.ifft2(pictures * spectrum))
        return magnitude.reshape(n, count, SQUARE, count, SQUARE).mean(axis=(2, 4))

    means = jax.lax.map(one_filter, spectra)
    return jnp.moveaxis(means, 0, -1).reshape(n, -1)


def gabor_squares() -> np.ndarray:
    """Return the number of the square of each value of `gabor_magnitudes`, int64 `[feature]`."""
    return np.repeat(np.arange((SIZE // SQUARE) ** 2), len(WAVELENGTHS) * ORIENTATIONS)
