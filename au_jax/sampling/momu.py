"""MOMU sampling: frames of rare AUs more often, of frequent AUs less often (Algorithm 2)."""

from collections.abc import Sequence

import numpy as np

from au_jax.errors import InputError
from au_jax.sampling.label_patterns import find_patterns
from au_jax.sampling.momu_run import MomuRules, MomuRun
from au_jax.sampling.plan import (
    check_batch_size,
    check_seed,
    check_step,
    chosen,
    random_generator,
)
from au_jax.sampling.recent_results import RecentResults
from au_jax.settings import MomuRestore, MomuTies

_LONGEST_RUN = 8192
"""Batches of a run at most; keeps the cost of a step in the middle of a run within seconds."""


class MomuPlan:
    """Batches that are filled, S frames at a time, for the AU that is rarest in the batch so far.

    Algorithm 2 changes its data set from batch to batch. So that any step can be asked for, it is
    run anew after every `batches_per_epoch` batches, each run from a generator of its own. Such an
    epoch hands out about as many frames as there are, at most 8192 batches.

    Steps that are asked for in order cost one batch each, about 0.25 ms, and each epoch its queues:
    0.01 s for 147,000 frames, 2.5 s for ten million. A step of another epoch than those of the last
    two calls costs its queues and all batches of its epoch up to it: at most 0.2 s for 147,000
    frames and batches of 196, 5 s for ten million frames.

    Frames without any AU are never drawn, unless they are a class (`neutral`). A class with fewer
    frames than a batch needs of it repeats frames within the batch, but none while another frame of
    the class is not yet in it.
    """

    def __init__(
        self,
        labels: np.ndarray,
        batch_size: int,
        seed: int,
        *,
        draw_size: int = 8,
        neutral: bool = False,
        restore: MomuRestore | str = MomuRestore.EARLIER_BATCHES,
        ties: MomuTies | str = MomuTies.RAREST,
        batches_per_epoch: int | None = None,
        aus: Sequence[int] | None = None,
    ) -> None:
        """Plan batches over the rows of `labels`.

        Args:
            labels: int8 `[frames, aus]` in {−1, 0, +1}.
            batch_size: frames of a step.
            seed: decides all draws.
            draw_size: S of the paper, see `MomuRules`; the paper gives no value, and from 1 to 16
                the balance hardly differs.
            neutral: whether frames without any AU are a class like the AUs.
            restore: see `MomuRules`.
            ties: see `MomuRules`.
            batches_per_epoch: B of the paper, the batches of a run; by default as many as hold the
                number of labelled frames, at most 8192.
            aus: the FACS numbers of the columns, for messages.

        Raises:
            InputError: if a value cannot be used, or no AU has a positive.
        """
        self.seed = check_seed(seed)
        self._patterns = find_patterns(labels, aus=aus, neutral=neutral)
        drawable = np.asarray(self._patterns.present.any(axis=1))[self._patterns.of_frame]
        self.batch_size = check_batch_size(
            batch_size, int(np.count_nonzero(drawable)), "training frames that MOMU can draw"
        )
        if batches_per_epoch is None:
            frames = len(self._patterns.rows)
            batches_per_epoch = min(-(-frames // self.batch_size), _LONGEST_RUN)
        if batches_per_epoch < 1:
            raise InputError(f"MOMU runs of {batches_per_epoch} batches; give 1 or more")
        self.batches_per_epoch = batches_per_epoch
        self.rules = MomuRules(
            self.batch_size,
            draw_size,
            chosen(MomuRestore, restore, "restore of MOMU"),
            chosen(MomuTies, ties, "ties of MOMU"),
        )
        self._runs: RecentResults[MomuRun] = RecentResults()

    def __getitem__(self, step: int) -> np.ndarray:
        """Return the frame indices of `step` in draw order, int64 `[batch]`, read-only."""
        epoch, position = divmod(check_step(step), self.batches_per_epoch)
        return self._runs.get(epoch, self._run)[position]

    def _run(self, epoch: int) -> MomuRun:
        return MomuRun(
            self._patterns, self.rules, self.batches_per_epoch, random_generator(self.seed, epoch)
        )
