"""How far F1-frame would move with other subjects: intervals, and tests between methods.

Frames of a person resemble one another, so that thousands of them say little more than one; what
can be drawn anew is people. Subjects are resampled with replacement, all frames of a subject
together (the bootstrap of clusters: A. C. Davison and D. V. Hinkley, "Bootstrap Methods and their
Application", 1997, section 3.8). Counts of decisions add up over subjects, so that a resample is a
weighted sum of a few counts and not a pass over the frames.
"""

import dataclasses
import itertools
from collections.abc import Mapping, Sequence

import numpy as np

from au_jax.metrics.frame_based import count_decisions, mean_of_known

RESAMPLES = 2000
LEVEL = 0.95
"""Share of the resamples inside an interval."""


@dataclasses.dataclass(frozen=True)
class SubjectCounts:
    """Decisions of a method counted for each subject and AU.

    Attributes:
        subjects: their names, sorted.
        true_positive: int64 `[subject, au]`.
        false_positive: int64 `[subject, au]`.
        false_negative: int64 `[subject, au]`.
        labelled: int64 `[subject, au]`, frames with a known label.
    """

    subjects: tuple[str, ...]
    true_positive: np.ndarray
    false_positive: np.ndarray
    false_negative: np.ndarray
    labelled: np.ndarray


@dataclasses.dataclass(frozen=True)
class Difference:
    """Two methods on the same subjects: mean F1-frame of the first minus that of the second.

    Attributes:
        first: a method.
        second: another one.
        difference: of their means over AUs, all frames pooled, in [-1, 1].
        low: lower end of its interval over subjects; NaN with fewer than two subjects.
        high: upper end.
        better: subjects on whom the first has the higher mean F1.
        worse: subjects on whom the second has.
        p_value: of the Wilcoxon signed-rank test over subjects, two-sided.
        p_holm: `p_value` after the correction of Holm for all pairs that were compared.
    """

    first: str
    second: str
    difference: float
    low: float
    high: float
    better: int
    worse: int
    p_value: float
    p_holm: float


def subject_counts(labels: np.ndarray, scores: np.ndarray, subjects: np.ndarray) -> SubjectCounts:
    """Count decisions for each subject.

    Args:
        labels: int8 `[frames, aus]` in {−1, 0, +1}.
        scores: real `[frames, aus]`; present where above 0.
        subjects: `[frames]`, the subject of each frame.
    """
    names, codes = np.unique(subjects, return_inverse=True)
    borders = np.cumsum(np.bincount(codes))[:-1]
    rows = np.split(np.argsort(codes, kind="stable"), borders)
    counts = [count_decisions(labels[own], scores[own]) for own in rows]
    return SubjectCounts(
        subjects=tuple(map(str, names)),
        true_positive=np.stack([count.true_positive for count in counts]),
        false_positive=np.stack([count.false_positive for count in counts]),
        false_negative=np.stack([count.false_negative for count in counts]),
        labelled=np.stack([(labels[own] != 0).sum(axis=0) for own in rows]),
    )


def weighted_mean_f1(counts: SubjectCounts, weights: np.ndarray) -> np.ndarray:
    """Return the mean F1-frame over AUs when subjects count several times or not at all.

    As in `f1_frame`, an AU without a true positive has F1 = 0 and one without labels has none.

    Args:
        counts: of a method.
        weights: float64 `[resample, subject]`, how often each subject counts.

    Returns:
        float64 `[resample]`; NaN where no AU has labels.
    """
    found = 2 * (weights @ counts.true_positive)
    total = found + weights @ counts.false_positive + weights @ counts.false_negative
    f1 = np.divide(found, total, out=np.zeros_like(total), where=total > 0)
    return mean_of_known(np.where(weights @ counts.labelled > 0, f1, np.nan), axis=1)


def resampled_weights(subjects: int, resamples: int, seed: int) -> np.ndarray:
    """Draw how often each subject is in each resample, float64 `[resample, subject]`."""
    even = np.full(subjects, 1 / subjects)
    return np.random.default_rng(seed).multinomial(subjects, even, resamples).astype(np.float64)


