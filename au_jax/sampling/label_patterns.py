"""The distinct combinations of AUs in a data set, and which one each frame has.

Frames with the same AUs are interchangeable for every sampling strategy. BP4D has 12 AUs and so at
most 4096 combinations; counting these is much cheaper than counting the labels of each frame.
"""

import dataclasses
import warnings
from collections.abc import Sequence

import numpy as np

from au_jax.errors import InputError
from au_jax.sampling.plan import check_labels, labelled_rows


@dataclasses.dataclass(frozen=True)
class LabelPatterns:
    """The AUs of all labelled frames.

    A class is an AU with at least one positive, or (last) the frames without any AU, where these
    were asked for as a class of their own.

    Attributes:
        rows: int64 `[labelled]`, where each labelled frame stands in the labels, ascending.
        of_frame: int64 `[labelled]`, the pattern of each labelled frame.
        present: bool `[patterns, classes]`, the classes of each pattern.
        columns: int64 `[AUs with a positive]`, the columns of the labels that became classes.
    """

    rows: np.ndarray
    of_frame: np.ndarray
    present: np.ndarray
    columns: np.ndarray

    def frames_per_class(self) -> np.ndarray:
        """Return the number of frames of each class, N_ℓ of the paper, int64 `[classes]`."""
        sizes = np.bincount(self.of_frame, minlength=len(self.present))
        return sizes @ self.present


def find_patterns(
    labels: np.ndarray, *, aus: Sequence[int] | None = None, neutral: bool = False
) -> LabelPatterns:
    """Find the combinations of AUs in `labels`.

    Only +1 counts as presence. Frames without any known label are left out. An AU without a
    positive cannot be sampled for: it is left out with a warning.

    Args:
        labels: int8 `[frames, aus]` in {−1, 0, +1}; 0 is missing.
        aus: the FACS numbers of the columns, for messages.
        neutral: whether frames without any AU are a class of their own.

    Raises:
        InputError: if the labels are not such an array, or have no positive at all.
    """
    check_labels(labels)
    positives = np.array([np.count_nonzero(column > 0) for column in labels.T])
    columns = np.flatnonzero(positives)
    if columns.size == 0:
        raise InputError(
            f"no AU is present in any of the {len(labels)} training frames; check the label "
            "files, or choose the sampling strategy 'random'"
        )
    if columns.size < len(positives):
        names = _names(np.flatnonzero(positives == 0), aus)
        warnings.warn(
            f"never present in the training frames, so not sampled for: {names}", stacklevel=3
        )
    rows = labelled_rows(labels)
    of_frame, present = _number_patterns(labels, columns)
    of_frame = of_frame[rows]
    without_au = np.asarray(~present.any(axis=1))
    if neutral and without_au[of_frame].any():
        present = np.column_stack([present, without_au])
    return LabelPatterns(rows, of_frame, present, columns)


def _names(columns: np.ndarray, aus: Sequence[int] | None) -> str:
    if aus is None:
        return ", ".join(f"the AU of column {column}" for column in columns)
    return ", ".join(f"AU{aus[column]}" for column in columns)


def _number_patterns(labels: np.ndarray, columns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the pattern of each frame, int64 `[frames]`, and the AUs of each pattern."""
    numbers = np.zeros(len(labels), np.int64)
    present = np.zeros((1, 0), bool)
    for block in np.array_split(columns, -(-len(columns) // 12)):
        for column in block:
            numbers *= 2
            numbers += labels[:, column] > 0
        kept, numbers = _renumber(numbers, len(present) << len(block))
        earlier, code = np.divmod(kept, 1 << len(block))
        bits = code[:, np.newaxis] >> np.arange(len(block))[::-1] & 1
        present = np.hstack([present[earlier], bits.astype(bool)])
    return numbers, present


def _renumber(numbers: np.ndarray, end: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the distinct numbers below `end`, ascending, and where each number stands there."""
    if end > 4 * len(numbers) + 4096:
        return np.unique(numbers, return_inverse=True)
    seen = np.zeros(end, bool)
    seen[numbers] = True
    return np.flatnonzero(seen), (np.cumsum(seen) - 1)[numbers]
