import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm, wilcoxon

from au_jax.metrics import f1_frame, mean_over_aus
from au_jax.metrics.over_subjects import (
    SubjectCounts,
    bootstrap_interval,
    holm,
    paired_differences,
    resampled_weights,
    subject_counts,
    subject_f1,
    weighted_mean_f1,
)


def made_frames(seed, subjects=7, frames=150, aus=3):
    rng = np.random.default_rng(seed)
    labels = rng.choice(np.array([-1, 0, 1], np.int8), (frames, aus), p=[0.5, 0.2, 0.3])
    labels[:, 1] = np.where(rng.random(frames) < 0.8, 0, labels[:, 1])  # few labels
    scores = labels + rng.normal(size=labels.shape)
    return labels, scores, rng.choice([f"s{number}" for number in range(subjects)], frames)


def with_rates(tp, fp, fn):
    tp, fp, fn = (np.asarray(counts).reshape(len(counts), -1) for counts in (tp, fp, fn))
    names = tuple(f"s{number:04d}" for number in range(len(tp)))
    return SubjectCounts(names, tp, fp, fn, tp + fp + fn + 1)


@given(st.integers(0, 2**32 - 1))
def test_resamples_are_those_of_joining_the_frames_of_the_drawn_subjects(seed):
    labels, scores, subjects = made_frames(seed)
    counts = subject_counts(labels, scores, subjects)
    assert counts.subjects == tuple(sorted(set(subjects)))
    rng = np.random.default_rng(seed)
    drawn = rng.integers(len(counts.subjects), size=len(counts.subjects))
    rows = np.concatenate([np.flatnonzero(subjects == counts.subjects[one]) for one in drawn])
    weights = np.bincount(drawn, minlength=len(counts.subjects))[None].astype(float)
    expected = mean_over_aus(f1_frame(labels[rows], scores[rows]))
    assert weighted_mean_f1(counts, weights)[0] == pytest.approx(expected, nan_ok=True)


def test_interval_equals_that_of_a_loop_over_frames():
    labels, scores, subjects = made_frames(3)
    names = np.unique(subjects)
    values = []
    for weights in resampled_weights(len(names), 200, seed=5):
        rows = np.concatenate(
            [
                np.flatnonzero(subjects == n)
                for n, w in zip(names, weights, strict=True)
                for _ in range(int(w))
            ]
        )
        values.append(mean_over_aus(f1_frame(labels[rows], scores[rows])))
    found = bootstrap_interval(subject_counts(labels, scores, subjects), resamples=200, seed=5)
    assert found == pytest.approx(np.percentile(values, [2.5, 97.5]))
    assert found == bootstrap_interval(
        subject_counts(labels, scores, subjects), resamples=200, seed=5
    )


def test_every_subject_counts_as_often_as_any_other():
    weights = resampled_weights(5, 4000, seed=0)
    assert (weights.sum(axis=1) == 5).all()
    np.testing.assert_allclose(weights.mean(axis=0), 1, atol=0.06)
    np.testing.assert_allclose(weights.var(axis=0), 1 - 1 / 5, atol=0.06)


def test_interval_has_the_width_of_the_normal_approximation_where_f1_is_a_mean():
    # 2 TP + FP + FN = 100 for each subject: F1 is the mean of TP / 50 over subjects.
    tp = np.random.default_rng(0).binomial(50, 0.6, 200)
    counts = with_rates(tp, 100 - 2 * tp, np.zeros(200, int))
    share = tp / 50
    half = norm.ppf(0.975) * share.std() / np.sqrt(200)
    low, high = bootstrap_interval(counts, resamples=20_000)
    assert low == pytest.approx(share.mean() - half, abs=half / 20)
    assert high == pytest.approx(share.mean() + half, abs=half / 20)
    narrow = bootstrap_interval(counts, resamples=20_000, level=0.5)
    assert narrow[1] - narrow[0] == pytest.approx(
        (high - low) * norm.ppf(0.75) / norm.ppf(0.975), rel=0.1
    )


def drawn_people(rng, people, frames=100):
    """Counts of people who differ in how often an AU is there and how often it is found."""
    present = rng.beta(2, 4, (people, 2))
    skill = rng.beta(6, 3, (people, 2))
    positives = rng.binomial(frames, present)
    tp = rng.binomial(positives, skill)
    fp = rng.binomial(frames - positives, 0.3 * (1 - skill))
    return with_rates(tp, fp, positives - tp)