def bootstrap_interval(
    counts: SubjectCounts, *, resamples: int = RESAMPLES, level: float = LEVEL, seed: int = 0
) -> tuple[float, float]:
    """Return the percentile interval of the mean F1-frame over resampled subjects.

    Args:
        counts: of a method.
        resamples: how often the subjects are drawn anew.
        level: share of the resamples inside.
        seed: the same seed draws the same subjects for every method.

    Returns:
        low and high; NaN with fewer than two subjects, of whom nothing can be said.
    """
    weights = resampled_weights(len(counts.subjects), resamples, seed)
    return _percentiles(weighted_mean_f1(counts, weights), len(counts.subjects), level)


def subject_f1(counts: SubjectCounts) -> np.ndarray:
    """Return the mean F1-frame of each subject by itself, float64 `[subject]`.

    The mean is over the AUs that the subject shows: of the others F1 is 0 whatever was detected.
    NaN for a subject who shows none.
    """
    found = 2 * counts.true_positive
    total = found + counts.false_positive + counts.false_negative
    shown = counts.true_positive + counts.false_negative > 0
    f1 = np.divide(found, total, out=np.full(found.shape, np.nan), where=shown)
    return mean_of_known(f1, axis=1)


def paired_differences(
    counts: Mapping[str, SubjectCounts],
    *,
    resamples: int = RESAMPLES,
    level: float = LEVEL,
    seed: int = 0,
) -> list[Difference]:
    """Compare every two methods on the same subjects.

    Each resample takes the same subjects for both methods, so that hard and easy people cancel.

    Args:
        counts: of each method, of the same frames.
        resamples: how often the subjects are drawn anew.
        level: share of the resamples inside an interval.
        seed: of the resamples.

    Returns:
        one for each pair, in the order of the methods.

    Raises:
        ValueError: if the methods were not tested on the same subjects.
    """
    if len({count.subjects for count in counts.values()}) > 1:
        raise ValueError("methods can only be compared on the same subjects")
    if len(counts) < 2:
        return []
    size = len(next(iter(counts.values())).subjects)
    weights = resampled_weights(size, resamples, seed)
    drawn = {name: weighted_mean_f1(count, weights) for name, count in counts.items()}
    once = np.ones((1, size))
    means = {name: float(weighted_mean_f1(count, once)[0]) for name, count in counts.items()}
    alone = {name: subject_f1(count) for name, count in counts.items()}
    pairs = list(itertools.combinations(counts, 2))
    p_values = [_signed_rank_p(alone[first] - alone[second]) for first, second in pairs]
    differences = []
    for (first, second), p_value, p_holm in zip(pairs, p_values, holm(p_values), strict=True):
        low, high = _percentiles(drawn[first] - drawn[second], size, level)
        differences.append(
            Difference(
                first=first,
                second=second,
                difference=means[first] - means[second],
                low=low,
                high=high,
                better=int((alone[first] > alone[second]).sum()),
                worse=int((alone[first] < alone[second]).sum()),
                p_value=p_value,
                p_holm=p_holm,
            )
        )
    return differences


def holm(p_values: Sequence[float]) -> list[float]:
    """Correct p-values for being several, after S. Holm, Scand. J. Statist. 6, 1979.

    The smallest is multiplied by the number of tests, the next by one less, and so on; none is
    below one before it, or above 1.
    """
    count = len(p_values)
    corrected = np.empty(count)
    order = np.argsort(p_values, kind="stable")
    scaled = np.asarray(p_values)[order] * np.arange(count, 0, -1)
    corrected[order] = np.minimum(np.maximum.accumulate(scaled), 1.0)
    return corrected.tolist()


def _signed_rank_p(differences: np.ndarray) -> float:
    """Return the p-value of the Wilcoxon signed-rank test; 1 if no subject differs."""
    from scipy.stats import wilcoxon

    known = differences[~np.isnan(differences)]
    if not known.any():
        return 1.0
    return float(wilcoxon(known).pvalue)  # pyright: ignore[reportAttributeAccessIssue]


def _percentiles(values: np.ndarray, subjects: int, level: float) -> tuple[float, float]:
    if subjects < 2 or np.isnan(values).all():
        return float("nan"), float("nan")
    outside = (1 - level) / 2
    low, high = np.nanquantile(values, [outside, 1 - outside])
    return float(low), float(high)
