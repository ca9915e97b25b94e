"""Landmarks of a video by MediaPipe's face detector and face mesh, from frame to frame.

As long as the mesh says that a face is there, the next frame is looked at where the face was; the
detector runs only where there is none to follow, as in MediaPipe's own face mesh.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from au_jax.faces.face_detector import SURE_SCORE, Detections, FaceDetector
from au_jax.faces.face_mesh import FaceMesh, square_of_detection, square_of_mesh
from au_jax.faces.landmarks import NUM_POINTS
from au_jax.faces.mesh_points import MESH_VERTICES
from au_jax.faces.picture_crop import Square
from au_jax.faces.video import VideoFrame

SEARCH_EVERY = 8
"""Frames without a face from one search for small faces to the next; it takes 20 ms."""

MAX_CANDIDATES = 3
"""Detections that are shown to the mesh at most, each time the detector has run."""

PATIENCE = 1.0
"""Seconds during which a face that was lost is looked for near its last place only."""

_NEAR = 1.0
"""How far away "near" is at most, in sides of the face's square (1.5 times the face)."""


class FaceTracker:
    """Follows one face through a video; a `LandmarkSource`.

    In the first frame that has faces it takes the largest, where a face counts less the farther it
    is from the middle (half at the corners of the picture). Then it keeps to this face. Where it is
    lost, the face nearest to its last place is taken; for `PATIENCE` seconds only one near by, so
    that nobody else in the picture takes over when a hand covers the face.

    One for each video: it remembers where the face is.

    Raises:
        InputError: if LiteRT or the networks are not installed; the message says how to.
    """

    def __init__(self) -> None:
        self._detector = FaceDetector()
        self._mesh = FaceMesh()
        self._square: Square | None = None
        self._last: Square | None = None
        self._last_time = 0.0
        self._frames_without = 0

    def __call__(self, frames: Sequence[VideoFrame]) -> tuple[np.ndarray, np.ndarray]:
        """Return the landmarks of the next frames, see `LandmarkSource`."""
        points = np.full((len(frames), NUM_POINTS, 2), np.nan, np.float32)
        confidence = np.zeros(len(frames), np.float32)
        for row, frame in enumerate(frames):
            found = self._find(frame)
            if found is not None:
                mesh, confidence[row] = found
                # From the picture's area, where the first pixel has its centre at 0.5.
                points[row] = mesh[MESH_VERTICES] - 0.5
        return points, confidence

    def _find(self, frame: VideoFrame) -> tuple[np.ndarray, float] | None:
        """Return mesh `[468, 2]` and presence of the face in a frame, None if there is none."""
        found = None if self._square is None else self._mesh.settle(frame.image, self._square)
        if found is None:
            found = self._detect(frame)
        if found is None:
            self._square = None
            self._frames_without += 1
            return None
        self._square = self._last = square_of_mesh(found[0])
        self._last_time = frame.time
        self._frames_without = 0
        return found

    def _detect(self, frame: VideoFrame) -> tuple[np.ndarray, float] | None:
        for square in self._candidates(frame):
            if (found := self._mesh.settle(frame.image, square)) is not None:
                return found
        return None

    def _candidates(self, frame: VideoFrame) -> Iterator[Square]:
        """Yield squares around detected faces, the likeliest first."""
        found = self._detector(frame.image)
        sure = len(found) and found.scores[0] >= SURE_SCORE
        if not sure and self._frames_without % SEARCH_EVERY == 0:
            yield from self._choose(self._detector.search(frame.image), frame)
        yield from self._choose(found, frame)

    def _choose(self, detections: Detections, frame: VideoFrame) -> list[Square]:
        height, width = frame.image.shape[:2]
        squares = [
            square_of_detection(box, points)
            for box, points in zip(detections.boxes, detections.points, strict=True)
        ]
        last = self._last
        if last is None:
            squares.sort(key=lambda square: -_prominence(square, height, width))
            return squares[:MAX_CANDIDATES]
        if frame.time - self._last_time <= PATIENCE:
            squares = [one for one in squares if _distance(one, last) <= _NEAR * last.side]
        return sorted(squares, key=lambda square: _distance(square, last))[:MAX_CANDIDATES]


def _prominence(square: Square, height: int, width: int) -> float:
    """Return the side of a square, weighted by 1 in the middle of the picture, ½ in its corners."""
    away = np.hypot(square.x - width / 2, square.y - height / 2) / np.hypot(height / 2, width / 2)
    return square.side * (1 - away / 2)


def _distance(first: Square, second: Square) -> float:
    return float(np.hypot(first.x - second.x, first.y - second.y))
