"""The three networks of the hybrid detector, as Flax modules used through `init` and `apply`."""

from au_jax.models.cnn import AlexNet
from au_jax.models.fusion import FusionHead
from au_jax.models.lstm import StackedLstm

__all__ = ["AlexNet", "FusionHead", "StackedLstm"]
