"""One run of Algorithm 2, multi-label minority oversampling majority undersampling (MOMU).

Counting the labels of the whole data set at each draw would be slow. Here every class has a queue
of its frames in random order, with a place up to which it was read; a flag says of each frame
whether it is still in the data set D; and the number of frames of each class in D is kept up to
date by addition and subtraction.
"""

import dataclasses
import threading

import numpy as np

from au_jax.errors import InputError
from au_jax.sampling.label_patterns import LabelPatterns
from au_jax.settings import MomuRestore, MomuTies


@dataclasses.dataclass(frozen=True)
class MomuRules:
    """How Algorithm 2 is read.

    Attributes:
        batch_size: N of the paper, frames of a batch.
        draw_size: S of the paper, frames that are drawn at once for a class.
        restore: which frames come back when a class runs short (line 7). `EARLIER_BATCHES`: those
            that were handed out with earlier batches, so that no frame stands twice in a batch
            while its class has another one. `ALL_BATCHES`, to the letter: also those of the batch
            that is being filled.
        ties: of several classes with the fewest frames in the batch (line 13) take the `RAREST`,
            with the fewest frames left in D, then the first; the `FIRST`; or a `RANDOM` one, by an
            order drawn anew for each batch.
    """

    batch_size: int
    draw_size: int = 8
    restore: MomuRestore = MomuRestore.EARLIER_BATCHES
    ties: MomuTies = MomuTies.RAREST

    def __post_init__(self) -> None:
        """Refuse draws of no frames."""
        size = self.draw_size
        if isinstance(size, bool) or not isinstance(size, (int, np.integer)) or size < 1:
            raise InputError(f"the draw size of MOMU is {size!r}; give a whole number from 1 on")


class MomuRun:
    """The batches of one run, computed one after the other when they are asked for."""

    def __init__(
        self,
        patterns: LabelPatterns,
        rules: MomuRules,
        batches: int,
        generator: np.random.Generator,
    ) -> None:
        """Start with the whole data set D.

        Args:
            patterns: the classes of all frames.
            rules: how Algorithm 2 is read.
            batches: B of the paper, the number of batches.
            generator: decides all draws; belongs to this run from now on.
        """
        self._rows = patterns.rows
        self._length = batches
        self._batches: list[np.ndarray] = []
        self._state: _State | None = _State(patterns, rules, generator)
        self._lock = threading.Lock()

    def __getitem__(self, position: int) -> np.ndarray:
        """Return the frame indices of a batch, int64 `[batch]`, read-only."""
        if position >= len(self._batches):
            with self._lock:
                while self._state is not None and position >= len(self._batches):
                    batch = self._rows[self._state.next_batch()]
                    batch.flags.writeable = False
                    self._batches.append(batch)
                    if len(self._batches) == self._length:
                        self._state = None
        return self._batches[position]


class _State:
    """What Algorithm 2 has changed so far: D, N_ℓ and the queues."""

    def __init__(
        self, patterns: LabelPatterns, rules: MomuRules, generator: np.random.Generator
    ) -> None:
        self.rules = rules
        self.generator = generator
        self.of_frame = patterns.of_frame
        self.present = patterns.present.astype(np.int64)
        self.in_data = np.ones(len(self.of_frame), bool)
        self.left = patterns.frames_per_class()
        self.queues = [
            np.flatnonzero(column[self.of_frame])
            for column in np.ascontiguousarray(patterns.present.T)
        ]
        for queue in self.queues:
            generator.shuffle(queue)
        self.heads = [0] * len(self.queues)

    def next_batch(self) -> np.ndarray:
        """Fill a batch, lines 3 to 15; int64 `[batch]`, numbers of labelled frames."""
        size, draw_size = self.rules.batch_size, self.rules.draw_size
        batch = np.empty(size, np.int64)
        counts = np.zeros(len(self.queues), np.int64)
        tie_break, scale = self._tie_break(), len(self.in_data) + 1
        chosen = int(self.left.argmin())
        filled = 0
        while filled < size:
            if self.left[chosen] < draw_size:
                self._restore(chosen, batch[:filled])
            count = min(draw_size, size - filled)
            if self.left[chosen] > 0:
                frames = self._draw(chosen, min(count, int(self.left[chosen])))
                gained = self._count(frames)
                self.left -= gained
            else:  # all frames of the class are in this batch
                frames = self._repeat(chosen, count)
                gained = self._count(frames)
            batch[filled : filled + len(frames)] = frames
            filled += len(frames)
            counts += gained
            chosen = int((counts * scale + tie_break).argmin())
        return batch

    def _tie_break(self) -> np.ndarray:
        """Return what decides between classes with equal counts, at most the number of frames."""
        if self.rules.ties is MomuTies.RAREST:
            return self.left  # changes with every draw, and so do the ties
        classes = len(self.queues)
        if self.rules.ties is MomuTies.RANDOM:
            return self.generator.random(classes)
        return np.zeros(classes, np.int64)

    def _draw(self, chosen: int, count: int) -> np.ndarray:
        """Take the next `count` frames of a class that are in D; it has so many."""
        queue, head = self.queues[chosen], self.heads[chosen]
        width = 2 * count * len(queue) // int(self.left[chosen]) + 16
        parts: list[np.ndarray] = []
        while True:
            window = queue[head : head + width]
            places = self.in_data[window].nonzero()[0][:count]
            parts.append(window[places])
            self.in_data[parts[-1]] = False
            count -= len(places)
            if count == 0:
                self.heads[chosen] = head + int(places[-1]) + 1
                return parts[0] if len(parts) == 1 else np.concatenate(parts)
            head += width
            width *= 2
            if head >= len(queue):  # others were restored behind the place of reading
                self.generator.shuffle(queue)
                head = 0

    def _restore(self, chosen: int, drawn: np.ndarray) -> None:
        """Put frames of a class back into D (line 7); `drawn` is the batch so far."""
        queue = self.queues[chosen]
        held = drawn[~self.in_data[drawn]]
        if self.rules.restore is MomuRestore.ALL_BATCHES:
            held = held[:0]
        self.in_data[held] = True
        back = queue[~self.in_data[queue]]
        self.in_data[back] = True
        self.in_data[held] = False
        self.left += self._count(back)
        self.generator.shuffle(queue)
        self.heads[chosen] = 0

    def _repeat(self, chosen: int, count: int) -> np.ndarray:
        """Draw from a class whose frames are all in the batch; D stays as it is."""
        queue = self.queues[chosen]
        return self.generator.choice(queue, min(count, len(queue)), replace=False)

    def _count(self, frames: np.ndarray) -> np.ndarray:
        """Return how many of `frames` belong to each class, int64 `[classes]`."""
        patterns = self.of_frame[frames]
        if len(frames) <= len(self.present):
            return np.add.reduce(self.present[patterns], axis=0)
        return np.bincount(patterns, minlength=len(self.present)) @ self.present
