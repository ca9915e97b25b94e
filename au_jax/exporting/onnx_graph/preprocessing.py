"""Stored faces to the input of the CNN, as `models.preprocessing` does it, channels first."""

import jax.numpy as jnp
import numpy as np

from au_jax.exporting.onnx_graph.builder import GraphBuilder
from au_jax.models.preprocessing import CONTRAST_FLOOR, gaussian_matrix, resize_faces
from au_jax.settings import FaceInputConfig


def add_preprocessing(
    graph: GraphBuilder,
    faces: str,
    mean_face: np.ndarray,
    face_input: FaceInputConfig,
    face_shape: tuple[int, int, int],
) -> str:
    """Return float32 `[frame, channel, crop, crop]` of faces uint8 `[frame, height, width, …]`.

    Args:
        graph: what is added to.
        faces: name of the faces.
        mean_face: float32 `[size, size, channel]`.
        face_input: size, contrast, scale and crop.
        face_shape: height, width and channels of the faces.
    """
    values = graph.cast(faces, np.dtype(np.float32))
    values = graph.add("Transpose", values, perm=[0, 3, 1, 2])
    size = face_input.face_size
    if face_shape[:2] != (size, size):
        values = _sandwich(graph, values, *_resizing(face_shape, size))
    if face_input.local_contrast:
        values = _local_contrast(graph, values, size)
    mean = graph.constant(np.moveaxis(mean_face, -1, 0)[None])
    values = graph.add("Sub", values, mean)
    values = graph.add("Mul", values, graph.number(face_input.pixel_scale))
    first = (size - face_input.crop) // 2
    for axis in (2, 3):
        values = graph.part(values, axis, first, first + face_input.crop)
    return values


def _resizing(face_shape: tuple[int, int, int], size: int) -> tuple[np.ndarray, np.ndarray]:
    """Return matrices `[size, height]`, `[size, width]`: resizing is linear, along each axis.

    They are measured: of a picture that is constant along one axis and 1 in one line of the other.
    """
    height, width, _ = face_shape
    rows = np.broadcast_to(
        np.eye(height, dtype=np.float32)[..., None, None], (*[height] * 2, width, 1)
    )
    columns = np.broadcast_to(
        np.eye(width, dtype=np.float32)[:, None, :, None], (width, height, width, 1)
    )
    down = np.asarray(resize_faces(jnp.asarray(rows), size))[:, :, 0, 0].T
    across = np.asarray(resize_faces(jnp.asarray(columns), size))[:, 0, :, 0].T
    return down, across


def _local_contrast(graph: GraphBuilder, faces: str, size: int) -> str:
    blur = gaussian_matrix(size)
    grey = graph.add("ReduceMean", faces, axes=[1], keepdims=1)
    detail = graph.add("Sub", grey, _sandwich(graph, grey, blur, blur))
    squares = graph.add("Mul", detail, detail)
    deviation = graph.add("Sqrt", _sandwich(graph, squares, blur, blur))
    return graph.add("Div", detail, graph.add("Add", deviation, graph.number(CONTRAST_FLOOR)))


def _sandwich(graph: GraphBuilder, pictures: str, down: np.ndarray, across: np.ndarray) -> str:
    """Return `down · picture · acrossᵀ` of pictures `[frame, channel, height, width]`."""
    rows = graph.add("MatMul", graph.constant(down), pictures)
    return graph.add("MatMul", rows, graph.constant(np.ascontiguousarray(across.T)))
