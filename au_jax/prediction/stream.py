"""Action units of a live picture: frame by frame, as they come."""

import numpy as np

from au_jax.detector.detector import Detector
from au_jax.faces.video import VideoFrame
from au_jax.metrics.calibration import Threshold
from au_jax.prediction.prediction import Prediction, VideoFacts, make_prediction
from au_jax.prediction.video_scorer import VideoScorer


class Stream:
    """A detector that follows faces in a camera's pictures.

    It looks back only, so that a frame's result is there when `push` returns. It is that of
    `predict` on the same frames but for rounding, and for smoothing, which would have to wait for
    the frames that follow. The first frames take longer, while networks are compiled.

    Args:
        detector: what scores.
        people: how many faces are followed at most.
        threshold: `default`, `f1` or `equal_error`, see `Threshold`.

    Raises:
        InputError: as `VideoScorer`.
    """

    def __init__(
        self,
        detector: Detector,
        *,
        people: int = 1,
        threshold: str = Threshold.DEFAULT.value,
    ) -> None:
        self._detector = detector
        self._threshold = Threshold(threshold)
        self._scorer = VideoScorer(detector, people, at_once=1)
        self._count = 0

    def push(self, image: np.ndarray, time: float) -> Prediction:
        """Return the rows of the next frame: one for each face, or one without a face.

        Args:
            image: uint8 `[height, width, 3]`, RGB, upright.
            time: of the picture in seconds, later than that of the one before.

        Raises:
            ValueError: if the picture has another shape or type.
        """
        if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3:
            raise ValueError(
                f"a picture is {image.dtype} {image.shape}; give uint8 (height, width, 3), RGB"
            )
        self._count += 1
        scored, _ = self._scorer.score_now([VideoFrame(self._count, time, image)])
        facts = VideoFacts("stream", 1.0)
        return make_prediction(scored, self._detector, facts, self._threshold)
