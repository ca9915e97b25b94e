"""An ONNX graph that grows: every operation returns the name of its result."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import onnx  # pyright: ignore[reportMissingImports]


class GraphBuilder:
    """Nodes and weights of a graph, in the order in which they were added."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.weights: dict[str, np.ndarray] = {}

    def add(self, operation: str, *inputs: str, **attributes: Any) -> str:  # noqa: ANN401
        """Add a node with one output and return its name."""
        return self.add_many(operation, inputs, 1, **attributes)[0]

    def add_many(
        self,
        operation: str,
        inputs: Sequence[str],
        outputs: int,
        **attributes: Any,  # noqa: ANN401 (numbers, strings and lists of them)
    ) -> list[str]:
        """Add a node and return the names of its outputs; an input '' is left out."""
        from onnx import helper  # pyright: ignore[reportMissingImports]

        name = f"{operation}_{len(self.nodes)}"
        names = [f"{name}_{number}" for number in range(outputs)]
        self.nodes.append(helper.make_node(operation, inputs, names, name, **attributes))
        return names

    def constant(self, value: np.ndarray, name: str | None = None) -> str:
        """Add a weight and return its name; one of a name that is there already is that one."""
        name = name or f"constant_{len(self.weights)}"
        self.weights.setdefault(name, np.ascontiguousarray(value))
        return name

    def integers(self, *values: int) -> str:
        """Add a constant int64 `[n]`, as shapes and axes are."""
        return self.constant(np.array(values, np.int64))

    def number(self, value: float) -> str:
        """Add a constant float32 scalar."""
        return self.constant(np.array(value, np.float32))

    def cast(self, values: str, dtype: np.dtype) -> str:
        """Convert to another type."""
        from onnx import helper  # pyright: ignore[reportMissingImports]

        return self.add("Cast", values, to=helper.np_dtype_to_tensor_dtype(dtype))

    def rounded(self, values: str, stored: np.dtype | None) -> str:
        """Return float32 values as they are after being stored in another type."""
        if stored is None:
            return values
        return self.cast(self.cast(values, stored), np.dtype(np.float32))

    def part(self, values: str, axis: int, first: int, end: int, step: int = 1) -> str:
        """Return `values[first:end:step]` along an axis."""
        places = (self.integers(one) for one in (first, end, axis, step))
        return self.add("Slice", values, *places)

    def dense(self, values: str, kernel: np.ndarray, bias: np.ndarray, name: str) -> str:
        """Return `values @ kernel + bias` of values `[frame, feature]`."""
        weights = self.constant(kernel, f"{name}/kernel"), self.constant(bias, f"{name}/bias")
        return self.add("Gemm", values, *weights)

    def l2_normalise(self, vectors: str, epsilon: float = 1e-12) -> str:
        """Return `models.normalisation.l2_normalise` of vectors `[frame, feature]`."""
        squares = self.add("Mul", vectors, vectors)
        length = self.add("ReduceSum", squares, self.integers(1), keepdims=1)
        floored = self.add("Max", length, self.number(epsilon))
        return self.add("Div", vectors, self.add("Sqrt", floored))
