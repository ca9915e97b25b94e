"""Weighted random sampling: frames of rare AUs are drawn more often.

Not in the paper; the usual remedy against imbalance, to compare with.
"""

from collections.abc import Sequence

import numpy as np

from au_jax.sampling.label_patterns import LabelPatterns, find_patterns
from au_jax.sampling.plan import check_batch_size, check_seed, check_step, random_generator

_ROUNDS = 8


class WeightedPlan:
    """Batches of distinct frames, each drawn with a probability proportional to its weight.

    The weight of a frame is the mean of 1 / base rate over the AUs present in it. The mean, not
    the sum or the greatest: a frame is not drawn more often for having many AUs, and frequent AUs
    that come along with a rare one lower its weight. A frame without any AU has the weight of the
    most frequent AU, the lowest of all; with `neutral` such frames are a class with a base rate of
    its own. A base rate is the share of +1 among the known labels of an AU.

    Batches are independent of each other. Within a batch frames are drawn one after the other
    without replacement. Any step costs the same.
    """

    def __init__(
        self,
        labels: np.ndarray,
        batch_size: int,
        seed: int,
        *,
        neutral: bool = False,
        aus: Sequence[int] | None = None,
    ) -> None:
        """Plan batches over the rows of `labels`.

        Args:
            labels: int8 `[frames, aus]` in {−1, 0, +1}; frames without any label are not drawn.
            batch_size: frames of a step.
            seed: decides all draws.
            neutral: whether frames without any AU are weighted by their share.
            aus: the FACS numbers of the columns, for messages.

        Raises:
            InputError: if the labels, batch size or seed cannot be used, or no AU has a positive.
        """
        self.seed = check_seed(seed)
        patterns = find_patterns(labels, aus=aus, neutral=neutral)
        self.rows = patterns.rows
        self.batch_size = check_batch_size(batch_size, len(self.rows), "labelled training frames")
        self.batches_per_epoch = len(self.rows) // self.batch_size
        self._weights = _pattern_weights(labels, patterns)[patterns.of_frame]
        self._cumulative = np.cumsum(self._weights)

    def __getitem__(self, step: int) -> np.ndarray:
        """Return the frame indices of `step`, int64 `[batch]`."""
        generator = random_generator(self.seed, check_step(step))
        drawn = np.empty(0, np.int64)
        # Leaving out frames that were drawn before is drawing among the others.
        for _ in range(_ROUNDS):
            places = generator.random(2 * self.batch_size) * self._cumulative[-1]
            found = np.searchsorted(self._cumulative, places, side="right")
            # The product above can round up to the very end.
            found = np.concatenate([drawn, np.minimum(found, len(self.rows) - 1)])
            _, first = np.unique(found, return_index=True)
            drawn = found[np.sort(first)][: self.batch_size]
            if len(drawn) == self.batch_size:
                return self.rows[drawn]
        return self.rows[self._fill_up(drawn, generator)]

    def _fill_up(self, drawn: np.ndarray, generator: np.random.Generator) -> np.ndarray:
        """Draw the rest of a batch that takes most of the weight, at the cost of all frames.

        Waiting times with the weights as rates end in the order of draws without replacement
        (P. Efraimidis, P. Spirakis, Weighted random sampling with a reservoir, 2006).
        """
        waiting = generator.standard_exponential(len(self.rows)) / self._weights
        waiting[drawn] = np.inf
        rest = self.batch_size - len(drawn)
        nearest = np.argpartition(waiting, rest - 1)[:rest]
        return np.concatenate([drawn, nearest[np.argsort(waiting[nearest])]])


def _pattern_weights(labels: np.ndarray, patterns: LabelPatterns) -> np.ndarray:
    """Return the weight of a frame of each pattern, float64 `[patterns]`."""
    counts = patterns.frames_per_class()
    known = [int(np.count_nonzero(labels[:, column])) for column in patterns.columns]
    if len(counts) > len(known):  # the class of frames without any AU
        known.append(len(patterns.rows))
    inverse_rates = np.array(known) / counts
    classes = patterns.present.sum(axis=1)
    means = patterns.present @ inverse_rates / np.maximum(classes, 1)
    return np.where(classes > 0, means, inverse_rates.min())
