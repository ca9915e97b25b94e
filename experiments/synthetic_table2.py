"""Every method of Table 2 on built-in faces that imitate BP4D, 3 folds, on a laptop.

    python -m au_jax.main --experiment=synthetic_table2

The twin of bp4d_3fold: the same methods and report without any data. 150 people, about 30 minutes
on two CPU cores. Mean F1-frame, synthetic: always present .458, SVM .710, ANet^T .704, CPM .698,
JPML .745, CNN .719, LSTM .695, hybrid .726.
"""

from au_jax.settings import Experiment, PresetName
from au_jax.settings.laptop import table_experiment


def experiment() -> Experiment:
    """Return the experiment."""
    return table_experiment(PresetName.BP4D_LIKE)
