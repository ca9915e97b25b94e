"""What the rest of the package knows of a network, and the network that settings describe.

A new frame-wise network is a Flax module that is a `Backbone`, its settings, and a line in
`frame_network`; nothing else names its layers.
"""

from typing import Any, Protocol

import jax

from au_jax.models.cnn import AlexNet
from au_jax.models.lstm import StackedLstm
from au_jax.settings import AlexNetConfig, StackedLstmConfig
from au_jax.system.pytree import PyTree


class Backbone(Protocol):
    """A frame-wise network: a hashable Flax module, used through `init` and `apply`.

    `apply({"params": …}, images, train=…)` takes float32 `[batch, height, width, channel]` and
    returns logits `[batch, L]` and L2-normalised features `[batch, feature_size]`, both float32;
    with `train` it needs the random stream `dropout`. It sows `maps`, the values of its last
    convolution before ReLU, `[batch, height, width, channel]`, into the collection `intermediates`,
    and adds to them what the collection `perturbations` holds under the same name.

    Attributes:
        num_aus: number of action units L.
    """

    num_aus: int

    @property
    def feature_size(self) -> int:
        """Length of the feature vector."""
        ...

    @property
    def head(self) -> str:
        """The name of the layer in the parameters whose last axes are the action units."""
        ...

    @property
    def stem(self) -> str:
        """The name of the first layer in the parameters, a convolution of the picture.

        Its `kernel` is `[height, width, channel, filter]`.
        """
        ...

    init: Any
    apply: Any


class TemporalNetwork(Protocol):
    """A network over time: a hashable Flax module, used through `init` and `apply`.

    `apply({"params": …}, features, reset, train=…)` takes `[batch, time, feature]` and bool
    `[batch, time]` and returns scores `[batch, time, L]`; with `method="unroll"` it goes on from a
    carry and returns that of the last step too, and it sows `hidden`, `[batch, time, hidden_size]`,
    what its scores are computed from, into the collection `intermediates`.

    Attributes:
        num_aus: number of action units L.
    """

    num_aus: int

    @property
    def hidden_size(self) -> int:
        """Length of the vector that the scores are computed from."""
        ...

    def initial_carry(self, batch: int) -> PyTree:
        """Return the state of `batch` sequences before their first step."""
        ...

    init: Any
    apply: Any


def frame_network(config: AlexNetConfig, num_aus: int) -> Backbone:
    """Return the frame-wise network that settings describe."""
    return AlexNet(num_aus=num_aus, config=config)


def temporal_network(config: StackedLstmConfig, num_aus: int) -> TemporalNetwork:
    """Return the network over time that settings describe."""
    return StackedLstm(num_aus=num_aus, config=config)


def with_outputs_of(
    network: Backbone, params: PyTree, trained: PyTree, columns: "tuple[list[int], list[int]]"
) -> PyTree:
    """Return trained parameters under a head for other AUs.

    Args:
        network: the network of `params`.
        params: initial parameters, whose outputs stay for AUs that `trained` has not.
        trained: parameters of the same network with other outputs.
        columns: outputs of `params` to replace, and the outputs of `trained` to take instead.
    """
    target, source = columns

    def replace(value: jax.Array, other: jax.Array) -> jax.Array:
        return value.at[..., target].set(other[..., source])

    outputs = jax.tree.map(replace, params[network.head], trained[network.head])
    return {**trained, network.head: outputs}
