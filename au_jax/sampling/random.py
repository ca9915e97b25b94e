"""Random sampling: every labelled frame once per epoch, in a new order each time."""

import threading

import numpy as np

from au_jax.sampling.plan import (
    check_batch_size,
    check_seed,
    labelled_rows,
    random_generator,
)


class RandomPlan:
    """Batches of distinct frames, drawn without replacement until the epoch is used up.

    Frames without any label are never drawn. What does not fill a last batch of an epoch is left
    out, so that no frame stands twice in one batch.
    """

    def __init__(self, labels: np.ndarray, batch_size: int, seed: int) -> None:
        """Plan batches over the rows of `labels`.

        Args:
            labels: int8 `[frames, aus]` in {−1, 0, +1}.
            batch_size: frames of a step.
            seed: decides the order of all epochs.

        Raises:
            InputError: if the labels, batch size or seed cannot be used.
        """
        self.seed = check_seed(seed)
        self.rows = labelled_rows(labels)
        self.batch_size = check_batch_size(batch_size, len(self.rows), "labelled training frames")
        self.batches_per_epoch = len(self.rows) // self.batch_size
        self._epoch: tuple[int, np.ndarray] | None = None
        self._lock = threading.Lock()

    def __getitem__(self, step: int) -> np.ndarray:
        """Return the frame indices of `step`, int64 `[batch]`."""
        epoch, position = divmod(step, self.batches_per_epoch)
        start = position * self.batch_size
        return self._order(epoch)[start : start + self.batch_size]

    def _order(self, epoch: int) -> np.ndarray:
        with self._lock:  # reader threads of the loader ask at the same time
            if self._epoch is None or self._epoch[0] != epoch:
                order = random_generator(self.seed, epoch).permutation(self.rows)
                self._epoch = (epoch, order)
            return self._epoch[1]

    def __getstate__(self) -> dict[str, object]:
        return {**self.__dict__, "_epoch": None, "_lock": None}

    def __setstate__(self, state: dict[str, object]) -> None:
        self.__dict__.update(state)
        self._lock = threading.Lock()


class SequentialPlan:
    """All indices in order, for evaluation; the last batch may be short."""

    def __init__(self, indices: np.ndarray, batch_size: int) -> None:
        """Cut `indices` into consecutive batches of at most `batch_size`."""
        self.indices = indices
        self.batch_size = batch_size

    def __len__(self) -> int:
        return -(-len(self.indices) // self.batch_size)

    def __getitem__(self, step: int) -> np.ndarray:
        """Return the indices of batch `step`, int64 `[at most batch]`."""
        return self.indices[step * self.batch_size : (step + 1) * self.batch_size]
