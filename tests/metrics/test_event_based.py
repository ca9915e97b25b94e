from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from au_jax.metrics import f1_event, f1_event_curve

# Recall one half and precision 1 give F1 = 2/3 at each threshold but t = 0, where every event
# counts as found.
ONE_OF_TWO = 0.01 + 0.99 * 2 / 3


def column(text):
    """`+` present, `-` absent, `.` missing; for scores `+` detected."""
    values = {"+": 1, "-": -1, ".": 0}
    return np.array([[values[character]] for character in text], np.int8)


def event(labels, scores, recordings=None, gap="split"):
    recordings = np.zeros(len(labels), int) if recordings is None else np.array(recordings)
    decisions = column(scores).astype(float)
    return f1_event(column(labels), decisions, recordings, cast("Any", gap))[0]


def test_perfect_detection_is_one():
    assert event("--+++--++-", "--+++--++-") == 1.0


def test_no_detection_is_zero():
    assert event("--+++-", "------") == 0.0


def test_no_true_event_is_undefined():
    assert np.isnan(event("------", "--++--"))


def test_half_covered_event():
    # The true event is covered by half, the detection is fully inside: F1 is 1 up to t = 0.50
    # (51 thresholds of 100) and 0 beyond, where no true event is found.
    assert event("-++++-", "-++---") == pytest.approx(0.51)


def test_one_long_detection_serves_two_events():
    # Both true events are fully covered, so recall is 1 throughout; the detection overlaps by
    # 4 of 6 frames, so precision is 1 up to t = 0.66 and 0 beyond.
    assert event("-++--++-", "-++++++-") == pytest.approx(0.67)


def test_one_of_two_events_found():
    assert event("-++--++-", "-++-----") == pytest.approx(ONE_OF_TWO)


def test_events_end_at_the_border_of_a_recording():
    one = event("-++++-", "-++---")
    two = event("-++++-", "-++---", recordings=[0, 0, 0, 1, 1, 1])
    assert one == pytest.approx(0.51)
    assert two == pytest.approx(ONE_OF_TWO)


def test_gap_splits_or_joins():
    # Split: two true events, one of them found. Deleted: one event of four frames, half found.
    assert event("-++.++-", "-++----", gap="split") == pytest.approx(ONE_OF_TWO)
    assert event("-++.++-", "-++----", gap="delete") == pytest.approx(0.51)


def test_unknown_gap_is_refused():
    with pytest.raises(ValueError, match=r"'join'.*'split'"):
        event("+", "+", gap="join")


def naive_curve(labels, detected, recordings, gap):
    """The definition in plain loops over runs."""
    frames = [
        (label, found, recording)
        for label, found, recording in zip(labels, detected, recordings, strict=True)
        if label != 0 or gap == "split"
    ]

    def runs(positive):
        found, current, last = [], [], None
        for index, frame in enumerate(frames):
            if positive(frame) and (not current or frame[2] == last):
                current.append(index)
            else:
                if current:
                    found.append(current)
                current = [index] if positive(frame) else []
            last = frame[2]
        return [*found, current] if current else found

    def truly(frame):
        return frame[0] == 1

    def seen(frame):
        return frame[0] != 0 and frame[1]

    true_events, detections = runs(truly), runs(seen)
    if not true_events:
        return np.full(100, np.nan)
    recalls = [np.mean([seen(frames[i]) for i in run]) for run in true_events]
    precisions = [np.mean([truly(frames[i]) for i in run]) for run in detections]
    curve = []
    for threshold in np.arange(100) / 100:
        er = np.mean([r >= threshold - 1e-9 for r in recalls])
        ep = np.mean([p >= threshold - 1e-9 for p in precisions]) if precisions else 0.0
        curve.append(2 * er * ep / (er + ep) if er + ep > 0 else 0.0)
    return np.array(curve)


@given(
    labels=hnp.arrays(np.int8, 30, elements=st.sampled_from([-1, -1, 0, 1, 1])),
    scores=hnp.arrays(np.int8, 30, elements=st.sampled_from([-1, 1, 1])),
    borders=st.lists(st.integers(1, 29), max_size=3),
    gap=st.sampled_from(["split", "delete"]),
)
def test_curve_equals_the_definition_in_loops(labels, scores, borders, gap):
    recordings = np.zeros(30, int)
    for border in borders:
        recordings[border:] += 1
    curve = f1_event_curve(labels[:, None], scores[:, None].astype(float), recordings, gap)[:, 0]
    np.testing.assert_allclose(curve, naive_curve(labels, scores > 0, recordings, gap))


def test_flicker_costs_much():
    # A published check: flipping 2 % of a perfect detection at random leaves about 60 %.
    rng = np.random.default_rng(0)
    lengths = rng.geometric(1 / 100, 400)
    labels = np.repeat(np.arange(400) % 2 * 2 - 1, lengths)[:, None].astype(np.int8)
    scores = np.where(rng.random(labels.shape) < 0.02, -labels, labels).astype(float)
    value = f1_event(labels, scores, np.zeros(len(labels)))[0]
    assert 0.4 < value < 0.75
