"""The network over time, `models.lstm.StackedLstm`, as ONNX operations."""

import numpy as np

from au_jax.detector.lstm import LstmModel
from au_jax.exporting.onnx_graph.builder import GraphBuilder
from au_jax.exporting.onnx_graph.scores import add_projection
from au_jax.system.pytree import PyTree

_GATES = (0, 3, 1, 2)
"""ONNX has input, output, forget gate and candidate; here the order is i, f, g, o."""


def add_lstm(
    graph: GraphBuilder, features: str, model: LstmModel, parameters: PyTree, name: str, state: str
) -> tuple[str, str, list[str]]:
    """Return the names of scores, hidden states `[frame, cell]`, and the parts of the state after.

    Args:
        graph: what is added to.
        features: name of the CNN's features `[frame, feature]`.
        model: the network.
        parameters: `params` and `pca`.
        name: prefix of its weights.
        state: name of the state before, `[2 · layer · cell]`.
    """
    cells, params = model.config.cells, parameters["params"]
    values = add_projection(graph, features, parameters["pca"], f"{name}/pca")
    values = graph.add("Unsqueeze", values, graph.integers(1))
    after: list[str] = []
    for layer in range(model.config.layers):
        first = 2 * layer * cells
        before = [
            graph.add(
                "Reshape",
                graph.part(state, 0, start, start + cells),
                graph.integers(1, 1, cells),
            )
            for start in (first, first + cells)
        ]
        weights = _weights(graph, params[f"lstm_{layer}"], cells, f"{name}/lstm_{layer}")
        inputs = [values, *weights, "", *before]
        hidden, *last = graph.add_many("LSTM", inputs, 3, hidden_size=cells)
        values = graph.add("Squeeze", hidden, graph.integers(1))
        after += [graph.add("Reshape", one, graph.integers(cells)) for one in last]
    values = graph.add("Squeeze", values, graph.integers(1))
    kernel, bias = (np.asarray(params["head"][one]) for one in ("kernel", "bias"))
    scores = graph.add("Tanh", graph.dense(values, kernel, bias, f"{name}/head"))
    return scores, graph.rounded(values, model.STORED_FEATURES), after


def _weights(graph: GraphBuilder, params: PyTree, cells: int, name: str) -> list[str]:
    """Add weights of inputs `[1, 4 · cell, feature]`, state `[1, 4 · cell, cell]`, and biases."""

    def in_order(array: np.ndarray) -> np.ndarray:
        gates = np.split(np.asarray(array), 4, axis=-1)
        return np.concatenate([gates[gate] for gate in _GATES], axis=-1).T[None]

    bias = in_order(params["bias"])
    return [
        graph.constant(in_order(params["input_kernel"]), f"{name}/input_kernel"),
        graph.constant(in_order(params["recurrent_kernel"]), f"{name}/recurrent_kernel"),
        # ONNX has a second bias, of the state.
        graph.constant(np.concatenate([bias, np.zeros_like(bias)], axis=1), f"{name}/bias"),
    ]
