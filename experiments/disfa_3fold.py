"""DISFA, its usual 3 folds and 8 action units, with the paper's full-size networks.

    python -m au_jax.main --experiment=disfa_3fold --data_dir=DATA

Not in Chu et al. 2018; for comparison with the literature on DISFA. 27 participants, 130,814
frames; an action unit is present from intensity B.
The folds are those of later work (JAA-Net, ME-GraphAU); --experiment.protocol.split=drawn draws
others.
Needs the licensed data set, and a GPU: a fold is 8000 CNN steps of 196 faces. Folds can run as an
array job with --fold=0 … --fold=2 into one --workdir. Not run by us yet: no accuracy to
report.
"""

from au_jax.settings import DataConfig, Experiment, LstmConfig, ProtocolConfig, Split, WindowConfig


def experiment() -> Experiment:
    """Return the experiment."""
    return Experiment(
        data=DataConfig(name="disfa"),
        aus=(1, 2, 4, 6, 9, 12, 25, 26),
        protocol=ProtocolConfig(folds=3, split=Split.PUBLISHED),
        # Faces here are at rest most of the time, 0.86 AUs per frame: the paper's bound of 1.5
        # would refuse nearly every subsequence.
        lstm=LstmConfig(windows=WindowConfig(min_active_aus=0.0)),
    )
