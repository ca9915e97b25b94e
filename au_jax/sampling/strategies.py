"""The sampling strategies by name."""

from collections.abc import Callable, Sequence

import numpy as np

from au_jax.errors import InputError
from au_jax.sampling.label_patterns import check_labels
from au_jax.sampling.momu import MomuPlan
from au_jax.sampling.momu_run import Restore, Ties
from au_jax.sampling.plan import Plan, check_batch_size, check_seed, labelled_rows
from au_jax.sampling.random import RandomPlan
from au_jax.sampling.stratified import StratifiedPlan
from au_jax.sampling.weighted import WeightedPlan

STRATEGIES = {
    "random": "every labelled frame once per epoch, in random order",
    "stratified": "every batch has its share of each AU (Algorithm 1 of the paper)",
    "stratified_corrected": "the same by iterative stratification (Sechidis et al. 2011)",
    "momu": "rare AUs oversampled, frequent AUs undersampled (Algorithm 2 of the paper)",
    "weighted": "frames drawn by the inverse base rates of their AUs",
}
"""What each strategy does, in a line."""


def plan_for(
    strategy: str,
    labels: np.ndarray,
    batch_size: int,
    seed: int,
    *,
    draw_size: int = 8,
    neutral: bool = False,
    restore: Restore = "earlier_batches",
    ties: Ties = "rarest",
    aus: Sequence[int] | None = None,
) -> Plan:
    """Make the plan of a named strategy.

    Args:
        strategy: one of `STRATEGIES`.
        labels: int8 `[frames, aus]` in {−1, 0, +1}.
        batch_size: frames of a step.
        seed: decides all draws.
        draw_size: S of MOMU; other strategies have no such thing.
        neutral: whether frames without any AU are a class of their own; nothing to `random`.
        restore: which frames MOMU restores, see `MomuRules`.
        ties: how MOMU decides ties, see `MomuRules`.
        aus: the FACS numbers of the columns, for messages.

    Raises:
        InputError: if the strategy is unknown, or it cannot use one of the values.
    """
    makers: dict[str, Callable[[], Plan]] = {
        "random": lambda: _random_plan(labels, batch_size, seed),
        "stratified": lambda: StratifiedPlan(labels, batch_size, seed, neutral=neutral, aus=aus),
        "stratified_corrected": lambda: StratifiedPlan(
            labels, batch_size, seed, correct_overlap=True, neutral=neutral, aus=aus
        ),
        "momu": lambda: MomuPlan(
            labels,
            batch_size,
            seed,
            draw_size=draw_size,
            neutral=neutral,
            restore=restore,
            ties=ties,
            aus=aus,
        ),
        "weighted": lambda: WeightedPlan(labels, batch_size, seed, neutral=neutral, aus=aus),
    }
    if strategy not in makers:
        raise InputError(
            f"the sampling strategy is {strategy!r}; choose one of {', '.join(makers)}"
        )
    return makers[strategy]()


def _random_plan(labels: np.ndarray, batch_size: int, seed: int) -> RandomPlan:
    check_labels(labels)
    check_batch_size(batch_size, len(labelled_rows(labels)), "labelled training frames")
    return RandomPlan(labels, batch_size, check_seed(seed))
