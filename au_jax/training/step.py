"""One training step as a pure, jitted function of state and batch."""

import functools
from typing import Protocol

import jax
import jax.numpy as jnp
import optax
from flax import struct
from jax.sharding import Mesh

from au_jax.system.pytree import PyTree
from au_jax.training.optimizers import Optimizer
from au_jax.training.sharding import batch_sharding, replicated


@struct.dataclass
class TrainState:
    """What a step changes.

    Attributes:
        step: steps done, int32 scalar.
        params: the parameters being trained.
        optimizer: the state of the Optax transformation.
    """

    step: jax.Array
    params: PyTree
    optimizer: optax.OptState


class Objective(Protocol):
    """A loss with everything fixed but parameters and data; hashable, so that jit can key on it."""

    def __call__(
        self, params: PyTree, constants: PyTree, batch: dict[str, jax.Array], key: jax.Array
    ) -> jax.Array:
        """Return the loss of a batch, a float32 scalar.

        Args:
            params: the parameters being trained.
            constants: arrays that are not trained, such as a mean image.
            batch: the arrays of the step.
            key: for augmentation and dropout.
        """
        ...


class CompiledStep(Protocol):
    """A compiled training step; the state that goes in is used up."""

    def __call__(
        self,
        state: TrainState,
        constants: PyTree,
        batch: dict[str, jax.Array],
        key: jax.Array,
    ) -> tuple[TrainState, dict[str, jax.Array]]:
        """Return the state after the step, and `loss` and `gradient_norm` before it."""
        ...


def initial_state(params: PyTree, optimizer: Optimizer) -> TrainState:
    """Return the state before the first step."""
    return TrainState(
        step=jnp.zeros((), jnp.int32),
        # A copy: the first step uses up the arrays of its state, which may be another network's.
        params=jax.tree.map(jnp.copy, params),
        optimizer=optimizer.transformation().init(params),
    )


@functools.lru_cache
def compiled_step(objective: Objective, optimizer: Optimizer, mesh: Mesh) -> CompiledStep:
    """Return the jitted step; equal settings give the same one, so folds share a compilation."""

    def step(
        state: TrainState,
        constants: PyTree,
        batch: dict[str, jax.Array],
        key: jax.Array,
    ) -> tuple[TrainState, dict[str, jax.Array]]:
        step_key = jax.random.fold_in(key, state.step)
        loss, gradient = jax.value_and_grad(objective)(state.params, constants, batch, step_key)
        updates, optimizer_state = optimizer.transformation().update(
            gradient, state.optimizer, state.params
        )
        params = optax.apply_updates(state.params, updates)
        measured = {"loss": loss, "gradient_norm": optax.tree.norm(gradient)}
        return TrainState(state.step + 1, params, optimizer_state), measured

    whole = replicated(mesh)
    return jax.jit(
        step,
        in_shardings=(whole, whole, batch_sharding(mesh), whole),
        out_shardings=(whole, whole),
        donate_argnums=0,
    )
