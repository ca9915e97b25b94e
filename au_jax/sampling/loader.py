"""Read the batches of a plan ahead of the training step, through Grain.

One element of the Grain pipeline is one training step. A sampler that yields single records would
let several workers tear the planned batches apart; this way any number of workers, and a resumed
run, get the batches as they were planned. For the same reason Grain does not shard: the rows of
one of several processes are cut out of each step.
"""

import dataclasses

import grain
from absl import flags

from au_jax.errors import InputError
from au_jax.sampling.planned_batches import ALL_ROWS, Batch, PlannedBatches, ProcessRows


@dataclasses.dataclass(frozen=True)
class StepSource:
    """A Grain source whose elements are the batches of the steps `first`, …, `last` − 1.

    Attributes:
        batches: the batches.
        first: the first step.
        last: the step after the last one.
        rows: which rows of each step.
        name: says what decides the data, in Grain's messages.
    """

    batches: PlannedBatches
    first: int
    last: int
    rows: ProcessRows
    name: str

    def __len__(self) -> int:
        return max(self.last - self.first, 0)

    def __getitem__(self, index: int) -> Batch:
        return self.batches.step(self.first + int(index), self.rows)

    def __repr__(self) -> str:
        return (
            f"StepSource({self.name!r}, first={self.first}, last={self.last}, rows={self.rows!r})"
        )


def iterate_batches(
    batches: PlannedBatches,
    *,
    first: int,
    last: int,
    name: str,
    workers: int = 0,
    rows: ProcessRows = ALL_ROWS,
) -> grain.DatasetIterator[Batch]:
    """Yield the batches of the steps `first`, …, `last` − 1 in order, read ahead.

    The batches do not depend on the number of workers. Close the iterator to end its threads and
    workers, for example with `contextlib.closing`. To go on in the middle, start at another
    `first`; or keep Grain's `get_state()` and `set_state` it on an iterator with the same `first`,
    `last` and `workers`. The iterator can also be given to Orbax as it is.

    Args:
        batches: the batches.
        first: the first step.
        last: the step after the last one.
        name: says what decides the data.
        workers: processes that read. 0 is two threads of this process, which do for most: a worker
            takes seconds to start, and passes each batch on through shared memory, which can cost
            more than reading it. Measure with `tests/benchmarks/loader_speed.py`. Workers import
            the main module, which must not do its work then (`if __name__ == "__main__"`).
        rows: which rows of each step; all, unless several processes train together.

    Raises:
        InputError: if the number of workers is negative.
    """
    if workers < 0:
        raise InputError(f"the number of workers is {workers}; give 0 or more")
    source = StepSource(batches, first, last, rows, name)
    # An element is a whole batch: Grain's defaults would hold 500 of them.
    ahead = grain.ReadOptions(num_threads=2, prefetch_buffer_size=2 if workers else 4)
    dataset = grain.MapDataset.source(source).to_iter_dataset(ahead)
    if workers:
        if not flags.FLAGS.is_parsed():
            flags.FLAGS.mark_as_parsed()  # Grain reads its own; the defaults are meant
        dataset = dataset.mp_prefetch(grain.MultiprocessingOptions(num_workers=workers))
    return iter(dataset)
