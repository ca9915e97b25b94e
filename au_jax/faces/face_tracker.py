"""Landmarks of one face in a video by MediaPipe's networks; see `people_tracker`."""

from collections.abc import Sequence

import numpy as np

from au_jax.faces.people_tracker import PeopleState, PeopleTracker
from au_jax.faces.video import VideoFrame


class FaceTracker:
    """Follows one face through a video; a `LandmarkSource`.

    In the first frame that has faces it takes the largest, where a face counts less the farther it
    is from the middle (half at the corners of the picture). Then it keeps to this face. Where it is
    lost, the face nearest to its last place is taken; for `followed_face.PATIENCE` seconds only one
    near by, so that nobody else in the picture takes over when a hand covers the face.

    One for each video: it remembers where the face is.

    Args:
        state: of another tracker, to go on where that one was.

    Raises:
        InputError: if the state is of several people, or LiteRT or the networks are not installed;
            the message says how to.
    """

    def __init__(self, state: PeopleState | None = None) -> None:
        self._tracker = PeopleTracker(1, state)

    @property
    def state(self) -> PeopleState:
        """What it remembers so far."""
        return self._tracker.state

    def __call__(self, frames: Sequence[VideoFrame]) -> tuple[np.ndarray, np.ndarray]:
        """Return the landmarks of the next frames, see `LandmarkSource`."""
        points, confidence = self._tracker(frames)
        return points[:, 0], confidence[:, 0]
