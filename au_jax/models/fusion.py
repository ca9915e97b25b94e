"""The fusion of the frame-wise and the temporal network: of their scores, or of their features.

Source of the fusion of scores, "late fusion": Chu et al. 2018, section 3.3.
"""

import jax
import jax.numpy as jnp
from flax import linen as nn

from au_jax.models.normalisation import l2_normalise
from au_jax.settings import FusionHeadConfig


class FusionHead(nn.Module):
    """Two fully connected layers on the scores of both networks; 2,380 parameters for 12 AUs.

    The layers are shared by all time steps: whatever the leading axes, each frame goes through
    the same weights.

    Attributes:
        num_aus: number of action units L.
        config: hidden units, normalisation over the AUs as the paper does, and whether the layers
            learn a correction of the mean of both score vectors, from which the head then starts.
    """

    num_aus: int
    config: FusionHeadConfig = FusionHeadConfig()

    @nn.compact
    def __call__(self, cnn_scores: jax.Array, lstm_scores: jax.Array) -> jax.Array:
        """Return the fused logits `[..., L]`, float32.

        Args:
            cnn_scores: logits of the frame-wise network, `[..., L]`.
            lstm_scores: scores of the temporal network, `[..., L]`.

        Raises:
            ValueError: if the two are not both `[..., L]` of one shape.
        """
        if cnn_scores.shape != lstm_scores.shape or cnn_scores.shape[-1] != self.num_aus:
            raise ValueError(
                f"scores of shapes {cnn_scores.shape} and {lstm_scores.shape}: both must be "
                f"[..., {self.num_aus}]"
            )
        config, dtype = self.config, self.config.compute_dtype.value
        scores = _prepared((cnn_scores, lstm_scores), config)
        x = nn.Dense(config.hidden, dtype=dtype, name="fc1")(jnp.concatenate(scores, axis=-1))
        zeros, usual = nn.initializers.zeros, nn.initializers.lecun_normal()
        x = nn.Dense(
            self.num_aus,
            dtype=dtype,
            kernel_init=zeros if config.mean_scale else usual,
            name="fc2",
        )(nn.relu(x))
        if config.mean_scale:
            mean = (1 - config.lstm_share) * scores[0] + config.lstm_share * scores[1]
            x = x + config.mean_scale * mean
        return x.astype(jnp.float32)


class FeatureFusionHead(nn.Module):
    """Two fully connected layers on the features of both networks, "early fusion".

    Not in the paper, which fuses scores; the layers are those of its fusion network. 82,764
    parameters for 1024 and 256 features and 12 AUs.

    Attributes:
        num_aus: number of action units L.
        config: hidden units and normalisation; the mean has no meaning here.
    """

    num_aus: int
    config: FusionHeadConfig = FusionHeadConfig()

    @nn.compact
    def __call__(self, cnn_features: jax.Array, lstm_features: jax.Array) -> jax.Array:
        """Return the fused logits `[..., L]`, float32.

        Args:
            cnn_features: of the frame-wise network, `[..., feature]`.
            lstm_features: of the temporal network, `[..., cell]`.

        Raises:
            ValueError: if the leading axes of the two differ.
        """
        if cnn_features.shape[:-1] != lstm_features.shape[:-1]:
            raise ValueError(
                f"features of shapes {cnn_features.shape} and {lstm_features.shape}: all but the "
                "last axis must be equal"
            )
        config, dtype = self.config, self.config.compute_dtype.value
        features = _prepared((cnn_features, lstm_features), config)
        x = jnp.concatenate(features, axis=-1)
        x = nn.relu(nn.Dense(config.hidden, dtype=dtype, name="fc1")(x))
        return nn.Dense(self.num_aus, dtype=dtype, name="fc2")(x).astype(jnp.float32)


def _prepared(vectors: tuple[jax.Array, ...], config: FusionHeadConfig) -> list[jax.Array]:
    """Return vectors `[..., feature]` in the dtype of the computation, of unit length if asked."""
    converted = [x.astype(config.compute_dtype.value) for x in vectors]
    return [l2_normalise(x) for x in converted] if config.normalise_scores else converted
