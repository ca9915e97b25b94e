"""Deal frames into batches so that every batch gets its share of each AU (Algorithm 1).

Algorithm 1 as printed never ends: an AU whose frames are used up has the fewest frames from then on
and is chosen for ever. Here the choice is among AUs that have frames left; when there are none, the
frames without any AU make the last stratum. So there are at most L + 1 strata.
"""

import dataclasses

import numpy as np


@dataclasses.dataclass(frozen=True)
class Strata:
    """The strata in the order in which they are dealt.

    Attributes:
        classes: the class of each stratum but the last; frames without a class come last.
        of_pattern: int64 `[patterns]`, the stratum of each pattern.
    """

    classes: tuple[int, ...]
    of_pattern: np.ndarray


def find_strata(present: np.ndarray, sizes: np.ndarray) -> Strata:
    """Form strata: again and again all frames of the class with the fewest frames left.

    Source: Algorithm 1, lines 1, 3, 4, 8 and 9. Of two such classes the first is taken.

    Args:
        present: bool `[patterns, classes]`.
        sizes: int64 `[patterns]`, the number of frames with each pattern.
    """
    left = np.where(present.any(axis=1), sizes, 0)
    of_pattern = np.zeros(len(present), np.int64)
    classes: list[int] = []
    while left.any():
        counts = left @ present
        counts[counts == 0] = np.iinfo(np.int64).max
        rarest = int(counts.argmin())
        members = present[:, rarest] & (left > 0)
        of_pattern[members] = len(classes)
        left[members] = 0
        classes.append(rarest)
    of_pattern[~present.any(axis=1)] = len(classes)
    return Strata(tuple(classes), of_pattern)


def deal_frames(
    frames: np.ndarray,
    of_frame: np.ndarray,
    present: np.ndarray,
    batches: int,
    generator: np.random.Generator,
    *,
    correct_overlap: bool = False,
) -> tuple[np.ndarray, np.ndarray]:
    """Deal frames into batches whose sizes differ by at most one.

    Without correction every stratum is dealt out to all batches in turn; the next stratum begins
    where the last one ended (Algorithm 1, line 6). With correction each frame goes to the batch
    that lacks the class of its stratum most, counting what came along with earlier strata, and of
    several such batches to the one with most room: the iterative stratification of K. Sechidis,
    G. Tsoumakas, I. Vlahavas, On the stratification of multi-label data, ECML PKDD 2011, with
    subsets of equal size that are never overfilled. A whole stratum is dealt at once, which comes
    to the same as its frames one by one.

    Args:
        frames: int64 `[n]`, the frames to deal.
        of_frame: int64 `[all frames]`, the pattern of each frame.
        present: bool `[patterns, classes]`.
        batches: the number of batches.
        generator: decides the order within a stratum, and which batch is which.
        correct_overlap: whether to count what came along with earlier strata.

    Returns:
        The frames in the order in which they are dealt, and the batch of each, both int64 `[n]`.
    """
    frames = generator.permutation(frames)
    of_dealt = of_frame[frames]
    strata = find_strata(present, np.bincount(of_dealt, minlength=len(present)))
    stratum = strata.of_pattern.astype(np.uint16)[of_dealt]
    order = np.argsort(stratum, kind="stable")
    frames = frames[order]
    # Otherwise the few frames of a rare AU would always lie in the first batches of an epoch.
    names = generator.permutation(batches)
    if not correct_overlap:
        return frames, names[np.arange(len(frames)) % batches]
    ends = np.cumsum(np.bincount(stratum, minlength=len(strata.classes) + 1))
    classes = present.astype(np.uint8)[of_dealt[order]]
    groups = np.split(classes, ends[:-1])
    return frames, names[_deal_corrected(groups, strata.classes, batches, generator)]


def _deal_corrected(
    groups: list[np.ndarray],
    classes: tuple[int, ...],
    batches: int,
    generator: np.random.Generator,
) -> np.ndarray:
    """Return the batch of each frame; `groups` are the classes of the frames of each stratum."""
    total = sum(len(group) for group in groups)
    room = total // batches + (np.arange(batches) < total % batches)
    counts = np.zeros((batches, groups[0].shape[1]), np.int64)
    dealt = []
    for group, rarest in zip(groups, classes, strict=False):
        given = level_counts(counts[:, rarest], room, len(group), generator)
        starts = np.cumsum(given) - given
        taking = given > 0
        counts[taking] += np.add.reduceat(group, starts[taking], axis=0, dtype=np.int64)
        room = room - given
        dealt.append(np.repeat(np.arange(batches), given))
    return np.concatenate([*dealt, np.repeat(np.arange(batches), room)])


def level_counts(
    counts: np.ndarray, room: np.ndarray, frames: int, generator: np.random.Generator
) -> np.ndarray:
    """Give frames to the batch with the lowest count, one after the other.

    Of several such batches the one with most room is taken, then any. As every frame raises the
    count of its batch by one, this levels the counts from below.

    Args:
        counts: int64 `[batches]`, what each batch has already.
        room: int64 `[batches]`, what each batch can still take; at least `frames` in all.
        frames: how many to give.
        generator: decides between equals.

    Returns:
        int64 `[batches]`, how many each batch gets.
    """
    end = int((counts + room).max()) + 1
    starting, filled = np.bincount(counts, minlength=end), np.bincount(counts + room, minlength=end)
    rising = np.cumsum(starting - filled)  # batches that a frame can raise from each level
    # The highest level that the frames can bring all batches to.
    level = int(np.searchsorted(np.cumsum(rising), frames, side="right"))
    given = np.minimum(np.maximum(level - counts, 0), room)
    rest = frames - int(given.sum())
    candidates = generator.permutation(np.flatnonzero((counts <= level) & (given < room)))
    order = np.argsort(given[candidates] - room[candidates], kind="stable")
    given[candidates[order[:rest]]] += 1
    return given
