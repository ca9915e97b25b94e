"""GFT, 10 subject-exclusive folds, with the paper's full-size networks.

    python -m au_jax.main --experiment=gft_10fold --data_dir=DATA

Repeats the 10-fold columns of Table 1 in Chu et al. 2018, with their competitors; ANet^T takes its
CNN from BP4D and is left out where that is not prepared.
The paper had 50 participants and about 254,000 frames; the public release has 96 participants
and 172,800 frames, so that its numbers are not the paper's.
Needs the licensed data set, and a GPU: a fold is 8000 CNN steps of 196 faces. Folds can run as an
array job with --fold=0 … --fold=9 into one --workdir. Not run by us yet: no accuracy to
report.
"""

from au_jax.settings import DataConfig, Experiment, ProtocolConfig
from au_jax.settings.paper import ALL_METHODS


def experiment() -> Experiment:
    """Return the experiment."""
    return Experiment(
        data=DataConfig(name="gft"),
        methods=ALL_METHODS,
        transfer_data=DataConfig(name="bp4d"),
        protocol=ProtocolConfig(folds=10),
    )
