import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from au_jax.models.pooling import max_pool, pooled_size
from au_jax.settings import PoolMode


def naive_max_pool(inputs, mode, window=3, stride=2):
    """Caffe's loop: windows that start inside the map, cut off at its end."""
    batch, height, width, channels = inputs.shape
    rounding = np.ceil if mode is PoolMode.CEIL else np.floor
    rows, columns = (int(rounding((size - window) / stride)) + 1 for size in (height, width))
    outputs = np.empty((batch, rows, columns, channels), inputs.dtype)
    for row in range(rows):
        for column in range(columns):
            top, left = row * stride, column * stride
            part = inputs[:, top : top + window, left : left + window]
            outputs[:, row, column] = part.max(axis=(1, 2))
    return outputs


@pytest.mark.parametrize("mode", PoolMode)
@pytest.mark.parametrize(("height", "width"), [(3, 3), (4, 7), (9, 6), (10, 13)])
@settings(max_examples=10)
@given(seed=st.integers(0, 1000))
def test_equals_the_naive_loop(height, width, mode, seed):
    # All below zero: a ceil window that hangs over the end must not see padding zeros.
    inputs = -np.random.default_rng(seed).random((2, height, width, 3), np.float32) - 1.0
    np.testing.assert_array_equal(max_pool(jnp.asarray(inputs), mode), naive_max_pool(inputs, mode))


@pytest.mark.parametrize("mode", PoolMode)
@pytest.mark.parametrize("size", [7, 10])
def test_gradient_goes_to_the_maximum_of_each_window(mode, size):
    rng = np.random.default_rng(0)
    inputs = rng.permutation(2 * size * size * 3).astype(np.float32).reshape(2, size, size, 3)
    outputs = naive_max_pool(inputs, mode)
    weights = rng.normal(size=outputs.shape).astype(np.float32)
    expected = np.zeros_like(inputs)
    for index in np.ndindex(*outputs.shape):
        batch, row, column, channel = index
        part = inputs[batch, 2 * row : 2 * row + 3, 2 * column : 2 * column + 3, channel]
        y, x = np.unravel_index(part.argmax(), part.shape)
        expected[batch, 2 * row + y, 2 * column + x, channel] += weights[index]
    gradient = jax.grad(lambda x: jnp.sum(max_pool(x, mode) * weights))(jnp.asarray(inputs))
    np.testing.assert_allclose(gradient, expected, rtol=1e-6)


def test_a_tie_shares_the_whole_gradient():
    gradient = jax.grad(lambda x: jnp.sum(max_pool(x, PoolMode.FLOOR)))(jnp.ones((1, 3, 3, 1)))
    assert float(gradient.sum()) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("mode", "chain"), [(PoolMode.CEIL, (42, 21, 10, 5)), (PoolMode.FLOOR, (42, 20, 9, 4))]
)
def test_sizes_of_the_paper_network(mode, chain):
    assert all(pooled_size(size, mode) == pooled for size, pooled in itertools.pairwise(chain))


def test_too_small_a_map_is_an_error():
    with pytest.raises(ValueError, match="too small along axis 2"):
        max_pool(jnp.ones((1, 5, 2, 1)), PoolMode.FLOOR)
