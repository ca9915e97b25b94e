"""Predicting the action units of one video."""

import contextlib
import itertools
from collections.abc import Callable

from etils import epath

from au_jax.datasets.raw.folder import pictures_at
from au_jax.datasets.raw.pictures import Pictures
from au_jax.detector.detector import Detector
from au_jax.faces.landmarks import LandmarkSource, read_landmark_file
from au_jax.metrics.calibration import Threshold
from au_jax.prediction.parts import VideoParts
from au_jax.prediction.prediction import Prediction, VideoFacts, make_prediction
from au_jax.prediction.scored_frames import ScoredFrames
from au_jax.prediction.video_scorer import FRAMES_AT_ONCE, VideoScorer

PART_FRAMES = 1920
"""Frames of a part on disk, about: so many are scored again at most after a stop."""


def predict(
    video: epath.PathLike,
    detector: Detector | epath.PathLike,
    *,
    people: int = 1,
    threshold: str = Threshold.DEFAULT.value,
    landmarks: epath.PathLike | None = None,
) -> Prediction:
    """Return the action units of a video.

    Args:
        video: a video file, a picture, or a folder of pictures whose names end with numbers.
        detector: what scores, or the folder that `Detector.load` takes.
        people: how many faces are followed at most.
        threshold: `default`, `f1` or `equal_error`, see `Threshold`.
        landmarks: a file of landmarks, as OpenFace writes it or `.npy`; None finds faces.

    Returns:
        a row for each decoded frame and face; `to_pandas()` gives a data frame.

    Raises:
        InputError: if the video or the detector cannot be read, or the networks that find faces
            are not installed.
    """
    path = epath.Path(video)
    loaded = detector if isinstance(detector, Detector) else Detector.load(detector)
    track = None if landmarks is None else read_landmark_file(epath.Path(landmarks))
    frames, facts = score_video(pictures_at(path), loaded, people, path.name, landmarks=track)
    return make_prediction(frames, loaded, facts, Threshold(threshold))


def score_video(
    pictures: Pictures,
    detector: Detector,
    people: int,
    name: str,
    *,
    landmarks: LandmarkSource | None = None,
    parts: VideoParts | None = None,
    tell: Callable[[int], None] = lambda _: None,
) -> tuple[ScoredFrames, VideoFacts]:
    """Return what a detector says of all frames of a video, and what is known of the video.

    Args:
        pictures: the video.
        detector: what scores.
        people: how many faces are followed at most.
        name: of the video, for its facts.
        landmarks: those of a single person; None follows faces.
        parts: where work is kept, to go on from there; None keeps nothing.
        tell: is called with the number of frames that are done, as they are.

    Raises:
        InputError: if the video cannot be read.
    """
    done = parts.frames() if parts is not None else []
    count = sum(map(len, done))
    tell(count)
    state = parts.state() if parts is not None else None
    scorer = VideoScorer(detector, people, state, landmarks, FRAMES_AT_ONCE)
    fresh: list[ScoredFrames] = []
    with (
        pictures.open() as frames,
        contextlib.closing(scorer(itertools.islice(frames, count, None))) as coming,
    ):
        for scored, state in coming:
            fresh.append(scored)
            tell(len(scored))
            if parts is not None and sum(map(len, fresh)) >= PART_FRAMES:
                parts.add(fresh, state)
                done.append(ScoredFrames.joined(fresh))
                fresh = []
        facts = VideoFacts(name, frames.frames_per_second, tuple(frames.report.messages()))
    return ScoredFrames.joined([*done, *fresh]), facts
