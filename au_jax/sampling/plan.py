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
