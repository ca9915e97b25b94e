"""The optimisers of the paper with their schedules, as settings that a jitted step is compiled for.

All are Optax transformations whose updates are added to the parameters. Their state holds the
learning rate of the last step, and the factor that falls when validation stalls, which the loop
sets between steps.
"""

import dataclasses
import math
from collections.abc import Callable
from typing import Any, Protocol

import jax
import jax.numpy as jnp
import numpy as np
import optax

from au_jax.settings import RmsPropConfig, SgdConfig
from au_jax.system.pytree import PyTree


class Optimizer(Protocol):
    """Hashable settings that give an Optax transformation, made by `scaled_by_schedule`."""

    def transformation(self) -> optax.GradientTransformation:
        """Return the transformation."""
        ...


@dataclasses.dataclass(frozen=True)
class SgdMomentum:
    """Stochastic gradient descent with momentum and weight decay, as Caffe trains AlexNet.

    Biases learn twice as fast and are not decayed, as in the CaffeNet definition that the authors'
    group adapted (https://github.com/zkl20061823/DRML).

    Attributes:
        config: momentum, decay and schedule.
        steps: length of the training, at the end of which the cosine ends.
    """

    config: SgdConfig
    steps: int

    def transformation(self) -> optax.GradientTransformation:
        """Return the transformation."""
        return scaled_by_schedule(
            optax.chain(
                optax.add_decayed_weights(self.config.weight_decay, mask=_kernels),
                optax.masked(optax.scale(2.0), _biases),
                optax.trace(decay=self.config.momentum),
            ),
            tabulated(self.learning_rate, self.steps),
        )

    def learning_rate(self, step: int) -> float:
        """Return the learning rate of a step, from 0."""
        config = self.config
        rate = config.learning_rate * min(1.0, (step + 1) / max(config.warm_up_steps, 1))
        if config.cosine_decay:
            rate *= 0.5 * (1 + math.cos(math.pi * step / self.steps))
        return rate


@dataclasses.dataclass(frozen=True)
class RmsProp:
    """RMSProp with element-wise clipping of the gradient, as char-rnn trains stacked LSTMs.

    https://github.com/karpathy/char-rnn

    Attributes:
        config: decay, clipping and schedule.
        steps: length of the training.
        steps_per_epoch: the schedule counts epochs.
    """

    config: RmsPropConfig
    steps: int
    steps_per_epoch: int

    def transformation(self) -> optax.GradientTransformation:
        """Return the transformation."""
        parts = [
            optax.clip(self.config.gradient_clip),
            optax.scale_by_rms(decay=self.config.rms_decay, eps=1e-8),
        ]
        if self.config.momentum:
            parts.append(optax.trace(decay=self.config.momentum))
        schedule = tabulated(self.learning_rate, self.steps)
        return scaled_by_schedule(optax.chain(*parts), schedule)

    def learning_rate(self, step: int) -> float:
        """Return the learning rate of a step, from 0."""
        epochs = step // self.steps_per_epoch - self.config.decay_after_epochs
        return self.config.learning_rate * self.config.learning_rate_decay ** max(epochs, 0)


@dataclasses.dataclass(frozen=True)
class Adam:
    """Adam with its usual constants, for the fusion network, of which the paper says nothing."""

    learning_rate: float

    def transformation(self) -> optax.GradientTransformation:
        """Return the transformation."""
        return scaled_by_schedule(
            optax.scale_by_adam(), optax.constant_schedule(self.learning_rate)
        )


def tabulated(learning_rate: Callable[[int], float], steps: int) -> optax.Schedule:
    """Return a schedule of values that are computed once, in double precision.

    So they are the same on every device: a cosine in single precision is not, and training makes
    much of a last bit.
    """
    table = np.array([learning_rate(step) for step in range(steps)], np.float32)
    return lambda step: jnp.asarray(table)[step]


def scaled_by_schedule(
    direction: optax.GradientTransformation, learning_rate: optax.Schedule
) -> optax.GradientTransformation:
    """Return a transformation that goes against a direction, as far as a schedule says.

    Args:
        direction: gives the direction of ascent.
        learning_rate: step from 0 to rate.
    """

    def descend(learning_rate: Any, plateau_scale: Any) -> optax.GradientTransformation:  # noqa: ANN401
        return optax.scale(-learning_rate * plateau_scale)

    scale = optax.inject_hyperparams(descend)(learning_rate=learning_rate, plateau_scale=1.0)
    return optax.chain(direction, scale)


def hyperparameters(state: PyTree) -> dict[str, jax.Array]:
    """Return `learning_rate` and `plateau_scale` in the state of an optimiser, float32 scalars."""
    return state[-1].hyperparams


def with_plateau_scale(state: PyTree, scale: jax.Array) -> PyTree:
    """Return the state of an optimiser whose next steps multiply the learning rate by `scale`."""
    *rest, last = state
    return (*rest, last._replace(hyperparams={**last.hyperparams, "plateau_scale": scale}))


def _is_bias(path: tuple[Any, ...]) -> bool:
    return getattr(path[-1], "key", "") == "bias"


def _biases(params: PyTree) -> PyTree:
    return jax.tree_util.tree_map_with_path(lambda path, _: _is_bias(path), params)


def _kernels(params: PyTree) -> PyTree:
    return jax.tree_util.tree_map_with_path(lambda path, _: not _is_bias(path), params)
