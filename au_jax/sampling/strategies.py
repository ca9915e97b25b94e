"""The sampling strategies by name."""

import dataclasses
from collections.abc import Callable, Sequence

import numpy as np

from au_jax.sampling.momu import MomuPlan
from au_jax.sampling.plan import Plan, chosen
from au_jax.sampling.random import RandomPlan
from au_jax.sampling.stratified import StratifiedPlan
from au_jax.sampling.weighted import WeightedPlan
from au_jax.settings import MomuRestore, MomuTies, SamplingStrategy


@dataclasses.dataclass(frozen=True)
class _Request:
    """What `plan_for` was asked for."""

    labels: np.ndarray
    batch_size: int
    seed: int
    draw_size: int
    neutral: bool
    restore: MomuRestore | str
    ties: MomuTies | str
    aus: Sequence[int] | None


def _random(asked: _Request) -> Plan:
    return RandomPlan(asked.labels, asked.batch_size, asked.seed)


def _stratified(asked: _Request, *, correct_overlap: bool = False) -> Plan:
    return StratifiedPlan(
        asked.labels,
        asked.batch_size,
        asked.seed,
        correct_overlap=correct_overlap,
        neutral=asked.neutral,
        aus=asked.aus,
    )


def _momu(asked: _Request) -> Plan:
    return MomuPlan(
        asked.labels,
        asked.batch_size,
        asked.seed,
        draw_size=asked.draw_size,
        neutral=asked.neutral,
        restore=asked.restore,
        ties=asked.ties,
        aus=asked.aus,
    )


def _weighted(asked: _Request) -> Plan:
    return WeightedPlan(
        asked.labels, asked.batch_size, asked.seed, neutral=asked.neutral, aus=asked.aus
    )


_TABLE: dict[SamplingStrategy, tuple[str, Callable[[_Request], Plan]]] = {
    SamplingStrategy.RANDOM: ("every labelled frame once per epoch, in random order", _random),
    SamplingStrategy.STRATIFIED: (
        "every batch has its share of each AU (Algorithm 1 of the paper)",
        _stratified,
    ),
    SamplingStrategy.STRATIFIED_CORRECTED: (
        "the same by iterative stratification (Sechidis et al. 2011)",
        lambda asked: _stratified(asked, correct_overlap=True),
    ),
    SamplingStrategy.MOMU: (
        "rare AUs oversampled, frequent AUs undersampled (Algorithm 2 of the paper)",
        _momu,
    ),
    SamplingStrategy.WEIGHTED: ("frames drawn by the inverse base rates of their AUs", _weighted),
}

STRATEGIES: dict[str, str] = {strategy.value: text for strategy, (text, _) in _TABLE.items()}
"""What each strategy does, in a line."""


def plan_for(
    strategy: SamplingStrategy | str,
    labels: np.ndarray,
    batch_size: int,
    seed: int,
    *,
    draw_size: int = 8,
    neutral: bool = False,
    restore: MomuRestore | str = MomuRestore.EARLIER_BATCHES,
    ties: MomuTies | str = MomuTies.RAREST,
    aus: Sequence[int] | None = None,
) -> Plan:
    """Make the plan of a named strategy.

    Args:
        strategy: one of `SamplingStrategy`, or its word.
        labels: int8 `[frames, aus]` in {−1, 0, +1}; see `labels_from_binary`.
        batch_size: frames of a step.
        seed: decides all draws.
        draw_size: S of MOMU; other strategies have no such thing.
        neutral: whether frames without any AU are a class of their own; nothing to `random`.
        restore: which frames MOMU restores.
        ties: how MOMU decides ties.
        aus: the FACS numbers of the columns, for messages.

    Raises:
        InputError: if the strategy is unknown, or it cannot use one of the values.
    """
    asked = _Request(labels, batch_size, seed, draw_size, neutral, restore, ties, aus)
    _, make = _TABLE[chosen(SamplingStrategy, strategy, "the sampling strategy")]
    return make(asked)
