import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from sklearn.calibration import CalibratedClassifierCV
from sklearn.frozen import FrozenEstimator
from sklearn.svm import LinearSVC

from au_jax.metrics import calibration_error, f1_frame
from au_jax.metrics.calibration import (
    Calibration,
    Threshold,
    fit_calibration,
    reliability,
    uncalibrated,
)

RNG = np.random.default_rng(0)


def scored(frames=400, aus=3, seed=0, strength=1.0):
    """Labels, some of them missing, and scores that know something of them."""
    rng = np.random.default_rng(seed)
    labels = rng.choice(np.array([-1, 0, 1], np.int8), (frames, aus), p=[0.6, 0.1, 0.3])
    return labels, strength * labels + rng.normal(size=(frames, aus))


def test_probabilities_are_those_of_scikit_learn():
    features = RNG.normal(size=(300, 4))
    truth = features @ [1.0, -2.0, 0.5, 0.0] + RNG.normal(size=300) > 0.7
    model = LinearSVC().fit(features[:100], truth[:100])
    scores = model.decision_function(features)
    frozen: Any = {"estimator": FrozenEstimator(model), "ensemble": False}
    theirs = CalibratedClassifierCV(method="sigmoid", **frozen)
    theirs.fit(features[100:], truth[100:])
    labels = np.where(truth[100:], 1, -1).astype(np.int8)[:, None]
    ours = fit_calibration(labels, scores[100:, None])
    np.testing.assert_allclose(
        ours.probabilities(scores[:, None])[:, 0], theirs.predict_proba(features)[:, 1], atol=2e-3
    )


def test_separated_scores_make_nobody_certain():
    labels = np.array([[-1]] * 20 + [[1]] * 20, np.int8)
    found = fit_calibration(labels, np.linspace(-1, 1, 40)[:, None])
    assert np.isfinite(found.slope).all()
    said = found.probabilities(np.array([[-1.0], [1.0]]))[:, 0]
    assert 0 < said[0] < 0.1 and 0.9 < said[1] < 1


def test_scores_that_mislead_give_the_base_rate():
    labels, scores = scored(strength=-2.0)
    found = fit_calibration(labels, scores)
    present, known = (labels > 0).sum(0), (labels != 0).sum(0)
    np.testing.assert_array_equal(found.slope, 0)
    np.testing.assert_allclose(found.probabilities(scores)[0], (present + 1) / (known + 2))


@pytest.mark.parametrize("value", [-1, 0, 1])
def test_an_au_of_one_kind_keeps_its_threshold(value):
    labels = np.full((30, 1), value, np.int8)
    found = fit_calibration(labels, RNG.normal(size=(30, 1)))
    assert all(at[0] == 0 for at in found.thresholds.values())
    expected = {-1: 1 / 32, 0: 1 / 2, 1: 31 / 32}[value]
    np.testing.assert_allclose(found.probabilities(np.array([[3.0]])), expected)
    assert found.frames[0] == (30 if value else 0)


def test_nothing_to_fit_on():
    found = fit_calibration(np.zeros((0, 2), np.int8), np.zeros((0, 2)))
    np.testing.assert_allclose(found.probabilities(np.zeros((1, 2))), 0.5)


# Few distinct values, so that many frames share a score.
SCORES = arrays.arrays(np.float32, (25, 1), elements=st.integers(-4, 4).map(float))
LABELS = arrays.arrays(np.int8, (25, 1), elements=st.sampled_from([-1, 0, 1]))


@given(LABELS, SCORES)
def test_no_other_threshold_has_a_higher_f1(labels, scores):
    found = fit_calibration(labels, scores)
    known = labels[:, 0] != 0
    truth = labels[known, 0] > 0
    if not truth.any() or truth.all():
        return
    tuned = f1_frame(labels, found.margins(scores, Threshold.F1))[0]
    candidates = np.arange(-5.5, 5.5)[:, None]
    others = f1_frame(
        np.repeat(labels, len(candidates), axis=1), (scores - candidates.T).astype(np.float32)
    )
    assert tuned == pytest.approx(max(others))


@given(LABELS, SCORES)
def test_no_other_threshold_has_more_equal_errors(labels, scores):
    found = fit_calibration(labels, scores)
    known = labels[:, 0] != 0
    truth, known_scores = labels[known, 0] > 0, scores[known, 0]
    if not truth.any() or truth.all():
        return

    def gap(detected):
        return abs((~detected[truth]).mean() - detected[~truth].mean())

    margins = found.margins(scores, Threshold.EQUAL_ERROR)
    best = min(gap(known_scores > at) for at in np.arange(-4.5, 4.5))
    assert gap(margins[known, 0] > 0) == pytest.approx(best)


@given(arrays.arrays(np.float32, (6, 1), elements=st.floats(-1, 1, width=32)))
def test_margins_decide_as_thresholds_do(scores):
    for at in (0.0, float(scores[0, 0]), 0.1):
        thresholds = dict.fromkeys(Threshold, np.array([at]))
        calibration = Calibration(np.ones(1), np.zeros(1), thresholds, np.ones(1, np.int64))
        margins = calibration.margins(scores, Threshold.F1)
        np.testing.assert_array_equal(margins > 0, scores > np.array([at]))


def test_json_keeps_every_bit():
    found = fit_calibration(*scored())
    again = Calibration.from_json(found.to_json())
    for name in ("slope", "offset", "frames"):
        np.testing.assert_array_equal(getattr(again, name), getattr(found, name))
    for kind in Threshold:
        np.testing.assert_array_equal(again.thresholds[kind], found.thresholds[kind])


def test_without_measuring_scores_are_logits():
    scores = np.array([[-2.0, 0.0], [0.0, 2.0]])
    found = uncalibrated(2)
    np.testing.assert_allclose(found.probabilities(scores), 1 / (1 + np.exp(-scores)), rtol=1e-6)
    np.testing.assert_array_equal(found.margins(scores, Threshold.F1) > 0, scores > 0)


def test_calibrated_probabilities_err_less_on_other_people():
    labels, scores = scored(frames=4000, aus=1)
    found = fit_calibration(labels[:2000], 5 * scores[:2000])
    (before,) = calibration_error(labels[2000:], uncalibrated(1).probabilities(5 * scores[2000:]))
    (after,) = calibration_error(labels[2000:], found.probabilities(5 * scores[2000:]))
    assert after < 0.05 < before


def test_calibration_error_of_a_hand_count():
    said = np.array([[0.12], [0.18], [0.95], [1.0], [0.5]])
    labels = np.array([[-1], [1], [1], [1], [0]], np.int8)
    # Two bins are filled: .15 said and .5 so, .975 said and 1 so; a missing label counts nothing.
    np.testing.assert_allclose(calibration_error(labels, said), [(2 * 0.35 + 2 * 0.025) / 4])
    curve = reliability(labels, said)
    assert curve.count.tolist() == [0, 2, 0, 0, 0, 0, 0, 0, 0, 2]
    assert math.isnan(curve.said[0]) and curve.present[9] == 1
    assert math.isnan(calibration_error(np.zeros((2, 1), np.int8), np.zeros((2, 1)))[0])
    assert math.isnan(calibration_error(labels, np.full((5, 1), np.nan))[0])


def test_shapes_that_differ_are_refused():
    with pytest.raises(ValueError, match="differ in shape"):
        fit_calibration(np.zeros((2, 1), np.int8), np.zeros((2, 2)))
