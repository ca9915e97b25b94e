"""Which points of MediaPipe's face mesh stand for the 68 points of the iBUG 300-W scheme.

The 468 vertices are those of MediaPipe's canonical face model
(https://github.com/google-ai-edge/mediapipe/blob/master/mediapipe/modules/face_geometry/data/canonical_face_model_uv_visualization.png);
the 68 points are those of dlib and OpenFace, in the order of `mean_shape`.

Each vertex is the one that lies where the scheme puts its point: corners and lids of the eyes,
upper edge of the brows, ridge and base of the nose, outer and inner outline of the lips. Where
several would do (brows, sides of the lips), the nearest to the annotated points of rendered faces
was taken. Vertices of points that mirror each other mirror each other. The jaw line is that of the
mesh, which follows the head to the ears; alignment does not use it.
"""

import numpy as np

_JAW = (127, 234, 93, 132, 172, 136, 149, 148, 152, 377, 378, 365, 397, 361, 323, 454, 356)
_BROWS = (70, 63, 105, 66, 107, 336, 296, 334, 293, 300)
_NOSE = (6, 197, 5, 4, 98, 97, 2, 326, 327)
_EYES = (33, 160, 158, 133, 153, 144, 362, 385, 387, 263, 373, 380)
_OUTER_LIPS = (61, 40, 37, 0, 267, 270, 291, 321, 405, 17, 181, 91)
_INNER_LIPS = (78, 81, 13, 311, 308, 402, 14, 178)

MESH_VERTICES = np.array([*_JAW, *_BROWS, *_NOSE, *_EYES, *_OUTER_LIPS, *_INNER_LIPS])
"""The vertex for each of the 68 points, int64 `[68]`."""
