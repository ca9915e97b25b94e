"""A whole program as a checked ONNX model."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, cast

from flax.traverse_util import unflatten_dict

import au_jax
from au_jax.detector.cnn import CnnModel
from au_jax.detector.columns import ColumnsModel, ConstantModel
from au_jax.detector.ensemble import EnsembleModel
from au_jax.detector.fusion import FusionModel, MeanModel
from au_jax.detector.linear import LinearModel
from au_jax.detector.lstm import LstmModel
from au_jax.errors import InputError
from au_jax.exporting.onnx_graph.builder import GraphBuilder
from au_jax.exporting.onnx_graph.cnn import add_cnn
from au_jax.exporting.onnx_graph.lstm import add_lstm
from au_jax.exporting.onnx_graph.scores import (
    add_ensemble,
    add_fusion,
    add_linear,
    add_mean,
    add_projection,
)
from au_jax.exporting.program import FACES, SCORES, STATE, Array, NamedStep, Program
from au_jax.settings.choices import ComputeDtype

if TYPE_CHECKING:
    import onnx  # pyright: ignore[reportMissingImports]

OPSET, IR_VERSION = 17, 9
"""Versions of 2022 and 2023, which every runtime in use reads."""
STATE_AFTER = "state_after"
"""The name of the state that goes out: in a graph all names differ."""

_KINDS = (
    *(CnnModel, LstmModel, FusionModel, MeanModel, EnsembleModel),
    *(LinearModel, ConstantModel, ColumnsModel),
)


class _Named(NamedTuple):
    """Names of what a step says."""

    scores: str | None = None
    features: str | None = None


def check_onnx(program: Program) -> None:
    """Refuse what cannot be an ONNX graph.

    Raises:
        InputError: if the package `onnx` is missing, or a model has no graph.
    """
    import importlib.util

    if importlib.util.find_spec("onnx") is None:
        raise InputError(
            "--formats=onnx needs the package onnx; pip install 'au_jax[onnx]', or leave it out"
        )
    for one in program.steps:
        model = one.block.model
        if not isinstance(model, _KINDS):
            raise InputError(
                f"--formats=onnx: there is no ONNX graph of {model.KIND!r}; there are of "
                f"{', '.join(kind.KIND for kind in _KINDS)}. Leave onnx out of --formats, or "
                "export a method that builds on a network"
            )
        config = getattr(model, "config", None)
        dtype = getattr(config, "compute_dtype", ComputeDtype.FLOAT32)
        if dtype is not ComputeDtype.FLOAT32:
            raise InputError(
                f"--formats=onnx: the {one.name} computes in {dtype.value}, and graphs are in "
                "float32 only; leave onnx out of --formats, or train with compute_dtype=float32"
            )


def onnx_bytes(program: Program) -> bytes:
    """Return a program as a serialised model, after `check_onnx`.

    Its inputs and outputs are those of the program, but that the state that goes out is called
    `STATE_AFTER`; parameters are inside.
    """
    import onnx  # pyright: ignore[reportMissingImports]
    from onnx import helper, numpy_helper  # pyright: ignore[reportMissingImports]

    graph = GraphBuilder()
    scores, states = _add_steps(graph, program)
    results = {SCORES: graph.add("Identity", scores)}
    if states:
        results[STATE_AFTER] = graph.add("Concat", *states, axis=0)
    outputs = [one if one.name != STATE else _renamed(one) for one in program.outputs]
    for one in outputs:  # results go by their names from here on
        graph.nodes.append(helper.make_node("Identity", [results[one.name]], [one.name]))
    made = helper.make_graph(
        graph.nodes,
        "au_jax",
        [_value_info(one) for one in program.inputs],
        [_value_info(one) for one in outputs],
        [numpy_helper.from_array(array, name) for name, array in graph.weights.items()],
    )
    model = helper.make_model(
        made,
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="au_jax",
        producer_version=au_jax.__version__,
    )
    onnx.checker.check_model(model)
    return model.SerializeToString()


def _add_steps(graph: GraphBuilder, program: Program) -> tuple[str, list[str]]:
    """Add all steps; return the name of the scores and those of the parts of the state after."""
    nested = unflatten_dict(program.parameters(), sep="/")
    found: dict[str, _Named] = {}
    states: list[str] = []
    first = 0
    for one in program.steps:
        before, parameters = [found[name] for name in one.inputs], nested.get(one.name)
        model, size = one.block.model, one.step.state_size
        if isinstance(model, CnnModel):
            shape = program.face_shape
            found[one.name] = _Named(*add_cnn(graph, FACES, model, parameters, one.name, shape))
        elif isinstance(model, LstmModel):
            own = graph.part(STATE, 0, first, first + size)
            features = cast("str", before[0].features)
            scores, hidden, after = add_lstm(graph, features, model, parameters, one.name, own)
            found[one.name] = _Named(scores, hidden)
            states += after
        else:
            found[one.name] = _Named(_joined(graph, one, before, parameters))
        first += size
    return cast("str", found[program.steps[-1].name].scores), states


def _joined(
    graph: GraphBuilder, one: NamedStep, before: Sequence[_Named], parameters: dict | None
) -> str:
    """Add a step that gives scores and no features; return their name."""
    model, parameters = one.block.model, parameters or {}
    scores = [cast("str", given.scores) for given in before]
    if isinstance(model, FusionModel):
        taken = scores[0], scores[-1]
        if model.pca is not None:
            features = [cast("str", given.features) for given in before]
            pca = f"{one.name}/pca"
            taken = add_projection(graph, features[0], parameters["pca"], pca), features[1]
        return add_fusion(graph, taken, model, parameters["params"], one.name)
    if isinstance(model, MeanModel):
        return add_mean(graph, scores, model.config)
    if isinstance(model, EnsembleModel):
        return add_ensemble(graph, scores, model, one.name)
    if isinstance(model, LinearModel):
        return add_linear(graph, cast("str", before[0].features), model, one.name)
    if isinstance(model, ConstantModel):
        # As many rows as there are faces.
        rows = graph.part(graph.add("Shape", FACES), 0, 0, 1)
        shape = graph.add("Concat", rows, graph.integers(model.num_aus), axis=0)
        return graph.add("Expand", graph.number(model.score), shape)
    return graph.add("Concat", *scores, axis=1)


def _renamed(state: Array) -> Array:
    return Array(STATE_AFTER, state.shape, state.dtype)


def _value_info(one: Array) -> "onnx.ValueInfoProto":
    from onnx import helper  # pyright: ignore[reportMissingImports]

    dtype = helper.np_dtype_to_tensor_dtype(one.dtype)
    return helper.make_tensor_value_info(one.name, dtype, one.shape)
