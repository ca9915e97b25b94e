"""Max pooling with Caffe's ceil rule.

Caffe rounds the size of a pooled map up where other frameworks round down; the derived 176×176
network (42 → 21 → 10 → 5) depends on it.
Source: BVLC/caffe, src/caffe/layers/pooling_layer.cpp.
"""

import functools

import jax
import jax.numpy as jnp

from au_jax.settings import PoolMode


def pooled_size(size: int, mode: PoolMode, window: int = 3, stride: int = 2) -> int:
    """Return the number of pooling windows along an axis of length `size` (may be below 1).

    `CEIL` lets the last window hang over the end, `FLOOR` drops what does not fill a window.
    """
    span = size - window
    return (-(-span // stride) if mode is PoolMode.CEIL else span // stride) + 1


def max_pool(inputs: jax.Array, mode: PoolMode, window: int = 3, stride: int = 2) -> jax.Array:
    """Return the maximum of each window of the two spatial axes.

    Written as maxima of strided slices, first over rows and then over columns: the gradient of
    `lax.reduce_window` becomes select-and-scatter, which is ten times slower on XLA:CPU, while
    elementwise maxima fuse on every backend. A tie shares its gradient among the tied positions.

    Args:
        inputs: `[batch, height, width, channel]`, floating point.
        mode: see `pooled_size`.
        window: side of the square window, in pixels.
        stride: step between windows, in pixels.

    Returns:
        `[batch, pooled height, pooled width, channel]`.

    Raises:
        ValueError: if no window fits.
    """
    pooled = inputs
    for axis in (1, 2):
        pooled = _max_along(pooled, axis, mode, window, stride)
    return pooled


def _max_along(inputs: jax.Array, axis: int, mode: PoolMode, window: int, stride: int) -> jax.Array:
    size = inputs.shape[axis]
    count = pooled_size(size, mode, window, stride)
    if count < 1:
        raise ValueError(
            f"a map of shape {inputs.shape} is too small along axis {axis} for pooling with "
            f"window {window} and mode {mode.value!r}; use larger images"
        )
    reach = (count - 1) * stride + 1
    overhang = reach + window - 1 - size
    if overhang > 0:
        padding = [(0, 0)] * inputs.ndim
        padding[axis] = (0, overhang)
        inputs = jnp.pad(inputs, padding, constant_values=-jnp.inf)
    slices = (
        jax.lax.slice_in_dim(inputs, first, first + reach, stride, axis) for first in range(window)
    )
    return functools.reduce(jnp.maximum, slices)
