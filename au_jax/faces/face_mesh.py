"""MediaPipe's face mesh: 468 points of the face in a square around it.

The network is the one of Y. Kartynnik et al., "Real-time facial surface geometry from monocular
video on mobile GPUs", 2019 (https://arxiv.org/abs/1907.06724). The square around a detected face is
that of MediaPipe's graph (mediapipe/modules/face_landmark,
face_detection_front_detection_to_roi.pbtxt).

Where the points lie depends a little on the square: one that is turned or shifted against the face
moves them by up to three percent of the distance of the eyes. MediaPipe takes the square of the
frame before, from the outermost points of its mesh. Here it is fitted to the 49 stable points,
and the mesh is found again until its square stays: a moving face then keeps its points three times
as still, and they hardly depend on the frames before. Videos take 1.5 to 2.5 passes a frame.
"""

import math

import numpy as np

from au_jax.faces.lite_network import LiteNetwork
from au_jax.faces.mean_shape import STABLE_POINTS
from au_jax.faces.mesh_points import MESH_VERTICES
from au_jax.faces.model_files import FACE_MESH, read_model
from au_jax.faces.picture_crop import Square, crop_square
from au_jax.faces.similarity import fit_similarity, target_points

INPUT_SIZE = 192

NUM_VERTICES = 468

MIN_PRESENCE = 0.5
"""Score at least for a face to be in the square; what MediaPipe takes."""

_DETECTION_MARGIN = 1.5
"""Side of the square over that of a detected box, as in MediaPipe."""

MESH_CENTRE, MESH_SIDE = np.array([99.5, 98.0]), 320.0
"""The square in a 200 px face (see `mean_shape`): what MediaPipe's rule, 1.5 times the box of all
points turned level, gives for a face from the front."""

MAX_PASSES = 4
"""Times that the mesh is found in one frame at most."""

_STILL = 0.003
"""The square stays where its corners move by no more than this share of its side."""

_POINTS, _PRESENCE = "conv2d_21", "conv2d_31"
"""Names of the outputs: coordinates in pixels of the input, and a logit."""


def square_of_detection(box: np.ndarray, points: np.ndarray) -> Square:
    """Return the square around a detected face, turned so that the eyes lie level.

    Args:
        box: `[4]`: left, top, right, bottom.
        points: `[6, 2]`; the first two are the eyes.
    """
    left, top, right, bottom = (float(value) for value in box)
    x, y = (float(value) for value in points[1] - points[0])
    return Square(
        x=(left + right) / 2,
        y=(top + bottom) / 2,
        side=_DETECTION_MARGIN * max(right - left, bottom - top),
        angle=math.atan2(y, x),
    )


def square_of_mesh(mesh: np.ndarray) -> Square:
    """Return the square around a face, fitted to the stable ones of its points `[468, 2]`."""
    points = mesh[MESH_VERTICES[STABLE_POINTS]]
    transform = fit_similarity(points[None], target_points())[0][0]
    linear = transform[:, :2]
    x, y = np.linalg.solve(linear, MESH_CENTRE - transform[:, 2])
    scale = math.hypot(linear[0, 0], linear[1, 0])
    angle = -math.atan2(linear[1, 0], linear[0, 0])
    return Square(x=float(x), y=float(y), side=MESH_SIDE / scale, angle=angle)


class FaceMesh:
    """Finds the points of a face in a square of a picture.

    Raises:
        InputError: if the network is not installed.
    """

    def __init__(self) -> None:
        self._network = LiteNetwork(read_model(FACE_MESH))

    def settle(self, image: np.ndarray, square: Square) -> tuple[np.ndarray, float] | None:
        """Find the points of the face near a square, again and again until the square stays.

        Args:
            image: uint8 `[height, width, 3]`.
            square: about where the face is.

        Returns:
            points float64 `[468, 2]` in pixels of the picture's area, and the presence that goes
            with them, from `MIN_PRESENCE` to 1; None if no face of use is there.
        """
        found = None
        for _ in range(MAX_PASSES):
            if not _is_of_use(square, image.shape[:2]):
                return None
            mesh, presence = self(image, square)
            if presence < MIN_PRESENCE or not np.ptp(mesh, axis=0).all():
                return None
            found = mesh, presence
            settled = square_of_mesh(mesh)
            moved = np.abs(settled.to_picture(_CORNERS) - square.to_picture(_CORNERS)).max()
            if moved <= _STILL * settled.side:
                break
            square = settled
        return found

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


_CORNERS = np.array([(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)])


def _is_of_use(square: Square, picture_size: tuple[int, ...]) -> bool:
    """Tell whether a square may hold a face: its centre in the picture, its side within bounds."""
    height, width = picture_size
    return (
        1 <= square.side <= 3 * max(height, width)
        and 0 <= square.x <= width
        and 0 <= square.y <= height
    )
