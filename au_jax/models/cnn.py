"""The frame-wise network: an AlexNet with one output per action unit.

Source: Chu et al. 2018, section 3.1, with the order of layers, the groups and the initialisation
of Caffe's reference AlexNet, from which the authors' group derived its networks.
"""

import math
from collections.abc import Callable

import jax
import jax.numpy as jnp
from flax import linen as nn

from au_jax.models.dense_product import dense_product
from au_jax.models.dropout import Dropout
from au_jax.models.gabor_bank import gabor_bank
from au_jax.models.grouped_convolution import GroupedConv
from au_jax.models.local_response import local_response_normalise
from au_jax.models.normalisation import l2_normalise
from au_jax.models.pooling import max_pool
from au_jax.settings import AlexNetConfig, Initialisation
from au_jax.settings.fields import check_settings

# Standard deviation of the weights and value of the biases in Caffe's reference network.
_CAFFE_FILLERS: dict[str, tuple[float, float]] = {
    "conv1": (0.01, 0.0),
    "conv2": (0.01, 1.0),
    "conv3": (0.01, 0.0),
    "conv4": (0.01, 1.0),
    "conv5": (0.01, 1.0),
    "fc6": (0.005, 1.0),
    "fc7": (0.005, 1.0),
    "fc8": (0.01, 0.0),
}


class AlexNet(nn.Module):
    """Multi-label AlexNet; the defaults on 176×176×3 images and 12 AUs have 45,383,052 parameters.

    It is a `models.networks.Backbone`.

    Attributes:
        num_aus: number of action units L.
        config: width, groups, strides and so on; the initialisation `CAFFE` is for the width of the
            paper and images on the scale 0-255; `HE` and `GABOR` are for narrow networks, which
            Caffe's widths starve of signal, and images of about unit variance.
    """

    num_aus: int
    config: AlexNetConfig = AlexNetConfig()

    def __post_init__(self) -> None:
        """Check what only this network knows."""
        if self.num_aus < 1:
            raise ValueError(f"num_aus {self.num_aus}: must be at least 1")
        check_settings(self.config, "cnn.network.")
        super().__post_init__()

    @property
    def feature_size(self) -> int:
        """Units of fc6 and of fc7."""
        return max(1, round(4096 * self.config.width))

    @property
    def head(self) -> str:
        """The output layer."""
        return "fc8"

    @property
    def stem(self) -> str:
        """The first layer."""
        return "conv1"

    @property
    def _dtype(self) -> jnp.dtype:
        return jnp.dtype(self.config.compute_dtype.value)

    @nn.compact
    def __call__(self, images: jax.Array, train: bool) -> tuple[jax.Array, jax.Array]:
        """Return one logit per AU and the representation of each image.

        Args:
            images: float `[batch, height, width, channel]`, less the mean image.
            train: whether dropout is on; it then needs the random stream `dropout`.

        Returns:
            Logits `[batch, L]`, and fc7 `[batch, 4096 · width]`: after ReLU, before its own
            dropout, L2-normalised (section 3.1 of the paper). Both float32.

        Raises:
            ValueError: if the images are not `[batch, height, width, channel]` or too small.
        """
        if images.ndim != 4:
            raise ValueError(f"images of shape {images.shape}: must be [n, height, width, channel]")
        config = self.config
        x = images.astype(self._dtype)
        x = self._convolve(self.stem, x, 96, kernel=11, stride=config.stride1)
        x = self._normalise(self._pool_relu(x))
        x = self._convolve("conv2", x, 256, kernel=5, padding=2, groups=config.groups)
        x = self._normalise(self._pool_relu(x))
        x = nn.relu(self._convolve("conv3", x, 384, kernel=3, padding=1))
        x = nn.relu(self._convolve("conv4", x, 384, kernel=3, padding=1, groups=config.groups))
        x = self._convolve("conv5", x, 256, kernel=3, padding=1, groups=config.groups)
        # Both are no operation unless the collections are asked for.
        x = self.perturb("maps", x)
        self.sow("intermediates", "maps", x)
        x = self._pool_relu(x)

        x = x.reshape(x.shape[0], -1)
        x = nn.relu(self._connect("fc6", x, self.feature_size))
        x = Dropout(config.dropout, name="dropout6")(x, train)
        fc7 = nn.relu(self._connect("fc7", x, self.feature_size))
        x = Dropout(config.dropout, name="dropout7")(fc7, train)
        logits = self._connect(self.head, x, self.num_aus)
        return logits.astype(jnp.float32), l2_normalise(fc7.astype(jnp.float32))

    def _convolve(
        self,
        name: str,
        inputs: jax.Array,
        features: int,
        kernel: int,
        stride: int = 1,
        padding: int = 0,
        groups: int = 1,
    ) -> jax.Array:
        if min(inputs.shape[1:3]) + 2 * padding < kernel:
            raise ValueError(
                f"maps of {inputs.shape[1]}×{inputs.shape[2]} are too small for {name} with a "
                f"{kernel}×{kernel} kernel; use larger images"
            )
        kernel_init, bias_init = self._initialisers(name)
        step = self.config.groups
        return GroupedConv(
            features=step * max(1, round(features * self.config.width / step)),
            kernel_size=kernel,
            stride=stride,
            padding=padding,
            groups=groups,
            kernel_init=kernel_init,
            bias_init=bias_init,
            dtype=self._dtype,
            name=name,
        )(inputs)

    def _connect(self, name: str, inputs: jax.Array, features: int) -> jax.Array:
        kernel_init, bias_init = self._initialisers(name)
        return nn.Dense(
            features,
            dtype=self._dtype,
            kernel_init=kernel_init,
            bias_init=bias_init,
            dot_general=dense_product,
            name=name,
        )(inputs)

    def _initialisers(self, name: str) -> tuple[Callable[..., jax.Array], Callable[..., jax.Array]]:
        deviation, bias = _CAFFE_FILLERS[name]
        if self.config.initialisation is Initialisation.CAFFE:
            return _gaussian(deviation), nn.initializers.constant(bias)
        if self.config.initialisation is Initialisation.GABOR and name == self.stem:
            return gabor_bank, nn.initializers.zeros
        # The output layer starts small, so that the first losses are near log 2.
        return _gaussian(deviation if name == self.head else None), nn.initializers.zeros

    def _pool_relu(self, x: jax.Array) -> jax.Array:
        # ReLU and maximum commute; after pooling, ReLU has a quarter of the work.
        return nn.relu(max_pool(x, self.config.pool_mode))

    def _normalise(self, x: jax.Array) -> jax.Array:
        return local_response_normalise(x) if self.config.local_response_norm else x


def _gaussian(deviation: float | None) -> Callable[..., jax.Array]:
    """Return an initialiser that draws from N(0, deviation²); None stands for √(2 / fan-in).

    It draws in one dimension and reshapes: the values are those of `jax.random.normal` in the
    final shape, whose compilation for a CPU takes up to eight seconds for each kernel.
    """

    def initialise(
        key: jax.Array, shape: tuple[int, ...], dtype: jax.typing.DTypeLike = jnp.float32
    ) -> jax.Array:
        scale = math.sqrt(2 / math.prod(shape[:-1])) if deviation is None else deviation
        return (jax.random.normal(key, (math.prod(shape),), dtype) * scale).reshape(shape)

    return initialise
