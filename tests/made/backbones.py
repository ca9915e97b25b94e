"""Frame-wise networks so small that their gradients are known or quick."""

import jax.numpy as jnp
from flax import linen as nn


class LinearBackbone(nn.Module):
    """Logits that are linear in the picture; `params["head"]` holds kernel and bias."""

    num_aus: int = 3

    head = "head"

    @nn.compact
    def __call__(self, images, train):
        flat = images.reshape(len(images), -1)
        return nn.Dense(self.num_aus, name="head")(flat), flat


class SmallBackbone(nn.Module):
    """A convolution, whose maps it gives, ReLU and a head on all of it."""

    num_aus: int = 3

    head = "head"

    @nn.compact
    def __call__(self, images, train):
        maps = nn.Conv(4, (3, 3), (2, 2), padding="VALID", name="conv")(images)
        maps = self.perturb("maps", maps)
        self.sow("intermediates", "maps", maps)
        features = nn.relu(maps).reshape(len(images), -1)
        hidden = jnp.tanh(nn.Dense(6, name="hidden")(features))
        return nn.Dense(self.num_aus, name="head")(hidden), hidden
