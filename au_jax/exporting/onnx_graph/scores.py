"""Heads, means and linear classifiers on what the networks give, as ONNX operations."""

import numpy as np

from au_jax.detector.ensemble import EnsembleModel
from au_jax.detector.fusion import FusionModel
from au_jax.detector.linear import LinearModel
from au_jax.exporting.onnx_graph.builder import GraphBuilder
from au_jax.settings import FusionHeadConfig
from au_jax.system.pytree import PyTree


def add_projection(graph: GraphBuilder, features: str, pca: PyTree, name: str) -> str:
    """Return principal components of features."""
    mean, components = (np.asarray(pca[one]) for one in ("mean", "components"))
    centred = graph.add("Sub", features, graph.constant(mean, f"{name}/mean"))
    return graph.add("MatMul", centred, graph.constant(components.T, f"{name}/components"))


def add_fusion(
    graph: GraphBuilder, taken: tuple[str, str], model: FusionModel, params: PyTree, name: str
) -> str:
    """Return the logits of a fusion head.

    Args:
        graph: what is added to.
        taken: names of what it takes of CNN and LSTM, as `FusionModel.inputs_of` gives it.
        model: the head.
        params: its parameters.
        name: prefix of its weights.
    """
    config = model.config
    parts = [graph.l2_normalise(one) if config.normalise_scores else one for one in taken]
    values = graph.add("Concat", *parts, axis=1)
    for layer in ("fc1", "fc2"):
        kernel, bias = (np.asarray(params[layer][one]) for one in ("kernel", "bias"))
        values = graph.dense(values, kernel, bias, f"{name}/{layer}")
        if layer == "fc1":
            values = graph.add("Relu", values)
    if model.pca is None and config.mean_scale:
        mean = _weighted_mean(graph, parts, config)
        values = graph.add("Add", values, graph.add("Mul", mean, graph.number(config.mean_scale)))
    return values


def add_mean(graph: GraphBuilder, scores: list[str], config: FusionHeadConfig) -> str:
    """Return the weighted mean of the scores of CNN and LSTM."""
    if config.normalise_scores:
        scores = [graph.l2_normalise(one) for one in scores]
    return _weighted_mean(graph, scores, config)


def add_ensemble(graph: GraphBuilder, scores: list[str], model: EnsembleModel, name: str) -> str:
    """Return the mean of scores over their spread."""
    parts = [
        graph.add("Div", one, graph.constant(spread * len(scores), f"{name}/spread/{number}"))
        for number, (one, spread) in enumerate(zip(scores, model.spread, strict=True))
    ]
    return graph.add("Sum", *parts)


def add_linear(graph: GraphBuilder, features: str, model: LinearModel, name: str) -> str:
    """Return the scores of linear classifiers on standardised components."""
    components = model.components
    basis = graph.constant(components.basis.T, f"{name}/basis")
    projected = graph.add("MatMul", features, basis)
    centred = graph.add("Sub", projected, graph.constant(components.offset, f"{name}/offset"))
    scaled = graph.add("Div", centred, graph.number(float(components.norm)))
    return graph.dense(scaled, model.weights[:-1], model.weights[-1], name)


def _weighted_mean(graph: GraphBuilder, scores: list[str], config: FusionHeadConfig) -> str:
    shares = 1 - config.lstm_share, config.lstm_share
    parts = [
        graph.add("Mul", one, graph.number(share))
        for one, share in zip(scores, shares, strict=True)
    ]
    return graph.add("Add", *parts)
