"""Choosing rows of a frames table."""

import numpy as np

from au_jax.datasets.dataset import Dataset, FramesTable
from au_jax.errors import InputError


def usable_rows(dataset: Dataset, rows: np.ndarray) -> np.ndarray:
    """Return those of `rows` whose face was tracked and that have a label.

    Raises:
        InputError: if there is none.
    """
    table = dataset.frames
    usable = rows[table.tracked[rows] & (table.labels[rows] != 0).any(axis=1)]
    if len(usable) == 0:
        raise InputError(
            f"none of {len(rows)} frames of data set '{dataset.name}' has a tracked face and a "
            "label; change --experiment.protocol.seed or look at the data with "
            "python -m au_jax.prepare --describe=FOLDER"
        )
    return usable


def evenly_spaced(rows: np.ndarray, count: int) -> np.ndarray:
    """Return at most `count` of `rows`, spread over all of them."""
    return rows[:: max(1, -(-len(rows) // count))]


def spread_over_subjects(table: FramesTable, rows: np.ndarray, per_subject: int) -> np.ndarray:
    """Return at most `per_subject` of the rows of each subject, in the order of the table.

    They are evenly spaced over the subject's rows, so over the recordings, too.

    Args:
        table: says whose rows they are.
        rows: int64 `[row]`, increasing.
        per_subject: how many of a subject at most.
    """
    subjects = table.subject[rows]
    chosen = []
    for subject in np.unique(subjects):
        own = rows[subjects == subject]
        count = min(per_subject, len(own))
        # The middles of `count` equal parts.
        chosen.append(own[((np.arange(count) + 0.5) * len(own) / count).astype(np.int64)])
    return np.sort(np.concatenate(chosen)) if chosen else rows
