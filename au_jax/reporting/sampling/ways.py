"""Which methods of an experiment are the same CNN trained with different ways of sampling."""

from au_jax.methods.cnn import CNN
from au_jax.reporting.results import Results
from au_jax.settings import LossWeighting, SamplingStrategy, Variant

BALANCED_LOSS = "balanced_loss"
"""Random batches with a balanced loss, beside the sampling strategies."""

_STRATEGY, _WEIGHTING = "sampling.strategy", "loss_weighting"


def ways_of_sampling(results: Results) -> dict[str, str]:
    """Return the ways that an experiment compares, by method: a strategy or `BALANCED_LOSS`."""
    found = {name: _way(variant) for name, variant in results.variants.items()}
    return {name: way for name in results.methods if (way := found.get(name)) is not None}


def method_of(results: Results, strategy: SamplingStrategy) -> str | None:
    """Return the method that trains with a strategy; None if there is none."""
    ways = ways_of_sampling(results).items()
    return next((name for name, way in ways if way == strategy.value), None)


def _way(variant: Variant) -> str | None:
    if variant.base != CNN.name or not variant.changes.keys() <= {_STRATEGY, _WEIGHTING}:
        return None
    if variant.changes.get(_WEIGHTING) == LossWeighting.BALANCED.value:
        return BALANCED_LOSS
    return variant.changes.get(_STRATEGY)
