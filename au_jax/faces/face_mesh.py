"""MediaPipe's face mesh: 468 points of the face in a square around it.

The network is the one of Y. Kartynnik et al., "Real-time facial surface geometry from monocular
video on mobile GPUs", 2019 (https://arxiv.org/abs/1907.06724). How squares are made from detections
and from points of the frame before is that of MediaPipe's graphs
(mediapipe/modules/face_landmark/face_detection_front_detection_to_roi.pbtxt and
face_landmark_landmarks_to_roi.pbtxt).
"""

import math

import numpy as np

from au_jax.faces.lite_network import LiteNetwork
from au_jax.faces.model_files import FACE_MESH
from au_jax.faces.picture_crop import Square, crop_square

INPUT_SIZE = 192

NUM_VERTICES = 468

MIN_PRESENCE = 0.5
"""Score at least for a face to be in the square; what MediaPipe takes."""

_MARGIN = 1.5
"""Side of the square over the longer side of the face's box."""

_POINTS, _PRESENCE = "conv2d_21", "conv2d_31"
"""Names of the outputs: coordinates in pixels of the input, and a logit."""

_OUTER_EYE_CORNERS = (33, 263)


def square_of_detection(box: np.ndarray, points: np.ndarray) -> Square:
    """Return the square around a detected face, turned so that the eyes lie level.

    Args:
        box: `[4]`: left, top, right, bottom.
        points: `[6, 2]`; the first two are the eyes.
    """
    return _square(box, points[0], points[1])


def square_of_mesh(mesh: np.ndarray) -> Square:
    """Return the square around the points `[468, 2]` of a face, turned with the eyes."""
    box = np.concatenate([mesh.min(axis=0), mesh.max(axis=0)])
    return _square(box, *mesh[list(_OUTER_EYE_CORNERS)])


def _square(box: np.ndarray, left_eye: np.ndarray, right_eye: np.ndarray) -> Square:
    left, top, right, bottom = (float(value) for value in box)
    x, y = right_eye - left_eye
    return Square(
        x=(left + right) / 2,
        y=(top + bottom) / 2,
        side=_MARGIN * max(right - left, bottom - top),
        angle=math.atan2(float(y), float(x)),
    )


class FaceMesh:
    """Finds the points of a face in a square of a picture.

    Raises:
        InputError: if the network is not installed.
    """

    def __init__(self) -> None:
        self._network = LiteNetwork(FACE_MESH)

    def __call__(self, image: np.ndarray, square: Square) -> tuple[np.ndarray, float]:
        """Return the points of the face in a square, and how sure it is that there is one.

        Args:
            image: uint8 `[height, width, 3]`.
            square: around the face.

        Returns:
            points float64 `[468, 2]` in pixels of the picture's area (see `picture_crop`), and the
            presence, from 0 to 1.
        """
        crop = crop_square(image, square, INPUT_SIZE)
        outputs = self._network(crop * np.float32(1 / 255))
        shares = outputs[_POINTS].reshape(NUM_VERTICES, 3)[:, :2].astype(np.float64) / INPUT_SIZE
        presence = 1 / (1 + math.exp(-float(np.clip(outputs[_PRESENCE].item(), -50, 50))))
        return square.to_picture(shares), presence
