"""Every method of Table 1 on built-in faces that imitate GFT, 3 folds, on a laptop.

    python -m au_jax.main --experiment=synthetic_table1

The twin of gft_3fold: the same methods and report without any data. 150 people.
"""

from au_jax.config import Experiment, Preset
from au_jax.laptop_settings import table_experiment


def experiment() -> Experiment:
    """Return the experiment."""
    return table_experiment(Preset.GFT_LIKE)
