"""What a sampling strategy is: a pure function from a step to the indices of its batch."""

from typing import Protocol

import numpy as np

from au_jax.errors import InputError


class Plan(Protocol):
    """`plan[step]` gives the int64 indices of one training step, in draw order.

    A plan is a pure function of its settings, its seed and the step: any step can be asked for in
    any order, in any process, and gives the same answer.
    """

    def __getitem__(self, step: int) -> np.ndarray:
        """Return the indices of `step`, int64."""
        ...


def random_generator(seed: int, *position: int) -> np.random.Generator:
    """Return a generator that belongs to a seed and a position such as (epoch,) or (step, row)."""
    return np.random.default_rng(np.random.SeedSequence((seed, *position)))


def labelled_rows(labels: np.ndarray) -> np.ndarray:
    """Return the indices of rows with at least one known label, int64.

    Args:
        labels: int8 `[frames, aus]` in {−1, 0, +1}; 0 is missing.

    Raises:
        InputError: if no row has a known label.
    """
    rows = np.flatnonzero((labels != 0).any(axis=1))
    if rows.size == 0:
        raise InputError(
            f"none of the {len(labels)} training frames has a label; check the label files"
        )
    return rows


def check_seed(seed: int) -> int:
    """Return a seed as int.

    Raises:
        InputError: if it is not an integer or negative.
    """
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or seed < 0:
        raise InputError(f"the seed is {seed!r}; give a whole number from 0 on")
    return int(seed)


def check_batch_size(batch_size: int, frames: int, kind: str) -> int:
    """Return a batch size as int.

    Args:
        batch_size: frames of a training step.
        frames: the number of frames that can be drawn.
        kind: says what these frames are, such as "labelled training frames".

    Raises:
        InputError: if it is not an integer from 1 to `frames`.
    """
    if (
        isinstance(batch_size, bool)
        or not isinstance(batch_size, (int, np.integer))
        or not 1 <= batch_size <= frames
    ):
        raise InputError(
            f"the batch size is {batch_size!r}, but there are {frames} {kind}; choose a batch "
            "size from 1 to that number"
        )
    return int(batch_size)


def check_step(step: int) -> int:
    """Return a step as int.

    Raises:
        IndexError: if it is negative.
    """
    if step < 0:
        raise IndexError(f"step {step} of a plan; steps are counted from 0")
    return int(step)
