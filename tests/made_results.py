"""Numbers of a part of an experiment, made up."""

import numpy as np

from au_jax import metrics
from au_jax.reporting.results import METRICS, Results, Value


def made_results(
    *,
    dataset="gft_like",
    trained_on=None,
    aus=(1, 12, 24),
    rare_aus=(1,),
    methods=("always_present", "cnn_random", "cnn_stratified", "cnn_momu"),
    experiment="e",
    seed=0,
    folds=2,
    folds_done=None,
):
    rng = np.random.default_rng(seed)

    def value():
        per_au = rng.random(len(aus))
        return Value(per_au, metrics.mean_over_aus(per_au), rng.random(folds_done or folds))

    return Results(
        experiment=experiment,
        dataset=dataset,
        trained_on=trained_on or dataset,
        aus=tuple(aus),
        base_rate=rng.random(len(aus)),
        rare_aus=tuple(rare_aus),
        methods={method: {metric: value() for metric in METRICS} for method in methods},
        folds_done=folds_done or folds,
        folds=folds,
    )
