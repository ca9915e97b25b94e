"""Stratified sampling: every batch has its share of each AU (Algorithm 1)."""

from collections.abc import Sequence

import numpy as np

from au_jax.sampling.label_patterns import find_patterns
from au_jax.sampling.plan import check_batch_size, check_seed, check_step, random_generator
from au_jax.sampling.recent_results import RecentResults
from au_jax.sampling.stratification import deal_frames


class StratifiedPlan:
    """Batches of distinct frames, dealt from strata anew in each epoch.

    An epoch deals floor(frames / batch size) batches of exactly the batch size. What would not fill
    another batch is left out before dealing, drawn at random, so that each labelled frame is as
    likely in an epoch as any other. Within a batch frames of rare AUs come first.

    A step of the epoch of the last call, or of the one before it, costs a slice. Any other epoch
    is dealt first, which takes about 0.01 s for 147,000 frames.
    """

    def __init__(
        self,
        labels: np.ndarray,
        batch_size: int,
        seed: int,
        *,
        correct_overlap: bool = False,
        neutral: bool = False,
        aus: Sequence[int] | None = None,
    ) -> None:
        """Plan batches over the rows of `labels`.

        Args:
            labels: int8 `[frames, aus]` in {−1, 0, +1}; frames without any label are not drawn.
            batch_size: frames of a step.
            seed: decides all epochs.
            correct_overlap: whether strata make up for positives that came along with earlier
                strata (Sechidis, Tsoumakas, Vlahavas 2011) instead of being dealt evenly.
            neutral: whether frames without any AU are a class with a turn by their number, instead
                of the last stratum.
            aus: the FACS numbers of the columns, for messages.

        Raises:
            InputError: if the labels, batch size or seed cannot be used, or no AU has a positive.
        """
        self.seed = check_seed(seed)
        self.correct_overlap = correct_overlap
        self._patterns = find_patterns(labels, aus=aus, neutral=neutral)
        frames = len(self._patterns.rows)
        self.batch_size = check_batch_size(batch_size, frames, "labelled training frames")
        self.batches_per_epoch = frames // self.batch_size
        self._epochs: RecentResults[np.ndarray] = RecentResults()

    def __getitem__(self, step: int) -> np.ndarray:
        """Return the frame indices of `step`, int64 `[batch]`, read-only."""
        epoch, position = divmod(check_step(step), self.batches_per_epoch)
        return self._epochs.get(epoch, self._deal)[position]

    def _deal(self, epoch: int) -> np.ndarray:
        generator = random_generator(self.seed, epoch)
        patterns = self._patterns
        frames = np.arange(len(patterns.rows))
        left_out = generator.choice(frames, len(frames) % self.batch_size, replace=False)
        frames = np.delete(frames, left_out)
        dealt, batch = deal_frames(
            frames,
            patterns.of_frame,
            patterns.present,
            self.batches_per_epoch,
            generator,
            correct_overlap=self.correct_overlap,
        )
        # NumPy sorts integers of 16 bits by counting, about ten times as fast as longer ones.
        numbers = batch.astype(np.uint16 if self.batches_per_epoch <= 2**16 else np.int64)
        order = np.argsort(numbers, kind="stable")
        batches = patterns.rows[dealt[order]].reshape(self.batches_per_epoch, self.batch_size)
        batches.flags.writeable = False
        return batches
