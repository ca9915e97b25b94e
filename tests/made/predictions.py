"""Small videos of a portrait, and predictions of them made up from arrays."""

import dataclasses

import numpy as np
from etils import epath

from au_jax.datasets.raw.pictures import VideoPictures
from au_jax.detector.block import Block
from au_jax.detector.bundle import Description
from au_jax.detector.columns import ConstantModel
from au_jax.detector.detector import Detector
from au_jax.faces.mean_shape import MEAN_SHAPE, STABLE_POINTS
from au_jax.metrics.calibration import Threshold, uncalibrated
from au_jax.prediction.prediction import VideoFacts, make_prediction
from au_jax.prediction.scored_frames import ScoredFrames
from tests.made.portraits import camera, photograph
from tests.made.videos import RATE, write_video

AUS = (1, 2, 4, 6, 12, 25)


def detector(aus=AUS):
    """A detector whose scores are probabilities by the logistic function."""
    origin = {"method": "cnn", "experiment": "tiny", "drawn_faces": True}
    description = Description(aus, (200, 200, 3), origin)
    return Detector(Block(ConstantModel(1.0, len(aus))), description, uncalibrated(len(aus)))


def scored_frames(count, people=1, size=(144, 192), lost=(), aus=AUS, times=None):
    """Frames in which each person is at a place of its own; no face at all in the `lost` ones."""
    height, width = size
    rng = np.random.default_rng(count)
    steps = rng.normal(size=(count, people, len(aus)))
    scores = (np.cumsum(steps, axis=0) / 2).astype(np.float32)
    confidence = np.full((count, people), 0.9, np.float32)
    confidence[list(lost)] = 0
    shape = MEAN_SHAPE[STABLE_POINTS] - MEAN_SHAPE[STABLE_POINTS].mean(axis=0)
    places = np.stack(
        [(np.arange(people) + 0.5) / people * width, np.full(people, height / 2)], axis=-1
    )
    # A box a quarter as wide as the picture, in which faces move a little.
    still = shape * (width / 4 / np.ptp(shape[:, 0])) + places[:, None]
    points = np.repeat(still[None], count, axis=0) + np.sin(np.arange(count))[:, None, None, None]
    seen = confidence > 0
    return ScoredFrames(
        np.arange(1, count + 1, dtype=np.int32),
        np.arange(count) / RATE if times is None else np.asarray(times, np.float64),
        confidence,
        np.where(seen[..., None], scores, np.nan).astype(np.float32),
        np.where(seen[..., None, None], points, np.nan).astype(np.float32),
    )


def prediction(frames, notes=(), aus=AUS):
    """The prediction of scored frames."""
    facts = VideoFacts("portrait.mp4", float(RATE), notes)
    return make_prediction(frames, detector(aus), facts, Threshold.DEFAULT)


def portrait_video(path, count, size=(144, 192), times=None):
    """Write a video of a portrait that turns a little, and return its pictures."""
    height, width = size
    images = [
        photograph(camera(height / 250, 2 * place, width / 2, height / 2), height, width)
        for place in range(min(count, 8))
    ]
    shown = np.stack([images[place % len(images)] for place in range(count)])
    write_video(path, shown, codec="mpeg4" if height % 2 == 0 else "ffv1", times=times)
    return VideoPictures(epath.Path(path))


def without_person(frames, person, lost):
    """The same, but one person is not seen in some frames."""
    confidence, scores, points = (
        array.copy() for array in (frames.confidence, frames.scores, frames.points)
    )
    confidence[lost, person], scores[lost, person], points[lost, person] = 0, np.nan, np.nan
    return dataclasses.replace(frames, confidence=confidence, scores=scores, points=points)
