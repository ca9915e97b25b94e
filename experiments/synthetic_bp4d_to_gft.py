"""Trained on built-in faces that imitate BP4D, tested on others that imitate GFT, on a laptop.

    python -m au_jax.main --experiment=synthetic_bp4d_to_gft

The twin of bp4d_to_gft: the same methods and report without any data. 150 people in each set; 19
minutes on two CPU cores beside other work. Mean F1-frame, synthetic: always present .429, SVM .666,
CPM .659, JPML .701, CNN .683, LSTM .655, hybrid .686.
"""

from au_jax.settings import Experiment, PresetName
from au_jax.settings.laptop import cross_dataset_experiment


def experiment() -> Experiment:
    """Return the experiment."""
    return cross_dataset_experiment(PresetName.BP4D_LIKE)
