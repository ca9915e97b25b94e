"""All ways of sampling on GFT and BP4D+, within and between both, 10 folds of each.

    python -m au_jax.main --experiment=gft_bp4d_plus_10fold_sampling --data_dir=DATA

Repeats Tables 3 and 4 and Figures 5 to 8 in Chu et al. 2018 in one report; the paper had other
versions of both data sets, so that its numbers are not comparable. Fold numbers 0 to 9 train on
GFT, 10 to 19 on BP4D+; each model is tested on the tested people of both.
Needs both licensed data sets, and a GPU: a fold is 6 × 8000 CNN steps of 196 faces. Folds and
methods can run as an array job with --fold=0 … --fold=19 and --methods=cnn_momu into one
--workdir. Not run by us yet: no accuracy to report.
"""

from au_jax.settings import Experiment, Scenario
from au_jax.settings.paper import ALL_SAMPLING, sampling_experiment


def experiment() -> Experiment:
    """Return the experiment."""
    return sampling_experiment(
        Scenario.BOTH, data="gft", test_data="bp4d_plus", methods=ALL_SAMPLING
    )
