"""Convolution in channel groups that is fast on every backend."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
from flax import linen as nn


class GroupedConv(nn.Module):
    """Two-dimensional convolution over channel groups, with bias.

    The groups are convolved one by one: XLA:CPU runs `feature_group_count` and above all its
    gradient several times slower than separate convolutions, and for the two groups of AlexNet
    an accelerator loses nothing by two launches.

    Attributes:
        features: number of output channels, a multiple of `groups`.
        kernel_size: side of the square kernel, in pixels.
        stride: step of the kernel, in pixels.
        padding: zeros on each side of the maps, in pixels.
        groups: number of groups; input and output channels are split evenly, in order.
        kernel_init: initialiser of the kernel `[side, side, input channel / groups, features]`.
        bias_init: initialiser of the bias `[features]`.
        dtype: dtype of the computation; parameters are float32.
    """

    features: int
    kernel_size: int
    stride: int = 1
    padding: int = 0
    groups: int = 1
    kernel_init: Callable[..., jax.Array] = nn.initializers.he_normal()
    bias_init: Callable[..., jax.Array] = nn.initializers.zeros
    dtype: jax.typing.DTypeLike = jnp.float32

    @nn.compact
    def __call__(self, inputs: jax.Array) -> jax.Array:
        """Return `[batch, height', width', features]` for inputs `[batch, height, width, channel]`.

        Raises:
            ValueError: if the groups do not divide the channels.
        """
        channels = inputs.shape[-1]
        if channels % self.groups or self.features % self.groups:
            raise ValueError(
                f"{self.name}: {self.groups} groups must divide the {channels} input channels and "
                f"the {self.features} output channels"
            )
        side = self.kernel_size
        kernel = self.param(
            "kernel", self.kernel_init, (side, side, channels // self.groups, self.features)
        )
        bias = self.param("bias", self.bias_init, (self.features,))
        kernel, bias, inputs = (x.astype(self.dtype) for x in (kernel, bias, inputs))
        outputs = [
            jax.lax.conv_general_dilated(
                group_inputs,
                group_kernel,
                window_strides=(self.stride, self.stride),
                padding=[(self.padding, self.padding)] * 2,
                dimension_numbers=("NHWC", "HWIO", "NHWC"),
            )
            for group_inputs, group_kernel in zip(
                jnp.split(inputs, self.groups, axis=-1),
                jnp.split(kernel, self.groups, axis=-1),
                strict=True,
            )
        ]
        return jnp.concatenate(outputs, axis=-1) + bias.reshape(1, 1, 1, -1)
