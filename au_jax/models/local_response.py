"""Local response normalisation across channels, as in AlexNet.

Source: A. Krizhevsky, I. Sutskever, G. E. Hinton, "ImageNet classification with deep
convolutional neural networks", 2012, section 3.3, with the constants of Caffe's reference
network (Caffe divides alpha by the number of channels in the window).
"""

import jax
import jax.numpy as jnp
import numpy as np


def local_response_normalise(
    inputs: jax.Array, size: int = 5, alpha: float = 1e-4, bias: float = 1.0
) -> jax.Array:
    """Return `x / (bias + alpha / size · Σ x²)^0.75`, the sum over `size` neighbouring channels.

    The sum is a product with a band matrix and the power comes from reciprocal square roots:
    on a CPU this is several times faster than adding shifted slices and a general power, and on
    an accelerator it is one small matrix product.

    Args:
        inputs: `[..., channel]`, floating point.
        size: odd number of channels in the window; beyond the first and last channel it sees 0.
        alpha: weight of the mean square.
        bias: the constant that keeps the sum from 0.

    Returns:
        An array of the shape and dtype of `inputs`.
    """
    channel = np.arange(inputs.shape[-1])
    band = np.abs(channel[:, None] - channel[None, :]) <= size // 2
    weights = jnp.asarray(band * (alpha / size), inputs.dtype)
    # Full precision: squares of 0-255 pixels' responses lose too much in TF32 or bfloat16.
    energy = jnp.matmul(jnp.square(inputs), weights, precision=jax.lax.Precision.HIGHEST) + bias
    root = jax.lax.rsqrt(energy)
    return inputs * (root * jnp.sqrt(root))
