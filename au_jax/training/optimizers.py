"""The optimisers of the paper, as hashable settings that a jitted step is compiled for."""

import dataclasses
from typing import Any, Protocol

import jax
import optax

from au_jax.system.pytree import PyTree


class Optimizer(Protocol):
    """Hashable settings that give an Optax transformation.

    The transformation gives the direction of descent; the step multiplies it by the learning rate,
    which changes during training without another compilation.
    """

    def transformation(self) -> optax.GradientTransformation:
        """Return the transformation."""
        ...


@dataclasses.dataclass(frozen=True)
class SgdMomentum:
    """Stochastic gradient descent with momentum and weight decay, as Caffe trains AlexNet.

    Biases learn twice as fast and are not decayed, as in the CaffeNet definition that the authors'
    group adapted (https://github.com/zkl20061823/DRML).
    """

    momentum: float
    weight_decay: float

    def transformation(self) -> optax.GradientTransformation:
        """Return the transformation."""
        return optax.chain(
            optax.add_decayed_weights(self.weight_decay, mask=_kernels),
            optax.masked(optax.scale(2.0), _biases),
            optax.trace(decay=self.momentum),
        )


@dataclasses.dataclass(frozen=True)
class RmsProp:
    """RMSProp with element-wise clipping of the gradient, as char-rnn trains stacked LSTMs.

    https://github.com/karpathy/char-rnn
    """

    decay: float
    momentum: float
    gradient_clip: float

    def transformation(self) -> optax.GradientTransformation:
        """Return the transformation."""
        parts = [
            optax.clip(self.gradient_clip),
            optax.scale_by_rms(decay=self.decay, eps=1e-8),
        ]
        if self.momentum:
            parts.append(optax.trace(decay=self.momentum))
        return optax.chain(*parts)


@dataclasses.dataclass(frozen=True)
class Adam:
    """Adam with its usual constants, for the fusion network, of which the paper says nothing."""

    def transformation(self) -> optax.GradientTransformation:
        """Return the transformation."""
        return optax.scale_by_adam()


def _is_bias(path: tuple[Any, ...]) -> bool:
    return getattr(path[-1], "key", "") == "bias"


def _biases(params: PyTree) -> PyTree:
    return jax.tree_util.tree_map_with_path(lambda path, _: _is_bias(path), params)


def _kernels(params: PyTree) -> PyTree:
    return jax.tree_util.tree_map_with_path(lambda path, _: not _is_bias(path), params)
