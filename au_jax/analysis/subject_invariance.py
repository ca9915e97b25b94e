"""How much features differ between people: the Jensen-Shannon divergence of their means.

Chu, De la Torre and Cohn 2018, section 4.3, Eq. (2) and Figure 4. BUILD_NOTES.md says how the
figure's scale and the "median heuristic" are read.
"""

import dataclasses
from collections.abc import Iterable

import numpy as np

from au_jax.metrics.over_subjects import LEVEL

_FLOOR = 1e-12


@dataclasses.dataclass(frozen=True)
class Interval:
    """A number with its percentile interval over resampled people; NaN where there are too few."""

    value: float
    low: float
    high: float


def group_means(batches: Iterable[np.ndarray], groups: np.ndarray, count: int) -> np.ndarray:
    """Return the mean features of groups of frames, float64 `[group, feature]`; NaN if empty.

    Args:
        batches: features of consecutive frames, float `[frame, feature]` each.
        groups: int `[frame]`, the group of every frame, from 0 to before `count`.
        count: how many groups there are.
    """
    sums, done = np.zeros((count, 0)), 0
    for batch in batches:
        if not done:
            sums = np.zeros((count, batch.shape[1]))
        member = groups[done : done + len(batch)] == np.arange(count)[:, None]
        sums += member.astype(np.float64) @ batch.astype(np.float64)
        done += len(batch)
    frames = np.bincount(groups, minlength=count)[:, None]
    return np.divide(sums, frames, out=np.full_like(sums, np.nan), where=frames > 0)


def as_distributions(means: np.ndarray) -> np.ndarray:
    """Squeeze mean features by a logistic function and divide them by their sum.

    Each mean is measured in its own median: that of the sizes of its entries, without those that
    are 0. The scale of features therefore does not count.

    Args:
        means: float `[subject, feature]`.

    Returns:
        float64 `[subject, feature]`, positive, rows sum to 1.
    """
    from scipy.special import expit

    sizes = np.abs(np.asarray(means, np.float64))
    medians = [np.median(row[row > 0]) if (row > 0).any() else _FLOOR for row in sizes]
    squeezed = expit(means / np.maximum(medians, _FLOOR)[:, None])
    return squeezed / squeezed.sum(axis=1, keepdims=True)


def js_divergence(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return the Jensen-Shannon divergence, Eq. (2), in nats: from 0 to ln 2.

    Args:
        first: distributions, float64 `[…, feature]`.
        second: others, of a shape that broadcasts with it.
    """
    from scipy.special import rel_entr

    middle = (first + second) / 2
    both = rel_entr(first, middle).sum(axis=-1) + rel_entr(second, middle).sum(axis=-1)
    return np.maximum(both / 2, 0)  # rounding can leave a little less than nothing


def pairwise_divergences(distributions: np.ndarray) -> np.ndarray:
    """Return the divergence of every two people, float64 `[subject, subject]`, in nats.

    Args:
        distributions: float64 `[subject, feature]`.
    """
    count = len(distributions)
    found = np.zeros((count, count))
    for one in range(count - 1):
        found[one, one + 1 :] = js_divergence(distributions[one], distributions[one + 1 :])
    return found + found.T


def log_scale(divergence: np.ndarray) -> np.ndarray:
    """Return log10(10⁶ · d), the scale of Figure 4; d is at least 1e-12."""
    return np.log10(1e6 * np.maximum(divergence, _FLOOR))


def resampled_log_means(divergences: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the mean over people of the log of their sum of divergences, for each resample.

    A person who was drawn twice is no other person to himself: the sum is the mean divergence from
    those drawn who are others, times the number of others in the whole.

    Args:
        divergences: `[subject, subject]`.
        weights: `[resample, subject]`, how often each subject was drawn.

    Returns:
        float64 `[resample]`; NaN where a single person was drawn.
    """
    count = len(divergences)
    others = count - weights
    means = np.divide(
        weights @ divergences, others, out=np.full_like(others, np.nan), where=others > 0
    )
    values = log_scale((count - 1) * means)
    return np.where(weights > 0, weights * values, 0).sum(axis=1) / count


def log_divergence(divergences: np.ndarray, weights: np.ndarray) -> Interval:
    """Return the number of Figure 4, and how far it moves with other people.

    Args:
        divergences: `[subject, subject]`, two subjects at least.
        weights: `[resample, subject]`, see `metrics.over_subjects.resampled_weights`.
    """
    (value,) = resampled_log_means(divergences, np.ones((1, len(divergences))))
    return _interval(value, resampled_log_means(divergences, weights))


def log_difference(first: np.ndarray, second: np.ndarray, weights: np.ndarray) -> Interval:
    """Return the number of Figure 4 of some features minus that of others, on the same people.

    Args:
        first: divergences `[subject, subject]` of some features.
        second: of others.
        weights: as of `log_divergence`, the same for both.
    """
    once = np.ones((1, len(first)))
    (value,) = resampled_log_means(first, once) - resampled_log_means(second, once)
    drawn = resampled_log_means(first, weights) - resampled_log_means(second, weights)
    return _interval(value, drawn)


def between_to_own(divergences: np.ndarray, own: np.ndarray, weights: np.ndarray) -> Interval:
    """Return the divergence of two people as a multiple of that of a person from himself.

    Args:
        divergences: `[subject, subject]`.
        own: `[subject]`, between two parts of each person's frames; NaN where there is one part.
        weights: as of `log_divergence`.
    """
    measured = np.isfinite(own)
    own, count = np.where(measured, own, 0), len(own)

    def ratio(weights: np.ndarray) -> np.ndarray:
        of_pairs = ((weights @ divergences) * weights).sum(axis=1)
        pairs = (weights * (count - weights)).sum(axis=1)
        of_own, persons = weights @ own, weights @ measured
        above, below = of_pairs * persons, of_own * pairs
        return np.divide(above, below, out=np.full(len(weights), np.nan), where=below > 0)

    (value,) = ratio(np.ones((1, count)))
    return _interval(value, ratio(weights))


def _interval(value: float, drawn: np.ndarray) -> Interval:
    known = drawn[~np.isnan(drawn)]
    if not len(known):
        return Interval(float(value), float("nan"), float("nan"))
    low, high = np.quantile(known, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Interval(float(value), float(low), float(high))
