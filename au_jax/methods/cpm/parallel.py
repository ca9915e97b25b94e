"""AUs side by side, each on one core.

The matrices of a step are small, so that a linear algebra library that spreads each product over
all cores waits more than it computes; on a busy machine by a factor of 50.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from threadpoolctl import threadpool_limits

Item = TypeVar("Item")
Result = TypeVar("Result")


def map_on_cores(work: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
    """Yield the results of `work` for each item, in order; NumPy and SciPy use one core for each.

    The results do not depend on the number of cores.
    """
    with (
        threadpool_limits(1, user_api="blas"),
        ThreadPoolExecutor(max_workers=_available_cores()) as pool,
    ):
        yield from pool.map(work, items)


def _available_cores() -> int:
    # Of a cluster's machine a job may have a part only.
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
