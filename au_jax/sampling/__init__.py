"""Which frames make up a training step: plans of any multi-label data, and loaders that read them.

Labels are int8 `[sample, label]`: +1 present, −1 absent, 0 missing. A plan gives the indices of any
step, in any order. `RecordSampler` keeps the batches of a plan together in a Grain pipeline of
one's own; `iterate_batches` reads a whole step as one element, which is several times as fast:

    import grain
    import numpy as np
    from au_jax.sampling import RecordSampler, labels_from_binary, plan_for

    present = np.random.default_rng(0).random((1000, 5)) < [0.5, 0.3, 0.2, 0.05, 0.01]
    plan = plan_for("momu", labels_from_binary(present), batch_size=64, seed=0, draw_size=4)
    sampler = RecordSampler(plan, 64, first=0, last=10, seed=0, name="momu of my labels")
    loader = grain.DataLoader(
        data_source=list(present),
        sampler=sampler,
        operations=[grain.transforms.Batch(64, drop_remainder=True)],
        shard_options=grain.sharding.NoSharding(),
    )
    for batch in loader:
        print(batch.mean(axis=0))
"""

import importlib
from typing import TYPE_CHECKING, Any

from au_jax.sampling.momu import MomuPlan
from au_jax.sampling.plan import Plan, labels_from_binary
from au_jax.sampling.planned_batches import PlannedBatches
from au_jax.sampling.random import RandomPlan, SequentialPlan
from au_jax.sampling.strategies import STRATEGIES, plan_for
from au_jax.sampling.stratified import StratifiedPlan
from au_jax.sampling.weighted import WeightedPlan
from au_jax.sampling.windows import WindowPlan

if TYPE_CHECKING:
    from au_jax.sampling.loader import iterate_batches
    from au_jax.sampling.record_sampler import RecordSampler

__all__ = [
    "STRATEGIES",
    "MomuPlan",
    "Plan",
    "PlannedBatches",
    "RandomPlan",
    "RecordSampler",
    "SequentialPlan",
    "StratifiedPlan",
    "WeightedPlan",
    "WindowPlan",
    "iterate_batches",
    "labels_from_binary",
    "plan_for",
]

_WITH_GRAIN = {"iterate_batches": "loader", "RecordSampler": "record_sampler"}
"""Names whose modules import Grain, which takes longer than all others together."""


def __getattr__(name: str) -> Any:  # noqa: ANN401 (a function or a class)
    if name not in _WITH_GRAIN:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_WITH_GRAIN[name]}"), name)
