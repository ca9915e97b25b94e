"""What a sampling strategy is: a pure function from a step to the indices of its batch."""

import enum
from typing import Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from au_jax.errors import InputError

Choice = TypeVar("Choice", bound=enum.Enum)


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
        InputError: if they are not such labels, or no row has a known one.
    """
    check_labels(labels)
    rows = np.flatnonzero((labels != 0).any(axis=1))
    if rows.size == 0:
        raise InputError(
            f"none of the {len(labels)} training frames has a label; check the label files"
        )
    return rows


def labels_from_binary(present: npt.ArrayLike) -> np.ndarray:
    """Return labels as plans take them, int8 in {−1, 0, +1}.

    Args:
        present: `[frames, aus]`, 1 or True where an AU is present, 0 or False where it is absent,
            NaN where that is not known.

    Raises:
        InputError: if there are other values.
    """
    values = np.asarray(present, np.float64)
    missing = np.isnan(values)
    if not np.isin(values[~missing], (0, 1)).all():
        raise InputError(
            f"{values[~missing & (values != 0) & (values != 1)][0]:g} is neither 1 (present) nor 0 "
            "(absent) nor NaN (missing)"
        )
    return np.where(missing, 0, np.where(values == 1, 1, -1)).astype(np.int8)


def check_labels(labels: np.ndarray) -> None:
    """Refuse what is not an int8 matrix of −1, 0 and +1.

    Raises:
        InputError: says what is wrong.
    """
    if labels.ndim != 2 or labels.size == 0 or labels.dtype != np.int8:
        raise InputError(
            f"the labels are {labels.dtype} of shape {labels.shape}; give int8 [frames, aus] with "
            "at least one frame and one AU: −1 absent, 0 missing, +1 present. Where 1 is present "
            "and 0 absent, labels_from_binary(labels) converts them"
        )
    if labels.min() < -1 or labels.max() > 1:
        raise InputError(
            f"the labels range from {labels.min()} to {labels.max()}; give −1 (absent), 0 "
            "(missing) and +1 (present)"
        )


def chosen(kind: type[Choice], value: Choice | str, what: str) -> Choice:
    """Return a choice, or that of a word.

    Raises:
        InputError: if there is no such word.
    """
    words = [member.value for member in kind]
    if value not in words and value not in list(kind):
        raise InputError(f"{what} is {value!r}; choose one of {', '.join(words)}")
    return kind(value)


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
