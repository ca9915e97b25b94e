"""Every method of Table 1 on built-in faces that imitate GFT, 3 folds, on a laptop.

    python -m au_jax.main --experiment=synthetic_table1

The twin of gft_3fold: the same methods and report without any data. 150 people, 30 minutes on two
CPU cores and 3.1 GB. Mean F1-frame, synthetic: always present .429, SVM .677, ANet^T .685, CPM
.656, JPML .715, CNN .645, LSTM .614, hybrid .644.
"""

from au_jax.settings import Experiment, PresetName
from au_jax.settings.laptop import table_experiment


def experiment() -> Experiment:
    """Return the experiment."""
    return table_experiment(PresetName.GFT_LIKE)
