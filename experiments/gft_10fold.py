"""GFT, 10 subject-exclusive folds, with the paper's full-size networks.

    python -m au_jax.main --experiment=gft_10fold --data_dir=DATA

Repeats the columns ANet and Ours, 10-fold, of Table 1 in Chu et al. 2018.
The paper had 50 participants and about 254,000 frames; the public release has 96 participants
and 172,800 frames, so that its numbers are not the paper's.
Needs the licensed data set, and a GPU: a fold is 8000 CNN steps of 196 faces. Folds can run as an
array job with --fold=0 … --fold=9 into one --workdir. Not run by us yet: no accuracy to
report.
"""

from au_jax.config import Experiment, ProtocolConfig


def experiment() -> Experiment:
    """Return the experiment."""
    return Experiment(dataset="gft", protocol=ProtocolConfig(folds=10))
