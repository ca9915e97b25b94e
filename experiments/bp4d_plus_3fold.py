"""BP4D+, 3 subject-exclusive folds, with the paper's full-size networks.

    python -m au_jax.main --experiment=bp4d_plus_3fold --data_dir=DATA

Section 5 of Chu et al. 2018 uses 98 of its 140 participants and does not say which; here are all.
Needs the licensed data set, and a GPU: a fold is 8000 CNN steps of 196 faces. Folds can run as an
array job with --fold=0 … --fold=2 into one --workdir. Not run by us yet: no accuracy to
report.
"""

from au_jax.settings import DataConfig, Experiment, ProtocolConfig


def experiment() -> Experiment:
    """Return the experiment."""
    return Experiment(data=DataConfig(name="bp4d_plus"), protocol=ProtocolConfig(folds=3))
