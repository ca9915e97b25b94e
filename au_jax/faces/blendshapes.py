"""MediaPipe's blendshapes of a face: 51 coefficients of expressions as animators name them.

A mesh of 478 points is found in the face, and a small network tells the coefficients from 146 of
them. Indices and names are those of MediaPipe's graph
(mediapipe/tasks/cc/vision/face_landmarker/face_blendshapes_graph.cc). It was trained on captured
actors, not on FACS codes; several coefficients hardly ever leave 0 (`noseSneer`, `cheekPuff`,
`cheekSquint`, `eyeWide`).
"""

import concurrent.futures
import functools
import io
import os
import threading
import zipfile

import numpy as np

from au_jax.faces.face_mesh import MESH_CENTRE, MESH_SIDE
from au_jax.faces.lite_network import LiteNetwork
from au_jax.faces.mean_shape import FACE_SIZE
from au_jax.faces.model_files import FACE_LANDMARKER, read_model
from au_jax.faces.picture_crop import Square, crop_square

_INPUT_SIZE = 256
_VERTICES = 478
_MESH_FILE, _BLENDSHAPE_FILE = "face_landmarks_detector.tflite", "face_blendshapes.tflite"
_POINTS = "Identity"
"""Of its outputs, the one with coordinates in pixels of the input."""

_SIDED = (
    *("browDown", "browOuterUp", "cheekSquint", "eyeBlink", "eyeLookDown", "eyeLookIn"),
    *("eyeLookOut", "eyeLookUp", "eyeSquint", "eyeWide", "mouthDimple", "mouthFrown"),
    *("mouthLowerDown", "mouthPress", "mouthSmile", "mouthStretch", "mouthUpperUp", "noseSneer"),
)
_OTHERS = (
    *("browInnerUp", "cheekPuff", "jawForward", "jawLeft", "jawOpen", "jawRight", "mouthClose"),
    *("mouthFunnel", "mouthLeft", "mouthPucker", "mouthRight", "mouthRollLower"),
    *("mouthRollUpper", "mouthShrugLower", "mouthShrugUpper"),
)
# The network's outputs are in the order of the alphabet, after that of a neutral face.
BLENDSHAPES = tuple(
    sorted([*_OTHERS, *(name + side for name in _SIDED for side in ("Left", "Right"))])
)
"""Names of the coefficients, in their order."""

_OUTLINE_AND_FEATURES = (
    *(0, 1, 4, 5, 6, 7, 8, 10, 13, 14, 17, 21, 33, 37, 39, 40, 46, 52, 53, 54, 55, 58, 61, 63, 65),
    *(66, 67, 70, 78, 80, 81, 82, 84, 87, 88, 91, 93, 95, 103, 105, 107, 109, 127, 132, 133, 136),
    *(144, 145, 146, 148, 149, 150, 152, 153, 154, 155, 157, 158, 159, 160, 161, 162, 163, 168),
    *(172, 173, 176, 178, 181, 185, 191, 195, 197, 234, 246, 249, 251, 263, 267, 269, 270, 276),
    *(282, 283, 284, 285, 288, 291, 293, 295, 296, 297, 300, 308, 310, 311, 312, 314, 317, 318),
    *(321, 323, 324, 332, 334, 336, 338, 356, 361, 362, 365, 373, 374, 375, 377, 378, 379, 380),
    *(381, 382, 384, 385, 386, 387, 388, 389, 390, 397, 398, 400, 402, 405, 409, 415, 454, 466),
)
_IRISES = tuple(range(468, 478))
_CHOSEN = np.array([*_OUTLINE_AND_FEATURES, *_IRISES])


def blendshapes(faces: np.ndarray) -> np.ndarray:
    """Return the blendshapes of aligned faces, float32 `[face, 51]`, about from 0 to 1.

    About 10 ms a face on a core; all cores are used.

    Args:
        faces: uint8 `[face, size, size, 3]`, as `faces.alignment` cuts them.

    Raises:
        InputError: if LiteRT or the network is not installed.
    """
    found = list(_threads().map(lambda face: _network()(face), faces))
    return np.stack(found) if found else np.zeros((0, len(BLENDSHAPES)), np.float32)


class _Blendshapes:
    """Both networks; not to be used by two threads at a time."""

    def __init__(self) -> None:
        with zipfile.ZipFile(io.BytesIO(read_model(FACE_LANDMARKER))) as archive:
            self._mesh = LiteNetwork(archive.read(_MESH_FILE))
            self._coefficients = LiteNetwork(archive.read(_BLENDSHAPE_FILE))

    def __call__(self, face: np.ndarray) -> np.ndarray:
        """Return the blendshapes of an aligned face, uint8 `[size, size, 3]`."""
        scale = len(face) / FACE_SIZE
        # The centre of a pixel is at a half in the picture's area, and at 0 in that of a face.
        x, y = (float(place) * scale + 0.5 for place in MESH_CENTRE)
        crop = crop_square(face, Square(x, y, MESH_SIDE * scale), _INPUT_SIZE)
        outputs = self._mesh(crop * np.float32(1 / 255))
        points = outputs[_POINTS].reshape(_VERTICES, 3)[_CHOSEN, :2]
        (found,) = self._coefficients(points).values()
        return found[1:]


_of_thread = threading.local()


@functools.cache
def _threads() -> concurrent.futures.ThreadPoolExecutor:
    # Kept, since each thread loads the networks.
    return concurrent.futures.ThreadPoolExecutor(os.cpu_count(), "blendshapes")


def _network() -> _Blendshapes:
    if not hasattr(_of_thread, "network"):
        _of_thread.network = _Blendshapes()
    return _of_thread.network
