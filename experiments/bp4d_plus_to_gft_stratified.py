"""Trained on all of BP4D+, tested on all of GFT, CNN with multi-label stratification, Algorithm 1.

    python -m au_jax.main --experiment=bp4d_plus_to_gft_stratified --data_dir=DATA

Repeats the column MS, between, of Table 3 in Chu et al. 2018.
Needs both licensed data sets, and a GPU: 8000 CNN steps of 196 faces. Not run by us yet: no
accuracy to report.
"""

from au_jax.settings.experiment import Experiment, SamplingStrategy
from au_jax.settings.paper import sampling_experiment


def experiment() -> Experiment:
    """Return the experiment."""
    return sampling_experiment(SamplingStrategy.STRATIFIED, dataset="bp4d_plus", test_dataset="gft")
