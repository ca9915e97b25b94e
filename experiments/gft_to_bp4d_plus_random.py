"""Trained on all of GFT, tested on all of BP4D+, CNN with random sampling.

    python -m au_jax.main --experiment=gft_to_bp4d_plus_random --data_dir=DATA

Repeats the column RS, between, of Table 4 in Chu et al. 2018.
Needs both licensed data sets, and a GPU: 8000 CNN steps of 196 faces. Not run by us yet: no
accuracy to report.
"""

from au_jax.settings.experiment import Experiment, SamplingStrategy
from au_jax.settings.paper import sampling_experiment


def experiment() -> Experiment:
    """Return the experiment."""
    return sampling_experiment(SamplingStrategy.RANDOM, dataset="gft", test_dataset="bp4d_plus")
