"""The same CNN trained in other ways: with each sampling strategy, and with a balanced loss."""

import dataclasses
import functools

import numpy as np

from au_jax.methods.cnn import trained_cnn
from au_jax.methods.cnn_scoring import logits_of
from au_jax.methods.fold_run import FoldRun, Method
from au_jax.settings import LossWeighting, SamplingStrategy

BALANCED_LOSS = "cnn_balanced_loss"


def variant_name(strategy: SamplingStrategy) -> str:
    """Return the name of the method that trains the CNN with a sampling strategy."""
    return f"cnn_{strategy.value}"


def strategy_of(method: str) -> SamplingStrategy | None:
    """Return the strategy of a method made here; None for any other method."""
    return next((one for one in SamplingStrategy if variant_name(one) == method), None)


def _run(
    fold_run: FoldRun, *, name: str, strategy: SamplingStrategy, weighting: LossWeighting
) -> np.ndarray:
    """Train the CNN of the experiment with another sampling; return the test frames' logits."""
    settings = fold_run.experiment
    varied = dataclasses.replace(
        settings,
        sampling=dataclasses.replace(settings.sampling, strategy=strategy),
        loss_weighting=weighting,
    )
    model = trained_cnn(dataclasses.replace(fold_run, experiment=varied), name)
    return logits_of(
        fold_run.dataset, settings.cnn, model["params"], model["mean_face"], fold_run.fold.test
    )


def _variant(name: str, strategy: SamplingStrategy, weighting: LossWeighting) -> Method:
    run = functools.partial(_run, name=name, strategy=strategy, weighting=weighting)
    return Method(name=name, requires=(), run=run)


CNN_VARIANTS: tuple[Method, ...] = (
    *(
        _variant(variant_name(strategy), strategy, LossWeighting.NONE)
        for strategy in SamplingStrategy
    ),
    _variant(BALANCED_LOSS, SamplingStrategy.RANDOM, LossWeighting.BALANCED),
)
"""One method for each sampling strategy, all with the unweighted loss of the paper, and one with
random sampling and the balanced loss. All start from the same weights."""
