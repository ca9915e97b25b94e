"""The rows of a prediction by person, with a place for every frame."""

import dataclasses

import numpy as np

from au_jax.prediction.prediction import Prediction
from au_jax.prediction.scored_frames import ScoredFrames


@dataclasses.dataclass(frozen=True)
class PersonCurves:
    """What is said of one person in all frames of a video.

    Attributes:
        face_id: the person, from 0.
        success: bool `[frame]`, whether there is a face of use.
        points: float32 `[frame, 49, 2]`, landmarks in pixels; NaN without success, like the next.
        probabilities: float32 `[frame, au]`.
        decisions: float32 `[frame, au]`, 1 for present and 0 for absent.
    """

    face_id: int
    success: np.ndarray
    points: np.ndarray
    probabilities: np.ndarray
    decisions: np.ndarray

    def of_frames(self, rows: slice) -> "PersonCurves":
        """Return the same for some of the frames."""
        arrays = (self.success, self.points, self.probabilities, self.decisions)
        return PersonCurves(self.face_id, *(array[rows] for array in arrays))


def person_curves(found: Prediction, frames: ScoredFrames) -> list[PersonCurves]:
    """Return the persons who are seen in at least one frame; person 0 if none is.

    Args:
        found: the prediction of a video.
        frames: all its frames.
    """
    place = np.searchsorted(frames.number, found.frame)
    people = np.unique(found.face_id[found.success]).tolist() or [0]
    curves = []
    for person in people:
        rows = np.flatnonzero((found.face_id == person) & found.success)
        success = np.zeros(len(frames), bool)
        success[place[rows]] = True
        dense = []
        for values in (found.probabilities, found.decisions):
            filled = np.full((len(frames), len(found.aus)), np.nan, np.float32)
            filled[place[rows]] = values[rows]
            dense.append(filled)
        curves.append(PersonCurves(person, success, frames.points[:, person], *dense))
    return curves
