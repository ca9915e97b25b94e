"""Curves over all decisions, against scikit-learn's own and a naive count."""

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, precision_recall_curve, roc_curve

from au_jax.metrics.decision_curves import decision_curves, thinned


@pytest.fixture
def frames():
    """Labels with missing ones, and scores with ties and some that are unknown."""
    rng = np.random.default_rng(0)
    labels = rng.integers(-1, 2, 400).astype(np.int8)
    scores = np.round(labels + rng.normal(size=400), 1)
    scores[::50] = np.nan
    return labels, scores


def test_curves_are_those_of_scikit_learn(frames):
    labels, scores = frames
    curves = decision_curves(labels, scores)
    assert curves is not None
    known = (labels != 0) & ~np.isnan(scores)
    present = labels[known] > 0
    false_rate, recall, _ = roc_curve(present, scores[known], drop_intermediate=False)
    np.testing.assert_allclose(curves.false_positive_rate, false_rate)
    np.testing.assert_allclose(curves.recall, recall)
    precision, at_recall, _ = precision_recall_curve(present, scores[known])
    np.testing.assert_allclose(curves.precision, precision[::-1])
    np.testing.assert_allclose(curves.recall, at_recall[::-1])
    expected = average_precision_score(present, scores[known])
    assert curves.average_precision == pytest.approx(expected)


def test_a_point_is_what_its_threshold_detects(frames):
    labels, scores = frames
    curves = decision_curves(labels, scores)
    assert curves is not None
    known = (labels != 0) & ~np.isnan(scores)
    steps = np.unique(scores[known])[::-1]
    for place in (1, len(steps) // 2, len(steps)):
        detected = known & (np.nan_to_num(scores, nan=-np.inf) >= steps[place - 1])
        hits = (detected & (labels > 0)).sum()
        assert curves.recall[place] == pytest.approx(hits / (known & (labels > 0)).sum())
        assert curves.precision[place] == pytest.approx(hits / detected.sum())


@pytest.mark.parametrize("labels", [[1, 1, 0], [-1, -1, 0], [0, 0, 0]])
def test_there_is_no_curve_of_one_class(labels):
    assert decision_curves(np.array(labels, np.int8), np.array([0.1, 0.2, 0.3])) is None


def test_thinning_keeps_ends_and_course():
    x = np.linspace(0, 1, 10_000)
    y = np.where(x < 0.5, 0.0, 1.0)  # a jump between two of many points
    kept = thinned(x, y, 50)
    assert len(kept) <= 50 and kept[0] == 0 and kept[-1] == len(x) - 1
    assert (np.diff(kept) > 0).all()
    assert np.abs(np.interp(x, x[kept], y[kept]) - y).mean() < 0.05
    np.testing.assert_array_equal(thinned(x[:7], y[:7], 50), np.arange(7))
