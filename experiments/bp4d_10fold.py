"""BP4D, 10 subject-exclusive folds, with the paper's full-size networks.

    python -m au_jax.main --experiment=bp4d_10fold --data_dir=DATA

Repeats the 10-fold columns of Table 2 in Chu et al. 2018, with their competitors; ANet^T takes its
CNN from GFT and is left out where that is not prepared.
41 participants, 146,847 coded frames.
Needs the licensed data set, and a GPU: a fold is 8000 CNN steps of 196 faces. Folds can run as an
array job with --fold=0 … --fold=9 into one --workdir. Not run by us yet: no accuracy to
report.
"""

from au_jax.settings import DataConfig, Experiment, ProtocolConfig
from au_jax.settings.paper import ALL_METHODS


def experiment() -> Experiment:
    """Return the experiment."""
    return Experiment(
        data=DataConfig(name="bp4d"),
        methods=ALL_METHODS,
        transfer_data=DataConfig(name="gft"),
        protocol=ProtocolConfig(folds=10),
    )
