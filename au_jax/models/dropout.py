"""Dropout that draws no more random bits than its rate needs."""

import jax
import jax.numpy as jnp
from flax import linen as nn

_WORD_BITS = 32
_FINEST_BITS = 16


class Dropout(nn.Module):
    """Zero each unit with probability `rate` and scale the others to keep the expectation.

    `flax.linen.Dropout` draws 32 random bits per unit. On a CPU these draws take a sizeable part
    of a training step of the LSTM (23 million units a step); a rate of 0.5 needs one bit.

    Attributes:
        rate: probability in [0, 1) that a unit is zeroed. Rates that are not a multiple of 1/65536
            are rounded to one.
    """

    rate: float

    def __post_init__(self) -> None:
        """Check the rate."""
        if not 0.0 <= self.rate < 1.0:
            raise ValueError(f"dropout rate {self.rate}: must be in [0, 1)")
        super().__post_init__()

    @nn.compact
    def __call__(self, inputs: jax.Array, train: bool) -> jax.Array:
        """Return `inputs` with units dropped (when `train`), same shape and dtype.

        Needs the random stream `dropout` when `train` is true and the rate is not 0.
        """
        if not train or self.rate == 0.0:
            return inputs
        keep, probability = keep_mask(self.make_rng("dropout"), self.rate, inputs.shape)
        return jnp.where(keep, inputs / probability, jnp.zeros_like(inputs))


def keep_mask(key: jax.Array, rate: float, shape: tuple[int, ...]) -> tuple[jax.Array, float]:
    """Return a random mask (bool `shape`, True keeps) and the exact probability of True."""
    bits = next(
        (bits for bits in (1, 2, 4, 8) if (rate * 2**bits).is_integer()),
        _FINEST_BITS,
    )
    threshold = min(round(rate * 2**bits), 2**bits - 1)
    units_per_word = _WORD_BITS // bits
    words = jax.random.bits(key, (*shape[:-1], -(-shape[-1] // units_per_word)), jnp.uint32)
    shifts = jnp.arange(units_per_word, dtype=jnp.uint32) * jnp.uint32(bits)
    lots = jnp.right_shift(
        jnp.expand_dims(words, -1), shifts.reshape((1,) * words.ndim + (units_per_word,))
    ) & jnp.uint32(2**bits - 1)
    lots = lots.reshape((*shape[:-1], -1))[..., : shape[-1]]
    return lots >= jnp.uint32(threshold), 1.0 - threshold / 2**bits
