"""What a detector says of consecutive frames of a video."""

import dataclasses
from collections.abc import Sequence

import numpy as np


@dataclasses.dataclass(frozen=True)
class ScoredFrames:
    """Consecutive frames, and the faces that were followed in them.

    Attributes:
        number: int32 `[frame]`, place in the video from 1.
        time: float64 `[frame]`, presentation time in seconds.
        confidence: float32 `[frame, person]`, from 0 to 1; 0 where there is no face of use.
        scores: float32 `[frame, person, au]`; NaN where there is no face of use.
        points: float32 `[frame, person, 49, 2]`, landmarks as (x, y) in pixels of the picture; NaN
            where there is no face of use.
    """

    number: np.ndarray
    time: np.ndarray
    confidence: np.ndarray
    scores: np.ndarray
    points: np.ndarray

    def __len__(self) -> int:
        return len(self.number)

    @property
    def success(self) -> np.ndarray:
        """Whether there is a face of use, bool `[frame, person]`."""
        return self.confidence > 0

    def boxes(self) -> np.ndarray:
        """Return boxes around the landmarks, float32 `[frame, person, 4]`.

        They are left, top, width and height in pixels; NaN where there is no face of use.
        """
        least, most = self.points.min(axis=2), self.points.max(axis=2)
        return np.concatenate([least, most - least], axis=-1)

    def arrays(self) -> dict[str, np.ndarray]:
        """Return all attributes by name."""
        return {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}

    @staticmethod
    def joined(parts: Sequence["ScoredFrames"]) -> "ScoredFrames":
        """Return consecutive parts, one at least, as one."""
        names = [field.name for field in dataclasses.fields(ScoredFrames)]
        return ScoredFrames(
            *(np.concatenate([getattr(part, name) for part in parts]) for name in names)
        )
