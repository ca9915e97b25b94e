"""The result of a video: frames, faces, probabilities and decisions, ready for tables."""

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

import au_jax
from au_jax.detector.blendshape_rules import BlendshapeRules
from au_jax.detector.detector import Detector
from au_jax.errors import InputError
from au_jax.facs import column_name
from au_jax.metrics.calibration import Calibration, Threshold
from au_jax.prediction.scored_frames import ScoredFrames

if TYPE_CHECKING:
    import pandas as pd  # pyright: ignore[reportMissingImports, reportMissingModuleSource]

_DRAWN_FACES = (
    "this detector was trained on drawn faces only; what it says of people is a demonstration. "
    "Train one on coded videos"
)
_NOT_VALIDATED = (
    "these action units are read from MediaPipe's blendshapes by fixed rules, which were not "
    "validated against FACS; what looks like a probability is none"
)


def warning_of(detector: Detector) -> str | None:
    """Return what a reader of a detector's numbers must know; None if there is no such thing."""
    if isinstance(detector.block.model, BlendshapeRules):
        return _NOT_VALIDATED
    return _DRAWN_FACES if detector.description.origin.get("drawn_faces") else None


@dataclasses.dataclass(frozen=True)
class VideoFacts:
    """What is known of a video after it was read.

    Attributes:
        name: name of the file or the folder, without its place.
        frames_per_second: average frame rate.
        notes: sentences on trouble while it was read.
    """

    name: str
    frames_per_second: float
    notes: tuple[str, ...] = ()

    @property
    def recording(self) -> str:
        """The name without its ending."""
        return self.name.rsplit(".", 1)[0] if "." in self.name.strip(".") else self.name


@dataclasses.dataclass(frozen=True)
class Prediction:
    """Action units of a video: a row for each frame, and for each face if there are several.

    A frame without any face has one row, of person 0.

    Attributes:
        video: facts of the video.
        aus: the AUs of the columns.
        frame: int32 `[row]`, place in the video from 1.
        timestamp: float64 `[row]`, presentation time in seconds.
        face_id: int32 `[row]`, the person, from 0.
        confidence: float32 `[row]`, how sure it is that the face is one and in its place, from 0
            to 1.
        success: bool `[row]`, whether there is a face of use.
        box: float32 `[row, 4]`, left, top, width and height of its landmarks in pixels.
        scores: float32 `[row, au]`; NaN without success, like the next two.
        probabilities: float32 `[row, au]`.
        decisions: float32 `[row, au]`, 1 for present and 0 for absent.
        about: where the numbers come from, as JSON values.
    """

    video: VideoFacts
    aus: tuple[int, ...]
    frame: np.ndarray
    timestamp: np.ndarray
    face_id: np.ndarray
    confidence: np.ndarray
    success: np.ndarray
    box: np.ndarray
    scores: np.ndarray
    probabilities: np.ndarray
    decisions: np.ndarray
    about: Mapping[str, Any]

    def __len__(self) -> int:
        return len(self.frame)

    def columns(self) -> dict[str, np.ndarray]:
        """Return the columns of the native table by name; `pandas.DataFrame` takes them as is.

        `AU01_p` is the probability, `AU01_c` the decision, both NaN without success.
        """
        by_au = {}
        for column, au in enumerate(self.aus):
            by_au[f"{column_name(au)}_p"] = self.probabilities[:, column]
            by_au[f"{column_name(au)}_c"] = self.decisions[:, column]
        return {
            "frame": self.frame,
            "timestamp": self.timestamp,
            "face_id": self.face_id,
            "confidence": self.confidence,
            "success": self.success.astype(np.int8),
            **by_au,
        }

    def to_pandas(self) -> "pd.DataFrame":
        """Return the native table as a data frame.

        Raises:
            InputError: if pandas is not installed.
        """
        try:
            import pandas as pd  # pyright: ignore[reportMissingImports, reportMissingModuleSource]
        except ImportError as error:
            raise InputError("data frames need pandas: pip install pandas") from error
        return pd.DataFrame(self.columns())


def make_prediction(
    frames: ScoredFrames, detector: Detector, video: VideoFacts, threshold: Threshold
) -> Prediction:
    """Return the rows of scored frames.

    Args:
        frames: all frames of the video.
        detector: what scored them; it knows what scores mean.
        video: facts of the video.
        threshold: from which score on an AU counts as present.
    """
    smooth = _smoothed(frames, detector.calibration)
    shown = frames.success.copy()
    shown[~shown.any(axis=1), 0] = True
    row, person = np.nonzero(shown)
    scores = smooth[row, person]
    success = frames.success[row, person]
    detection = detector.detection(scores, threshold)
    known = np.where(success[:, None], 1, np.nan).astype(np.float32)
    return Prediction(
        video=video,
        aus=detector.aus,
        frame=frames.number[row],
        timestamp=frames.time[row],
        face_id=person.astype(np.int32),
        confidence=frames.confidence[row, person],
        success=success,
        box=frames.boxes()[row, person],
        scores=scores * known,
        probabilities=detection.probabilities * known,
        decisions=detection.decisions * known,
        about=_about(detector, video, threshold, frames),
    )


def _smoothed(frames: ScoredFrames, calibration: Calibration) -> np.ndarray:
    """Return the scores of each person averaged over time, float32 `[frame, person, au]`."""
    of_one, people = np.zeros(len(frames), np.int8), range(frames.scores.shape[1])
    by_person = [
        calibration.smoothed(frames.scores[:, person], frames.time, of_one) for person in people
    ]
    return np.stack(by_person, axis=1)


def _about(
    detector: Detector, video: VideoFacts, threshold: Threshold, frames: ScoredFrames
) -> dict[str, Any]:
    """Return what a reader of the numbers should know, as JSON values."""
    calibration = detector.calibration
    at = calibration.thresholds[threshold]
    likely = calibration.probabilities(at[None])[0]
    origin = dict(detector.description.origin)
    return {
        "au_jax": au_jax.__version__,
        "video": {
            "name": video.name,
            "frames": len(frames),
            "frames_with_a_face": int(frames.success.any(axis=1).sum()),
            "frames_per_second": round(video.frames_per_second, 6),
            "notes": list(video.notes),
        },
        "model": {**origin, "digest": detector.digest},
        "smoothing_seconds": calibration.smoothing,
        "threshold": threshold.value,
        "thresholds": {
            column_name(au): {"score": float(score), "probability": round(float(said), 6)}
            for au, score, said in zip(detector.aus, at, likely, strict=True)
        },
        "calibrated_on_frames": dict(
            zip((column_name(au) for au in detector.aus), calibration.frames.tolist(), strict=True)
        ),
        **({"warning": warning} if (warning := warning_of(detector)) else {}),
    }
