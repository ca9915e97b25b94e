"""The camera: exposure, blur, noise of the sensor and the tone curve."""

import functools

import jax
import jax.numpy as jnp
import numpy as np

from au_jax.faces.mean_shape import FACE_SIZE
from au_jax.synthetic.rendering.scene import Scene

_IRWIN_HALL_SPREAD = 147.8
"""Standard deviation of the sum of four independent bytes."""


def develop(
    radiance: jax.Array, scene: Scene, exposure: jax.Array, blur: jax.Array, seed: jax.Array
) -> jax.Array:
    """Turn radiance into a picture.

    Args:
        radiance: linear RGB `[3, size, size]`.
        scene: camera settings of the recording.
        exposure: gain of this frame relative to the recording's, `[]`.
        blur: share of the picture replaced by its blurred copy, `[]`.
        seed: uint32 `[]`, fixes the noise of this frame.

    Returns:
        sRGB-like values in [0, 1], `[size, size, 3]`.
    """
    size = radiance.shape[1]
    lens = blur * jnp.asarray(_lens(size)) + (1.0 - blur) * jnp.eye(size)
    radiance = lens @ radiance @ lens.T
    gain = scene.exposure * exposure * scene.white_balance
    exposed = jnp.maximum(radiance * gain[:, None, None], 1e-4)
    # Highlights roll off instead of clipping.
    toned = exposed * (1.0 + 0.15 * exposed) / (1.0 + 0.45 * exposed)
    picture = jnp.minimum(toned, 1.0) ** (scene.contrast / 2.2)
    noisy = jnp.clip(picture + scene.noise * _noise(size, seed), 0.0, 1.0)
    return jnp.moveaxis(noisy, 0, -1)


@functools.cache
def _lens(size: int) -> np.ndarray:
    """Return the blur of a soft lens along one axis, `[size, size]`: Gaussian, 1.4 units wide."""
    distance = (np.arange(size)[:, None] - np.arange(size)[None, :]) * FACE_SIZE / size
    kernel = np.exp(-0.5 * (distance / 1.4) ** 2)
    return (kernel / kernel.sum(axis=1, keepdims=True)).astype(np.float32)


def _noise(size: int, seed: jax.Array) -> jax.Array:
    """Return nearly Gaussian noise of unit variance, `[3, size, size]`.

    A hash of position and seed; four of its bytes are summed. Drawing normal numbers would cost as
    much as the rest of the picture.
    """
    state = jnp.arange(size * size * 3, dtype=jnp.uint32) * jnp.uint32(0x9E3779B1) ^ seed
    for shift, factor in ((16, 0x7FEB352D), (15, 0x846CA68B), (16, 0x9E3779B1)):
        state = (state ^ (state >> shift)) * jnp.uint32(factor)
    state = state ^ (state >> 15)
    total = sum((state >> shift) & jnp.uint32(255) for shift in (0, 8, 16, 24))
    centred = jnp.asarray(total).astype(jnp.float32) - 510.0
    return (centred / _IRWIN_HALL_SPREAD).reshape(3, size, size)
