"""The frame-wise network, `models.cnn.AlexNet`, as ONNX operations."""

from typing import Any

import numpy as np

from au_jax.detector.cnn import CnnModel
from au_jax.exporting.onnx_graph.builder import GraphBuilder
from au_jax.exporting.onnx_graph.preprocessing import add_preprocessing
from au_jax.models.pooling import pooled_size
from au_jax.settings import AlexNetConfig
from au_jax.system.pytree import PyTree

_WINDOW, _STRIDE = 3, 2
_PADDING = {"conv1": 0, "conv2": 2, "conv3": 1, "conv4": 1, "conv5": 1}
_GROUPED = ("conv2", "conv4", "conv5")
_POOLED = ("conv1", "conv2", "conv5")
_NORMALISED = ("conv1", "conv2")


def add_cnn(
    graph: GraphBuilder,
    faces: str,
    model: CnnModel,
    parameters: PyTree,
    name: str,
    face_shape: tuple[int, int, int],
) -> tuple[str, str]:
    """Return the names of logits and features, `[frame, au]` and `[frame, feature]`.

    Args:
        graph: what is added to.
        faces: name of the faces, uint8 `[frame, height, width, channel]`.
        model: the network.
        parameters: `params` and `mean_face`.
        name: prefix of its weights.
        face_shape: height, width and channels of the faces.
    """
    face_input = model.face_input
    images = add_preprocessing(graph, faces, parameters["mean_face"], face_input, face_shape)

    def forward(images: str) -> tuple[str, str]:
        return _forward(graph, images, model.config, parameters["params"], name, face_input.crop)

    logits, features = forward(images)
    if face_input.average_mirrored:
        # From the last column to the one before the first.
        mirrored = graph.part(images, 3, -1, -(face_input.crop + 1), -1)
        other_logits, other = forward(mirrored)
        total = graph.add("Add", logits, other_logits)
        logits = graph.add("Mul", total, graph.number(0.5))
        features = graph.l2_normalise(graph.add("Add", features, other))
    return logits, graph.rounded(features, model.STORED_FEATURES)


def _forward(
    graph: GraphBuilder, images: str, config: AlexNetConfig, params: PyTree, name: str, size: int
) -> tuple[str, str]:
    values = images
    for layer, padding in _PADDING.items():
        stride = config.stride1 if layer == "conv1" else 1
        kernel = np.asarray(params[layer]["kernel"])
        weights = (
            graph.constant(np.transpose(kernel, (3, 2, 0, 1)), f"{name}/{layer}/kernel"),
            graph.constant(np.asarray(params[layer]["bias"]), f"{name}/{layer}/bias"),
        )
        values = graph.add(
            "Conv",
            values,
            *weights,
            strides=[stride] * 2,
            pads=[padding] * 4,
            group=config.groups if layer in _GROUPED else 1,
        )
        size = (size + 2 * padding - kernel.shape[0]) // stride + 1
        values = graph.add("Relu", values)
        if layer in _POOLED:
            values = graph.add("MaxPool", values, **_pooling(size, config))
            size = pooled_size(size, config.pool_mode, _WINDOW, _STRIDE)
        if layer in _NORMALISED and config.local_response_norm:
            values = graph.add("LRN", values, size=5, alpha=1e-4, beta=0.75, bias=1.0)
    # The first fully connected layer was trained on maps with the channels last.
    values = graph.add("Transpose", values, perm=[0, 2, 3, 1])
    values = graph.add("Flatten", values, axis=1)
    for layer in ("fc6", "fc7"):
        values = graph.add("Relu", _dense(graph, values, params, name, layer))
    return _dense(graph, values, params, name, "fc8"), graph.l2_normalise(values)


def _dense(graph: GraphBuilder, values: str, params: PyTree, name: str, layer: str) -> str:
    kernel, bias = (np.asarray(params[layer][one]) for one in ("kernel", "bias"))
    return graph.dense(values, kernel, bias, f"{name}/{layer}")


def _pooling(size: int, config: AlexNetConfig) -> dict[str, Any]:
    """Return attributes of MaxPool; what hangs over the end is padded, whatever the rule is."""
    reach = (pooled_size(size, config.pool_mode, _WINDOW, _STRIDE) - 1) * _STRIDE + _WINDOW
    over = max(reach - size, 0)
    return {
        "kernel_shape": [_WINDOW] * 2,
        "strides": [_STRIDE] * 2,
        "pads": [0, 0, over, over],
    }
