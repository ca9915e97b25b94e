"""Easy and hard samples: which ones the classifiers get wrong, and what they are told then."""

import numpy as np

from au_jax.settings import HardTest

_SAME, _OTHER = 19, 10
"""Ratio of same-class to other-class pairs closer than the threshold, as in the authors' demo."""
_AT_ONCE = 1024


def hard_samples(decisions: np.ndarray, labels: np.ndarray, test: HardTest) -> np.ndarray:
    """Return which samples are hard, bool `[sample]`; those without a label are not.

    Args:
        decisions: float `[sample, 2]` of w₊ and w₋.
        labels: ±1, or 0 where there is none, `[sample]`.
        test: what makes a sample hard.
    """
    positive = decisions > 0
    if test is HardTest.DISAGREEMENT:
        hard = positive[:, 0] != positive[:, 1]
    else:
        hard = (positive != (labels > 0)[:, None]).any(axis=1)
    return hard & (labels != 0)


def relabelled(
    samples: np.ndarray, labels: np.ndarray, hard: np.ndarray, threshold: float
) -> np.ndarray:
    """Return what w₊ and w₋ are told, float64 `[sample, 2]`.

    A relabelled sample is −1 to w₊ and +1 to w₋: each is told that it is not of its class, and so
    keeps the sign of its class for samples it is sure of.

    Args:
        samples: float64 `[sample, feature]`.
        labels: ±1, or 0 where there is none, `[sample]`.
        hard: bool `[sample]`.
        threshold: squared distance within which a hard sample of the other class makes a hard
            sample one to relabel; infinity relabels all (holistic), with or without such another.
    """
    everything = np.isinf(threshold)
    moved = hard if everything else _near_other_class(samples, labels, hard, threshold)
    targets = np.repeat(labels.astype(np.float64)[:, None], 2, axis=1)
    targets[moved] = (-1, 1)
    return targets


def distance_threshold(samples: np.ndarray, labels: np.ndarray) -> float:
    """Return the squared distance below which 1.9 same-class pairs come on one of two classes.

    Pairs are those of a sample of the rarer class and any other sample. Found by bisection; 0 where
    the nearest samples are already more mixed than that.

    Args:
        samples: float64 `[sample, feature]`.
        labels: ±1, or 0 where there is none, `[sample]`; both classes occur.
    """
    positive, negative = np.flatnonzero(labels > 0), np.flatnonzero(labels < 0)
    rare, common = sorted((positive, negative), key=len)
    # Each pair of two rare samples counts from both sides; a sample is no neighbour of itself.
    above = np.triu_indices(len(rare), 1)
    same = squared_distances(samples[rare], samples[rare])[above]
    other = squared_distances(samples[rare], samples[common]).reshape(-1)
    low, high = 0.0, float(max(same.max(initial=0), other.max())) * (1 + 1e-9) + 1e-300
    while high - low > 1e-6 * high:
        middle = (low + high) / 2
        counts = 2 * np.count_nonzero(same < middle), np.count_nonzero(other < middle)
        if _OTHER * counts[0] >= _SAME * counts[1]:
            low = middle
        else:
            high = middle
        if high < 1e-12:
            return 0.0
    return low


def squared_distances(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return |a − b|² of rows, `[first, second]`."""
    squares = (first**2).sum(axis=1)[:, None] + (second**2).sum(axis=1)
    return np.maximum(squares - 2 * first @ second.T, 0)


def _near_other_class(
    samples: np.ndarray, labels: np.ndarray, hard: np.ndarray, threshold: float
) -> np.ndarray:
    """Return which hard samples have a hard one of the other class near, bool `[sample]`."""
    positive, negative = np.flatnonzero(hard & (labels > 0)), np.flatnonzero(hard & (labels < 0))
    near = np.zeros(len(labels), bool)
    for first in range(0, len(positive), _AT_ONCE):
        part = positive[first : first + _AT_ONCE]
        close = squared_distances(samples[part], samples[negative]) < threshold
        near[part] = close.any(axis=1)
        near[negative] |= close.any(axis=0)
    return near
