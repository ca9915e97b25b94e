import dataclasses
import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from au_jax.metrics.calibration import Calibration, Threshold
from au_jax.prediction.events import events_of
from tests.made.detectors import AUS, random_detector
from tests.made.prediction_tables import frames_of, prediction_of, some_scores


def calibrated(slope, offset, f1):
    thresholds = {
        Threshold.DEFAULT: np.zeros(3),
        Threshold.F1: np.array(f1),
        Threshold.EQUAL_ERROR: np.zeros(3),
    }
    calibration = Calibration(np.array(slope), np.array(offset), thresholds, np.full(3, 7))
    return dataclasses.replace(random_detector("always_present"), calibration=calibration)


def test_a_row_for_each_frame_and_face():
    scores = some_scores(people=2)
    scores[4, 1] = np.nan
    found = prediction_of(frames_of(scores))
    rows = list(zip(found.frame.tolist(), found.face_id.tolist(), strict=True))
    # Frame 3 is without a face, so that it has one row; frame 5 is without the second one.
    assert rows == [(f, p) for f in range(1, 9) for p in range(2) if (f, p) not in ((3, 1), (5, 1))]
    assert found.success.tolist() == [row[0] != 3 for row in rows]
    without = found.frame == 3
    for column in (found.scores, found.probabilities, found.decisions, found.box):
        assert np.isnan(column[without]).all() and np.isfinite(column[~without]).all()
    assert (found.confidence[without] == 0).all() and (found.confidence[~without] > 0).all()


def test_probabilities_and_decisions_are_those_of_the_calibration():
    scores = some_scores()
    detector = calibrated([1.0, 2.0, 0.5], [0.0, -1.0, 3.0], [0.5, -0.5, 1.0])
    found = prediction_of(frames_of(scores), detector=detector, threshold=Threshold.F1)
    known = found.success
    z = np.array([1.0, 2.0, 0.5]) * found.scores[known] + [0.0, -1.0, 3.0]
    np.testing.assert_allclose(found.probabilities[known], 1 / (1 + np.exp(-z)), rtol=1e-5)
    expected = found.scores[known] > [0.5, -0.5, 1.0]
    np.testing.assert_array_equal(found.decisions[known], expected)
    about = json.loads(json.dumps(found.about))
    assert about["threshold"] == "f1" and about["thresholds"]["AU01"]["score"] == 0.5
    assert about["thresholds"]["AU24"]["probability"] == pytest.approx(1 / (1 + np.exp(-3.5)))
    assert about["video"]["frames"] == 8 and about["video"]["frames_with_a_face"] == 7
    assert about["video"]["notes"] == ["one frame was damaged"]


def test_pandas_takes_the_columns():
    table = prediction_of(frames_of(some_scores())).to_pandas()
    assert isinstance(table, pd.DataFrame) and len(table) == 8
    assert list(table.columns[:5]) == ["frame", "timestamp", "face_id", "confidence", "success"]
    assert np.isnan(table["AU12_p"].to_numpy()).sum() == 1


def test_a_detector_of_drawn_faces_says_so():
    detector = random_detector("always_present")
    assert "warning" not in prediction_of(frames_of(some_scores())).about
    drawn = dataclasses.replace(detector.description, origin={"drawn_faces": True})
    detector = dataclasses.replace(detector, description=drawn)
    about = prediction_of(frames_of(some_scores()), detector=detector).about
    assert "drawn faces only" in about["warning"]


PRESENT = arrays.arrays(np.int8, (12, 2), elements=st.sampled_from([-1, 0, 1]))


@given(PRESENT)
def test_events_are_the_runs_of_decisions(present):
    """-1 is a frame without the face, 0 and 1 are decisions on the first AU of two people."""
    scores = np.where(present[:, :, None] < 0, np.nan, present[:, :, None] - 0.5)
    found = prediction_of(frames_of(np.repeat(scores, len(AUS), axis=2)))
    expected = []
    for person in range(2):
        start = None
        for frame in range(13):
            is_on = frame < 12 and present[frame, person] > 0
            if is_on and start is None:
                start = frame
            if not is_on and start is not None:
                expected.append((start / 25, person, frame / 25))
                start = None
    events = [event for event in events_of(found) if event.au == 1]
    got = [(event.onset, event.face_id, event.offset) for event in events]
    np.testing.assert_allclose(got, sorted(expected)) if expected else None
    assert len(got) == len(expected)
    assert all(event.first_frame <= event.last_frame for event in events)


def test_events_of_frames_at_odd_times():
    scores = np.array([-1, 1, 1, 1, -1, 1, 1])[:, None, None] * np.ones((1, 1, 3))
    frames = frames_of(
        scores, time=[0, 0.1, 0.15, 0.4, 0.5, 0.6, 0.7], number=[1, 2, 3, 4, 5, 6, 8]
    )
    events = [event for event in events_of(prediction_of(frames)) if event.au == 12]
    # The gap after frame 6 ends an event; the last frame lasts as long as the frame rate says.
    spans = [(event.onset, event.offset, event.first_frame, event.last_frame) for event in events]
    expected = [(0.1, 0.5, 2, 4), (0.6, 0.64, 6, 6), (0.7, 0.74, 8, 8)]
    np.testing.assert_allclose(spans, expected)
    one = 1 / (1 + np.exp(-1.0))
    assert events[0].mean_probability == pytest.approx(one)
