"""The full-size CNN with one way of sampling, within or between GFT and BP4D+.

    python -m au_jax.main --experiment=gft_10fold_momu --data_dir=DATA

Each name repeats a column of Tables 3 and 4 in Chu et al. 2018, and its curve of Fig. 7:

    gft_10fold_*          Table 3, within     10 subject-exclusive folds of GFT
    bp4d_plus_to_gft_*    Table 3, between    trained on all of BP4D+, tested on all of GFT
    bp4d_plus_10fold_*    Table 4, within     10 folds of BP4D+
    gft_to_bp4d_plus_*    Table 4, between    trained on all of GFT, tested on all of BP4D+

with `random` sampling, `stratified` batches (Algorithm 1) or `momu` (Algorithm 2). The paper had
other versions of both data sets. `gft_bp4d_plus_10fold_sampling` runs all of them in one report.
Needs the licensed data sets, and a GPU: a fold is 8000 CNN steps of 196 faces. Folds can run as an
array job with --fold=0 … --fold=9 into one --workdir. Not run by us yet: no accuracy to report.
"""

from au_jax.settings import Experiment, Scenario
from au_jax.settings.paper import sampling_experiment
from au_jax.settings.tree import changed

_BASES = {
    "gft_10fold": sampling_experiment(Scenario.WITHIN, data="gft"),
    "bp4d_plus_10fold": sampling_experiment(Scenario.WITHIN, data="bp4d_plus"),
    "gft_to_bp4d_plus": sampling_experiment(Scenario.BETWEEN, data="gft", test_data="bp4d_plus"),
    "bp4d_plus_to_gft": sampling_experiment(Scenario.BETWEEN, data="bp4d_plus", test_data="gft"),
}


def experiments() -> dict[str, Experiment]:
    """Return the experiments by name."""
    return {
        f"{name}_{strategy}": changed(base, {"sampling.strategy": strategy})
        for name, base in _BASES.items()
        for strategy in ("random", "stratified", "momu")
    }
