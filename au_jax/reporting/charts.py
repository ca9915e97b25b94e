"""Charts that a page draws itself, with uPlot, so that they answer to the pointer."""

import dataclasses
import math
from collections.abc import Sequence
from typing import Any

import numpy as np


@dataclasses.dataclass(frozen=True)
class Curve:
    """A curve of a chart.

    Attributes:
        name: what it is.
        series: its colour, a place in the palette; from the length of the palette on in dashes.
        x: float `[point]`, not decreasing.
        y: float `[point]`; NaN leaves a gap.
        dashed: whether it is a companion of another curve of the same colour.
    """

    name: str
    series: int
    x: np.ndarray
    y: np.ndarray
    dashed: bool = False


@dataclasses.dataclass(frozen=True)
class Chart:
    """Curves over one axis.

    Attributes:
        title: what is seen.
        x_title: what is to the right.
        y_title: what is upwards.
        curves: the curves.
        unit_square: whether both axes go from 0 to 1.
        diagonal: whether the line from corner to corner is drawn, for comparison.
        dots: whether each point has a dot.
    """

    title: str
    x_title: str
    y_title: str
    curves: Sequence[Curve]
    unit_square: bool = False
    diagonal: bool = False
    dots: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return what the script of a page draws."""
        return {
            "title": self.title,
            "x": self.x_title,
            "y": self.y_title,
            "unit": self.unit_square,
            "diagonal": self.diagonal,
            "dots": self.dots,
            "curves": [
                {
                    "name": curve.name,
                    "series": curve.series,
                    "dashed": curve.dashed,
                    "x": _numbers(curve.x),
                    "y": _numbers(curve.y),
                }
                for curve in self.curves
            ],
        }


def _numbers(values: np.ndarray) -> list[float | None]:
    """Return values of five digits; None for NaN, which JSON lacks."""
    return [
        None if not math.isfinite(value) else float(f"{value:.5g}")
        for value in np.asarray(values, float).tolist()
    ]
