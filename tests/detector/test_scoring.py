import pickle

import numpy as np
import pytest

from au_jax.detector.scoring import RecordingScorer
from au_jax.errors import InputError
from tests.made.detectors import METHODS, random_detector

FACES = np.random.default_rng(0).integers(0, 256, (41, 32, 32, 3), np.uint8)


@pytest.mark.parametrize("method", METHODS)
def test_parts_of_any_length_give_the_scores_of_the_whole(method):
    detector = random_detector(method)
    expected = detector.scores(FACES)
    scorer = RecordingScorer(detector, at_once=16)
    parts = [FACES[:16], FACES[16:17], FACES[17:30], FACES[30:]]
    found = np.concatenate([scorer(part) for part in parts])
    np.testing.assert_allclose(found, expected, atol=1e-5, rtol=1e-4)


def test_one_that_was_stopped_goes_on_bit_for_bit():
    detector = random_detector("hybrid")
    whole = RecordingScorer(detector, at_once=8)
    expected = [whole(FACES[first : first + 8]) for first in range(0, 40, 8)]
    scorer = RecordingScorer(detector, at_once=8)
    for number, first in enumerate(range(0, 40, 8)):
        np.testing.assert_array_equal(scorer(FACES[first : first + 8]), expected[number])
        scorer = RecordingScorer(detector, 8, pickle.loads(pickle.dumps(scorer.memory)))


def test_a_recording_that_begins_anew_forgets():
    detector = random_detector("lstm")
    scorer = RecordingScorer(detector, at_once=16)
    first = scorer(FACES[:16])
    assert (scorer(FACES[:16]) != first).any()
    np.testing.assert_array_equal(RecordingScorer(detector, at_once=16)(FACES[:16]), first)


def test_faces_of_another_size_are_refused():
    with pytest.raises(InputError, match="but the detector takes 32"):
        RecordingScorer(random_detector("cnn"), 4)(np.zeros((1, 40, 40, 3), np.uint8))
