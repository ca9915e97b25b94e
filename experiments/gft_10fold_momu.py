"""GFT, 10 subject-exclusive folds, CNN with MOMU sampling, Algorithm 2.

    python -m au_jax.main --experiment=gft_10fold_momu --data_dir=DATA

Repeats the column MOMU, within, of Table 3 in Chu et al. 2018, and its curve of Fig. 7.
Needs the licensed data set, and a GPU: a fold is 8000 CNN steps of 196 faces. Folds can run as an
array job with --fold=0 … --fold=9 into one --workdir. Not run by us yet: no accuracy to report.
"""

from au_jax.settings.experiment import Experiment, SamplingStrategy
from au_jax.settings.paper import sampling_experiment


def experiment() -> Experiment:
    """Return the experiment."""
    return sampling_experiment(SamplingStrategy.MOMU, dataset="gft")
