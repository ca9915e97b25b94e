"""Built-in faces, 3 subject-exclusive folds: the whole path on a laptop, without any data.

    python -m au_jax.main --experiment=synthetic_3fold

RESULTS
"""

from au_jax import laptop_settings
from au_jax.config import Experiment, LossWeighting, ProtocolConfig


def experiment() -> Experiment:
    """Return the experiment."""
    return Experiment(
        dataset="synthetic",
        protocol=ProtocolConfig(folds=3),
        synthetic=laptop_settings.built_in_people(),
        loss_weighting=LossWeighting.BALANCED,
        cnn=laptop_settings.narrow_cnn(steps=1200, learning_rate=1e-2),
        lstm=laptop_settings.small_lstm(window=100, batch_size=32),
        fusion=laptop_settings.short_fusion(),
    )
