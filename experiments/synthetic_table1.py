"""Every method of Table 1 on built-in faces that imitate GFT, 3 folds, on a laptop.

    python -m au_jax.main --experiment=synthetic_table1

The twin of gft_3fold: the same methods and report without any data. 150 people.
"""

import dataclasses

from au_jax import laptop_settings
from au_jax.config import (
    Experiment,
    LossWeighting,
    Preset,
    ProtocolConfig,
    SamplingConfig,
    SamplingStrategy,
)
from au_jax.paper_settings import ALL_METHODS


def experiment() -> Experiment:
    """Return the experiment."""
    people = laptop_settings.built_in_people()
    return Experiment(
        methods=ALL_METHODS,
        protocol=ProtocolConfig(folds=3),
        synthetic=dataclasses.replace(people, preset=Preset.GFT_LIKE, seed=1),
        transfer_dataset="synthetic",
        transfer_synthetic=dataclasses.replace(people, preset=Preset.BP4D_LIKE, seed=0),
        loss_weighting=LossWeighting.BALANCED,
        sampling=SamplingConfig(strategy=SamplingStrategy.WEIGHTED),
        features=laptop_settings.half_the_components(),
        svm=laptop_settings.balanced_svm(),
        cnn=laptop_settings.narrow_cnn(steps=2400, learning_rate=1e-2),
        lstm=laptop_settings.small_lstm(window=100, batch_size=32),
        fusion=laptop_settings.short_fusion(),
    )
