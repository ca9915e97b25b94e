"""BP4D, 3 subject-exclusive folds, with the paper's full-size networks.

    python -m au_jax.main --experiment=bp4d_3fold --data_dir=DATA

Repeats the columns ANet and Ours, 3-fold, of Table 2 in Chu et al. 2018.
41 participants, 146,847 coded frames.
The folds are those of later work (JAA-Net, ME-GraphAU); --experiment.protocol.split=drawn draws
others.
Needs the licensed data set, and a GPU: a fold is 8000 CNN steps of 196 faces. Folds can run as an
array job with --fold=0 … --fold=2 into one --workdir. Not run by us yet: no accuracy to
report.
"""

from au_jax.config import Experiment, ProtocolConfig, Split


def experiment() -> Experiment:
    """Return the experiment."""
    return Experiment(dataset="bp4d", protocol=ProtocolConfig(folds=3, split=Split.PUBLISHED))
