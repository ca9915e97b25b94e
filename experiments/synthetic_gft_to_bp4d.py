"""Trained on built-in faces that imitate GFT, tested on others that imitate BP4D, on a laptop.

    python -m au_jax.main --experiment=synthetic_gft_to_bp4d

The twin of gft_to_bp4d: the same methods and report without any data. 150 people in each set.
"""

from au_jax.config import Experiment, Preset
from au_jax.laptop_settings import cross_dataset_experiment


def experiment() -> Experiment:
    """Return the experiment."""
    return cross_dataset_experiment(Preset.GFT_LIKE)
