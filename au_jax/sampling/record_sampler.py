"""A Grain sampler of single records that keeps the batches of a plan together.

For pipelines of Grain's textbook form, one record after the other and then `Batch`. The package
itself reads a whole step as one element (`loader.py`), which is several times as fast.
"""

import grain
import numpy as np

from au_jax.errors import InputError
from au_jax.sampling.plan import Plan, check_seed, random_generator
from au_jax.sampling.recent_results import RecentResults


class RecordSampler:
    """The records of the steps `first` to `last` − 1, in the order Grain needs.

    Grain gives shard s of S every S-th record, and of these worker w of W every W-th, before it
    forms batches. A sampler in the order of the plan would so have its batches torn apart. This
    one undoes both strides: batch b of worker w is step b · W + w, and shard s holds the s-th of S
    equal parts of each step, in the order of the plan. It must therefore know both numbers.

    Use it with `ShardOptions(s, shards)`, `worker_count=workers` and
    `Batch(batch_size // shards, drop_remainder=True)`. A record's `rng` is a function of the seed,
    the step and the row in the step, whatever the shards and workers.
    """

    def __init__(
        self,
        plan: Plan,
        batch_size: int,
        *,
        first: int,
        last: int,
        seed: int,
        name: str,
        workers: int = 0,
        shards: int = 1,
    ) -> None:
        """Order the records of some steps.

        Args:
            plan: gives the indices of each step, for all shards together.
            batch_size: the indices of a step.
            first: the first step.
            last: the step after the last one.
            seed: decides the generators of the records.
            name: says what decides the plan, for Grain's checks when it goes on from a checkpoint.
            workers: Grain's `worker_count`; 0 is the process itself.
            shards: the number of processes that read a part of each step.

        Raises:
            InputError: if steps cannot be shared out among workers, or rows among shards.
        """
        processes = max(workers, 1)
        if first < 0 or last < first or (last - first) % processes:
            raise InputError(
                f"steps {first} to {last} for {workers} workers; choose a number of steps that the "
                "number of workers divides"
            )
        if shards < 1 or batch_size < 1 or batch_size % shards:
            raise InputError(
                f"batches of {batch_size} records for {shards} shards; choose a batch size that "
                "the number of shards divides"
            )
        self.plan, self.batch_size, self.seed = plan, batch_size, check_seed(seed)
        self.first, self.last, self.name = first, last, name
        self.workers, self.shards = workers, shards
        self._steps: RecentResults[np.ndarray] = RecentResults()

    def __len__(self) -> int:
        return (self.last - self.first) * self.batch_size

    def __getitem__(self, index: int) -> grain.RecordMetadata:
        if not 0 <= index < len(self):
            raise IndexError(index)
        of_shard, shard = divmod(index, self.shards)
        of_worker, worker = divmod(of_shard, max(self.workers, 1))
        part = self.batch_size // self.shards
        batch, offset = divmod(of_worker, part)
        step = self.first + batch * max(self.workers, 1) + worker
        row = shard * part + offset
        return grain.RecordMetadata(
            index=index,
            record_key=int(self._steps.get(step, self.plan.__getitem__)[row]),
            rng=random_generator(self.seed, step, row),
        )

    def __repr__(self) -> str:
        return (
            f"RecordSampler({self.name!r}, batch_size={self.batch_size}, first={self.first}, "
            f"last={self.last}, seed={self.seed}, workers={self.workers}, shards={self.shards})"
        )
