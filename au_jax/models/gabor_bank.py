"""Gabor filters as the first weights of a convolution on images.

Networks trained on many images end up with such filters in their first layer (Krizhevsky et al.,
"ImageNet classification with deep convolutional neural networks", NIPS 2012, Fig. 3). With a few
dozen people in training they do not: started from noise, conv1 stays close to noise. These weights
are a start; training changes them like all others.
"""

import jax
import jax.numpy as jnp
import numpy as np

_WAVELENGTHS = (4.0, 6.0, 9.0)
"""Pixels; the bank goes through them in turn."""
_ENVELOPE = 0.45
"""Standard deviation of the Gaussian envelope in wavelengths: about one octave of bandwidth."""


def gabor_bank(
    key: jax.Array, shape: tuple[int, ...], dtype: jax.typing.DTypeLike = jnp.float32
) -> jax.Array:
    """Return Gabor filters of evenly spaced orientations and random phases, as an initialiser.

    Every filter has mean 0, so that it does not see the grey level, and the norm that He's
    initialisation has in expectation. All input channels of a filter are alike.
    Source: J. G. Daugman, JOSA A 2 (1985), Eq. (1), with a round envelope.

    Args:
        key: decides the phases.
        shape: `(height, width, input channel, filter)`.
        dtype: dtype of the weights.
    """
    height, width, channels, count = shape
    filters = np.arange(count)
    wavelength = np.asarray(_WAVELENGTHS)[filters % len(_WAVELENGTHS)]
    orientation = np.pi * (filters // len(_WAVELENGTHS)) / (-(-count // len(_WAVELENGTHS)))
    y = (np.arange(height) - (height - 1) / 2)[:, None, None]
    x = (np.arange(width) - (width - 1) / 2)[None, :, None]
    across = x * np.cos(orientation) + y * np.sin(orientation)
    envelope = np.exp(-(x**2 + y**2) / (2 * (_ENVELOPE * wavelength) ** 2))
    cycles = jnp.asarray(2 * np.pi * across / wavelength, jnp.float32)
    phase = 2 * jnp.pi * jax.random.uniform(key, (1, 1, count))
    waves = jnp.asarray(envelope, jnp.float32) * jnp.cos(cycles + phase)
    waves = waves - waves.mean(axis=(0, 1), keepdims=True)
    norm = jnp.sqrt((waves**2).sum(axis=(0, 1), keepdims=True))
    bank = waves * (2.0 / channels) ** 0.5 / norm
    return jnp.broadcast_to(bank[:, :, None, :], shape).astype(dtype)
