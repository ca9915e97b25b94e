"""The batches of a plan as arrays: all rows of a step, or those of one of several processes."""

import dataclasses
from collections.abc import Callable

import numpy as np

from au_jax.errors import InputError
from au_jax.sampling.plan import Plan

Batch = dict[str, np.ndarray]
"""Arrays whose first axes are the rows of a step."""


@dataclasses.dataclass(frozen=True)
class ProcessRows:
    """Which rows of a step one of several processes reads.

    A step is filled up to a multiple of the devices and cut into one contiguous block for each
    process. So each row has the same place in the global batch, and with it the same dropout and
    augmentation, whatever the number of processes.

    Attributes:
        process: which process, from 0.
        processes: how many there are.
        devices: devices of all processes together, the same number in each.
    """

    process: int = 0
    processes: int = 1
    devices: int = 1

    def __post_init__(self) -> None:
        """Refuse a process that is not one of them, and devices that they cannot share out."""
        if not 0 <= self.process < self.processes:
            raise InputError(
                f"process {self.process} of {self.processes} is to read rows; processes are "
                f"counted from 0 to {self.processes - 1}"
            )
        if self.devices < 1 or self.devices % self.processes:
            raise InputError(
                f"{self.devices} devices for {self.processes} processes; give each process the "
                "same number of devices"
            )

    def block(self, rows: int) -> tuple[slice, int]:
        """Return the rows of this process, of a step of `rows`, and how many with the filling."""
        length = -(-rows // self.devices) * self.devices // self.processes
        return slice(self.process * length, min(rows, (self.process + 1) * length)), length


ALL_ROWS = ProcessRows()
"""What a process reads that is alone, on one device or for evaluation."""


@dataclasses.dataclass(frozen=True)
class PlannedBatches:
    """The batches of a plan.

    Attributes:
        plan: gives the indices of each step, `[batch]` or `[batch, time]`.
        read: gives the arrays of some of these indices, one row for each. It is called from
            several threads, and pickled for worker processes.
    """

    plan: Plan
    read: Callable[[np.ndarray], Batch]

    def step(self, step: int, rows: ProcessRows = ALL_ROWS) -> Batch:
        """Return the arrays of a step, or of the rows of one process.

        Rows that fill up the step are 0, so that their labels are missing and never count.
        """
        indices = self.plan[step]
        block, length = rows.block(len(indices))
        batch = self.read(indices[block])
        return {name: _filled(array, length) for name, array in batch.items()}


def _filled(array: np.ndarray, length: int) -> np.ndarray:
    missing = length - len(array)
    if not missing:
        return array
    return np.pad(array, [(0, missing)] + [(0, 0)] * (array.ndim - 1))
