"""Trained on built-in faces that imitate GFT, tested on others that imitate BP4D, on a laptop.

    python -m au_jax.main --experiment=synthetic_gft_to_bp4d

The twin of gft_to_bp4d: the same methods and report without any data. 150 people in each set; 21
minutes on two CPU cores beside other work. Mean F1-frame, synthetic: always present .458, SVM .697,
CPM .658, JPML .742, CNN .693, LSTM .682, hybrid .709.
"""

from au_jax.settings import Experiment, PresetName
from au_jax.settings.laptop import cross_dataset_experiment


def experiment() -> Experiment:
    """Return the experiment."""
    return cross_dataset_experiment(PresetName.GFT_LIKE)
