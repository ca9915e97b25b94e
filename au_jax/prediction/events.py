"""Events: from the first to the last of consecutive frames in which an AU is present."""

import dataclasses

import numpy as np

from au_jax.prediction.prediction import Prediction


@dataclasses.dataclass(frozen=True)
class Event:
    """An AU of a face, without a break.

    Attributes:
        face_id: the person.
        au: the action unit.
        onset: time of its first frame in seconds.
        offset: time at which its last frame is over, in seconds.
        first_frame: number of its first frame.
        last_frame: number of its last frame.
        mean_probability: over its frames.
    """

    face_id: int
    au: int
    onset: float
    offset: float
    first_frame: int
    last_frame: int
    mean_probability: float


def events_of(found: Prediction) -> list[Event]:
    """Return the events of a video by onset, then face and AU.

    A frame without the face ends an event, as does a gap in the numbers of the frames. A frame is
    over when the next one comes; the last of the video lasts as long as its frame rate says.
    """
    times = {int(frame): time for frame, time in zip(found.frame, found.timestamp, strict=True)}
    usual = 1 / found.video.frames_per_second
    events = []
    for person in np.unique(found.face_id):
        rows = np.flatnonzero((found.face_id == person) & found.success)
        for column, au in enumerate(found.aus):
            present = rows[found.decisions[rows, column] > 0]
            for run in _runs(present, found.frame):
                first, last = int(found.frame[run[0]]), int(found.frame[run[-1]])
                start, end = float(times[first]), float(times[last])
                # Not the next one that was decoded, which may be long after.
                over = float(times.get(last + 1, end + usual))
                likely = float(found.probabilities[run, column].mean(dtype=np.float64))
                events.append(Event(int(person), au, start, max(over, end), first, last, likely))
    return sorted(events, key=lambda event: (event.onset, event.face_id, event.au))


def _runs(rows: np.ndarray, frame: np.ndarray) -> list[np.ndarray]:
    """Split rows where the frames are not consecutive."""
    if not len(rows):
        return []
    return np.split(rows, np.flatnonzero(np.diff(frame[rows]) != 1) + 1)
