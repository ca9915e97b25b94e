"""Numbers of a part of an experiment, and a table, made up."""

import itertools

import numpy as np

from au_jax import metrics
from au_jax.metrics.over_subjects import Difference
from au_jax.reporting.results import METRICS, Results, Value
from au_jax.reporting.tables import Table
from au_jax.settings.variants import KNOWN_VARIANTS

TABLE = Table(
    title="F1 of 50 % & more_of #1",
    header=("unit", "what", "number"),
    rows=(("AU1", "a\\b ~ ^{c}", "−1.0 ± 2.0"), ("AU2", "< 0.1 –", "3*"), ("mean", "$", "4")),
    best=(frozenset({2}), frozenset(), frozenset({1, 2})),
    notes=("100 % sure_ly.",),
    words=frozenset({0, 1}),
)
"""A table with everything that a format must set: words, bold cells, a mean, a note, odd signs."""


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

    values = {method: {metric: value() for metric in METRICS} for method in methods}
    means = {method: values[method]["f1_frame"].mean for method in methods}
    pairs = list(itertools.combinations(methods, 2))
    gains = [means[first] - means[second] for first, second in pairs]
    return Results(
        experiment=experiment,
        dataset=dataset,
        trained_on=trained_on or dataset,
        aus=tuple(aus),
        base_rate=rng.random(len(aus)),
        rare_aus=tuple(rare_aus),
        methods=values,
        subjects=20,
        intervals={method: (mean - 0.04, mean + 0.05) for method, mean in means.items()},
        differences=tuple(
            Difference(*pair, gain, gain - 0.04, gain + 0.03, 12, 7, abs(gain) / 10, abs(gain))
            for pair, gain in zip(pairs, gains, strict=True)
        ),
        folds_done=folds_done or folds,
        folds=folds,
        variants={name: KNOWN_VARIANTS[name] for name in methods if name in KNOWN_VARIANTS},
    )
