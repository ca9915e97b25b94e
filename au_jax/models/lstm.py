"""The temporal network: stacked LSTMs over the representations of frames.

Source: Chu et al. 2018, section 3.2.
"""

from collections.abc import Callable

import jax
import jax.numpy as jnp
from flax import linen as nn

from au_jax.models.dropout import Dropout
from au_jax.models.lstm_recurrence import Carry, gate_scale, lstm_recurrence
from au_jax.settings import StackedLstmConfig
from au_jax.settings.fields import check_settings


class LstmLayer(nn.Module):
    """One LSTM layer over whole sequences, the input projection done for all steps at once.

    Attributes:
        cells: number of memory cells H.
        forget_bias: initial bias of the forget gate.
        init_scale: all other parameters start uniform in ± this.
        dtype: dtype of the computation; parameters are float32.
    """

    cells: int
    forget_bias: float = 1.0
    init_scale: float = 0.08
    dtype: jax.typing.DTypeLike = jnp.float32

    @nn.compact
    def __call__(
        self, inputs: jax.Array, reset: jax.Array, carry: Carry
    ) -> tuple[jax.Array, Carry]:
        """Return the hidden states `[time, batch, cell]` and the carry after the last step.

        Args:
            inputs: `[time, batch, feature]`.
            reset: bool `[time, batch]`; True zeroes the state before that step.
            carry: hidden and cell state before the first step, `[batch, cell]` each.
        """
        uniform = _symmetric_uniform(self.init_scale)
        gates = 4 * self.cells
        input_kernel = self.param("input_kernel", uniform, (inputs.shape[-1], gates))
        recurrent_kernel = self.param("recurrent_kernel", uniform, (self.cells, gates))
        bias = self.param("bias", self._bias_init, (gates,))
        scale = gate_scale(self.cells, self.dtype)
        input_kernel, recurrent_kernel, bias = (
            x.astype(self.dtype) for x in (input_kernel, recurrent_kernel, bias)
        )
        return lstm_recurrence(
            inputs.astype(self.dtype) @ (input_kernel * scale[None, :]),
            recurrent_kernel * scale[None, :],
            bias * scale,
            reset,
            carry,
        )

    def _bias_init(
        self, key: jax.Array, shape: tuple[int, ...], dtype: jax.typing.DTypeLike = jnp.float32
    ) -> jax.Array:
        bias = _symmetric_uniform(self.init_scale)(key, shape, dtype)
        return bias.at[self.cells : 2 * self.cells].set(self.forget_bias)


class StackedLstm(nn.Module):
    """Stacked LSTMs with a tanh output per AU; 2,365,452 parameters for 1024 features and 12 AUs.

    It is a `models.networks.TemporalNetwork`.

    Attributes:
        num_aus: number of action units L.
        config: layers, cells and dropout.
        forget_bias: initial bias of the forget gates.
        init_scale: all other parameters start uniform in ± this.
    """

    num_aus: int
    config: StackedLstmConfig = StackedLstmConfig()
    forget_bias: float = 1.0
    init_scale: float = 0.08

    def __post_init__(self) -> None:
        """Check the sizes."""
        if self.num_aus < 1:
            raise ValueError(f"num_aus {self.num_aus}: must be at least 1")
        check_settings(self.config, "lstm.network.")
        super().__post_init__()

    @property
    def hidden_size(self) -> int:
        """Memory cells of the top layer."""
        return self.config.cells

    @property
    def _dtype(self) -> jnp.dtype:
        return jnp.dtype(self.config.compute_dtype.value)

    def __call__(self, features: jax.Array, reset: jax.Array, train: bool) -> jax.Array:
        """Return the scores of sequences that begin with a zero state.

        Args:
            features: `[batch, time, feature]`.
            reset: bool `[batch, time]`; True zeroes the state before that step, as at the first
                frame of a recording.
            train: whether dropout is on; it then needs the random stream `dropout`.

        Returns:
            Scores in (-1, 1), float32 `[batch, time, L]`; the decision is at 0.

        Raises:
            ValueError: if the shapes do not fit or `reset` is not bool.
        """
        scores, _ = self.unroll(features, reset, self.initial_carry(features.shape[0]), train)
        return scores

    @nn.nowrap
    def initial_carry(self, batch: int) -> tuple[Carry, ...]:
        """Return the zero state of `batch` sequences: hidden and cell state of each layer."""
        zeros = jnp.zeros((batch, self.config.cells), self._dtype)
        return ((zeros, zeros),) * self.config.layers

    @nn.compact
    def unroll(
        self,
        features: jax.Array,
        reset: jax.Array,
        carry: tuple[Carry, ...],
        train: bool = False,
    ) -> tuple[jax.Array, tuple[Carry, ...]]:
        """Go on from `carry`: a video in pieces gives the same scores as in one piece.

        Use through `apply(..., method="unroll")`.

        Args:
            features: `[batch, time, feature]`.
            reset: bool `[batch, time]`, as in `__call__`.
            carry: state of each layer before the first step, see `initial_carry`.
            train: whether dropout is on.

        Returns:
            Scores float32 `[batch, time, L]` and the carry after the last step.

        Raises:
            ValueError: if the shapes do not fit or `reset` is not bool.
        """
        if features.ndim != 3 or reset.shape != features.shape[:2] or reset.dtype != jnp.bool_:
            raise ValueError(
                f"features {features.shape} and reset {reset.dtype}{reset.shape}: must be "
                "[batch, time, feature] and bool [batch, time]"
            )
        if len(carry) != self.config.layers:
            raise ValueError(f"carry of {len(carry)} layers: the network has {self.config.layers}")
        x = jnp.swapaxes(features.astype(self._dtype), 0, 1)
        reset = jnp.swapaxes(reset, 0, 1)
        last: list[Carry] = []
        for index, state in enumerate(carry):
            x = Dropout(self.config.dropout, name=f"dropout_{index}")(x, train)
            x, state = LstmLayer(
                cells=self.config.cells,
                forget_bias=self.forget_bias,
                init_scale=self.init_scale,
                dtype=self._dtype,
                name=f"lstm_{index}",
            )(x, reset, state)
            last.append(state)
        self.sow("intermediates", "hidden", jnp.swapaxes(x, 0, 1).astype(jnp.float32))
        x = Dropout(self.config.dropout, name="dropout_head")(x, train)
        uniform = _symmetric_uniform(self.init_scale)
        scores = jnp.tanh(
            nn.Dense(
                self.num_aus, dtype=self._dtype, kernel_init=uniform, bias_init=uniform, name="head"
            )(x)
        )
        return jnp.swapaxes(scores, 0, 1).astype(jnp.float32), tuple(last)


def _symmetric_uniform(scale: float) -> Callable[..., jax.Array]:
    """Return an initialiser that draws uniformly from [-scale, scale)."""

    def initialise(
        key: jax.Array, shape: tuple[int, ...], dtype: jax.typing.DTypeLike = jnp.float32
    ) -> jax.Array:
        return jax.random.uniform(key, shape, dtype, -scale, scale)

    return initialise
