"""Read the batches of a plan ahead of the training step, through Grain.

One element of the Grain pipeline is one training step. A sampler that yields single records would
let several workers tear the planned batches apart; this way any number of workers, and a resumed
run, get the batches as they were planned.
"""

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

import grain
import numpy as np

Batch = dict[str, np.ndarray]


@dataclasses.dataclass(frozen=True)
class StepSampler:
    """Ask for the steps `first`, `first + 1`, … `last - 1`."""

    first: int
    last: int

    def __len__(self) -> int:
        return self.last - self.first

    def __getitem__(self, index: int) -> grain.RecordMetadata:
        if not 0 <= index < len(self):
            raise IndexError(index)
        return grain.RecordMetadata(index=index, record_key=self.first + index, rng=None)


@dataclasses.dataclass(frozen=True)
class BatchSource:
    """A Grain source whose element `step` is the batch of that step.

    Attributes:
        steps: the number of steps.
        read: gives the arrays of a step; must be a pure function of the step.
        name: says what decides the data, for Grain's checks.
    """

    steps: int
    read: Callable[[int], Batch]
    name: str

    def __len__(self) -> int:
        return self.steps

    def __getitem__(self, index: int) -> Batch:
        return self.read(int(index))

    def __repr__(self) -> str:
        return f"BatchSource({self.name!r}, steps={self.steps})"


def iterate_batches(
    read: Callable[[int], Batch], *, first: int, last: int, name: str
) -> Iterator[Batch]:
    """Yield `read(first)`, …, `read(last - 1)` in order, read ahead by two threads.

    Args:
        read: gives the arrays of a step; called from several threads.
        first: the first step.
        last: the step after the last one.
        name: says what decides the data.
    """
    if first >= last:
        return iter(())
    loader: Any = grain.DataLoader(
        data_source=BatchSource(last, read, name),
        sampler=StepSampler(first, last),
        worker_count=0,
        shard_options=grain.sharding.NoSharding(),
        # An element is a whole batch: Grain's defaults would hold 500 of them.
        read_options=grain.ReadOptions(num_threads=2, prefetch_buffer_size=4),
    )
    return iter(loader)
