"""What faces with an action unit look like, less those without it."""

from collections.abc import Iterable

import numpy as np


def class_differences(batches: Iterable[np.ndarray], labels: np.ndarray) -> np.ndarray:
    """Return the mean of faces with each unit less the mean of those without it.

    Args:
        batches: faces `[n, height, width, channel]`, in the order of the labels.
        labels: int8 `[frame, au]`: +1 present, -1 absent, 0 missing.

    Returns:
        float64 `[au, height, width, channel]`; 0 for a unit that is always or never there.
    """
    known = [labels == 1, labels == -1]
    sums: list[np.ndarray | float] = [0.0, 0.0]
    first = 0
    for faces in batches:
        rows = slice(first, first + len(faces))
        for side, chosen in enumerate(known):
            sums[side] = sums[side] + np.tensordot(chosen[rows].T.astype(np.float64), faces, 1)
        first += len(faces)
    counts = [chosen.sum(axis=0) for chosen in known]
    means = [
        total / np.maximum(count, 1)[:, None, None, None]
        for total, count in zip(sums, counts, strict=True)
    ]
    both = (counts[0] > 0) & (counts[1] > 0)
    return np.where(both[:, None, None, None], means[0] - means[1], 0.0)