def test_intervals_hold_the_f1_of_all_people_as_often_as_they_say():
    rng = np.random.default_rng(1)
    everybody = drawn_people(rng, 400_000)
    truth = weighted_mean_f1(everybody, np.ones((1, 400_000)))[0]
    inside = 0
    for trial in range(400):
        low, high = bootstrap_interval(drawn_people(rng, 40), resamples=400, seed=trial)
        inside += low <= truth <= high
    # Percentile intervals are a little short with few subjects; 400 trials have an sd of 1.1 %.
    assert 0.90 <= inside / 400 <= 0.975


def test_one_subject_or_no_label_gives_no_interval():
    assert np.isnan(bootstrap_interval(with_rates([3], [1], [2]))).all()
    nothing = SubjectCounts(("a", "b"), *(np.zeros((2, 1), int) for _ in range(4)))
    assert np.isnan(bootstrap_interval(nothing)).all()


def test_subjects_count_by_the_aus_that_they_show():
    counts = with_rates(
        [[4, 0], [0, 0], [0, 0]], [[2, 9], [5, 0], [1, 1]], [[2, 0], [3, 0], [0, 0]]
    )
    np.testing.assert_allclose(subject_f1(counts), [8 / 12, 0, np.nan])


def made_methods(people=12):
    rng = np.random.default_rng(4)
    labels = rng.choice(np.array([-1, 1], np.int8), (people * 50, 2))
    subjects = np.repeat([f"s{number:02d}" for number in range(people)], 50)
    noise = {"good": 0.6, "fair": 0.8, "poor": 2.5, "same": 2.5}
    scores = {name: labels + sd * rng.normal(size=labels.shape) for name, sd in noise.items()}
    scores["same"] = scores["poor"].copy()
    return {name: subject_counts(labels, s, subjects) for name, s in scores.items()}


def test_differences_are_paired_over_subjects():
    counts = made_methods()
    found = {(one.first, one.second): one for one in paired_differences(counts, seed=2)}
    assert list(found) == list(itertools.combinations(counts, 2))
    weights = resampled_weights(12, 2000, seed=2)
    for (first, second), one in found.items():
        drawn = [weighted_mean_f1(counts[name], weights) for name in (first, second)]
        assert (one.low, one.high) == pytest.approx(np.percentile(drawn[0] - drawn[1], [2.5, 97.5]))
        once = [weighted_mean_f1(counts[name], np.ones((1, 12)))[0] for name in (first, second)]
        assert one.difference == pytest.approx(once[0] - once[1])
        alone = subject_f1(counts[first]), subject_f1(counts[second])
        assert (one.better, one.worse) == ((alone[0] > alone[1]).sum(), (alone[0] < alone[1]).sum())
        if {first, second} != {"poor", "same"}:
            assert one.p_value == pytest.approx(wilcoxon(*alone).pvalue)  # pyright: ignore[reportAttributeAccessIssue]
    assert found["good", "poor"].low > 0 and found["good", "poor"].better == 12
    # Every one of 12 subjects better: 2 of 2^12 signs are as extreme.
    assert found["good", "poor"].p_value == pytest.approx(2 / 2**12)
    equal = found["poor", "same"]
    assert (equal.difference, equal.low, equal.high, equal.p_value) == (0, 0, 0, 1)


def test_pairing_is_narrower_than_the_two_intervals_where_people_differ():
    rng = np.random.default_rng(6)
    easy = rng.integers(10, 90, 30)
    one = with_rates(easy, 100 - easy, np.zeros(30, int))
    other = with_rates(easy + 3, 97 - easy, np.zeros(30, int))
    (found,) = paired_differences({"other": other, "one": one})
    low, high = bootstrap_interval(one)
    assert found.low > 0 and found.high - found.low < (high - low) / 10


def test_methods_of_other_subjects_cannot_be_compared():
    one, two = with_rates([1, 2], [1, 1], [1, 1]), with_rates([1], [1], [1])
    with pytest.raises(ValueError, match="same subjects"):
        paired_differences({"one": one, "two": two})
    assert paired_differences({"one": one}) == []


def test_correction_of_holm():
    # By hand: 0.01·3, then max(0.03, 0.02·2), then max(0.04, 0.03·1).
    assert holm([0.03, 0.01, 0.02]) == pytest.approx([0.04, 0.03, 0.04])
    assert holm([0.9, 0.6]) == pytest.approx([1, 1])
    assert holm([]) == []


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_holm_rejects_what_the_step_down_procedure_rejects(p_values):
    rejected, order = set(), np.argsort(p_values, kind="stable")
    for rank, index in enumerate(order):
        if p_values[index] * (len(p_values) - rank) > 0.05:
            break
        rejected.add(int(index))
    assert {i for i, p in enumerate(holm(p_values)) if p <= 0.05} == rejected
