"""Scored frames and predictions made by hand; nothing looks at a picture."""

import numpy as np

from au_jax.metrics.calibration import Threshold
from au_jax.prediction.prediction import VideoFacts, make_prediction
from au_jax.prediction.scored_frames import ScoredFrames
from tests.made.detectors import AUS, random_detector


def frames_of(scores, confidence=None, time=None, number=None):
    """Frames of scores `[frame, person, au]`, NaN where there is no face."""
    scores = np.asarray(scores, np.float32)
    if confidence is None:
        confidence = np.where(np.isnan(scores).any(axis=2), 0, 0.9)
    count = len(scores)
    points = np.random.default_rng(0).uniform(10, 40, (*scores.shape[:2], 49, 2))
    points[confidence == 0] = np.nan
    return ScoredFrames(
        np.arange(1, count + 1, dtype=np.int32) if number is None else np.asarray(number, np.int32),
        np.arange(count) / 25 if time is None else np.asarray(time, float),
        np.asarray(confidence, np.float32),
        scores,
        points.astype(np.float32),
    )


def prediction_of(frames, *, detector=None, threshold=Threshold.DEFAULT, name="clip.mp4"):
    """The prediction of frames."""
    facts = VideoFacts(name, 25.0, ("one frame was damaged",))
    return make_prediction(frames, detector or random_detector("always_present"), facts, threshold)


def some_scores(frames=8, people=1, seed=0):
    """Random scores `[frame, person, au]`, without a face in frame 3."""
    scores = np.random.default_rng(seed).normal(size=(frames, people, len(AUS)))
    scores[2] = np.nan
    return scores
