"""Which parameters are kept, and when the learning rate falls: both by the validation subjects."""

import dataclasses
import functools
from typing import Any

import jax
import jax.numpy as jnp
import optax.contrib
from flax import struct

from au_jax.system.pytree import PyTree


@dataclasses.dataclass(frozen=True)
class Plateau:
    """Multiply the learning rate by `factor` after `patience` evaluations without a lower loss."""

    factor: float
    patience: int

    def transformation(self) -> Any:  # noqa: ANN401 (optax.GradientTransformationExtraArgs)
        """Return Optax's schedule; only its `scale` is used."""
        return optax.contrib.reduce_on_plateau(
            factor=self.factor, patience=self.patience, rtol=1e-4
        )


NO_PLATEAU = Plateau(factor=0.5, patience=2**30)
"""A schedule that never changes the learning rate."""


@struct.dataclass
class Selection:
    """The best parameters so far and the state of the plateau schedule.

    Attributes:
        best_params: parameters of the evaluation with the highest value.
        best_value: that value, float32 scalar.
        best_step: its step, int32 scalar.
        plateau: state of the schedule.
    """

    best_params: PyTree
    best_value: jax.Array
    best_step: jax.Array
    plateau: Any


def initial_selection(params: PyTree, plateau: Plateau) -> Selection:
    """Return the selection before the first evaluation."""
    return Selection(
        best_params=jax.tree.map(jnp.copy, params),
        best_value=jnp.array(-jnp.inf, jnp.float32),
        best_step=jnp.zeros((), jnp.int32),
        plateau=plateau.transformation().init(params),
    )


def update_selection(
    selection: Selection,
    plateau: Plateau,
    *,
    params: PyTree,
    step: int,
    value: float,
    loss: float,
) -> Selection:
    """Return the selection after an evaluation.

    Args:
        selection: the selection before.
        plateau: the schedule.
        params: the parameters that were evaluated.
        step: the steps they were trained for.
        value: what is to be high, the mean F1-frame on the validation subjects.
        loss: the validation loss, which the schedule watches.
    """
    selection = dataclasses.replace(selection, plateau=_watched(plateau, selection.plateau, loss))
    if not value > float(selection.best_value):  # also when the value is NaN
        return selection
    return dataclasses.replace(
        selection,
        # A copy: the next step uses up the state's own arrays.
        best_params=jax.tree.map(jnp.copy, params),
        best_value=jnp.array(value, jnp.float32),
        best_step=jnp.array(step, jnp.int32),
    )


@functools.partial(jax.jit, static_argnums=0)
def _watched(plateau: Plateau, state: Any, loss: float) -> Any:  # noqa: ANN401 (of Optax)
    """Return the state of the schedule after a validation loss."""
    _, after = plateau.transformation().update({}, state, value=loss)
    return after
