"""The filters of a first layer as pictures, and how colourful they are."""

import math
from collections.abc import Sequence

import numpy as np
from etils import epath
from matplotlib.figure import Figure

from au_jax.reporting.csv_text import csv_text
from au_jax.reporting.learned.measured import Measured
from au_jax.reporting.section import Section
from au_jax.reporting.tables import Table, percent
from au_jax.reporting.templates import inline_figure

_COLUMNS = 16
_TEXT = (
    "After Fig. 2 (d) and (e) of the paper: the filters of the first convolution, each scaled to "
    "its own largest weight, grey is 0; in the order of their colour share, the part of a "
    "filter's energy that a grey picture cannot excite. The paper finds fewer detectors of colour "
    "blobs in a network that has learned faces than in one that has learned ImageNet."
)


def filter_sections(report: epath.Path, measured: Sequence[Measured]) -> list[Section]:
    """Return a section for each network; its figure is written into the report."""
    return [
        Section(
            f"Filters of the first layer: {one.title}",
            _TEXT,
            inline_figure(
                report,
                one.file("conv1_filters"),
                filter_figure(one.arrays["filters"], shares),
                alt=f"{len(shares)} small pictures, one for each filter.",
                numbers=_shares_csv(shares),
            ),
            _table(one.arrays["filters"], shares),
        )
        for one in measured
        for shares in (one.arrays["colour_share"],)
    ]


def filter_figure(filters: np.ndarray, shares: np.ndarray) -> Figure:
    """Draw filters side by side, the most colourful last.

    Args:
        filters: float `[height, width, channel, filter]`, of one channel or three.
        shares: `[filter]`, how colourful they are.
    """
    order = np.argsort(shares, kind="stable")
    rows = math.ceil(len(order) / _COLUMNS)
    figure = Figure(figsize=(9, 9 * rows / _COLUMNS), layout="constrained")
    axes = figure.subplots(rows, _COLUMNS, squeeze=False)
    for axis in axes.flat:
        axis.set_axis_off()
    for axis, number in zip(axes.flat, order, strict=False):
        axis.imshow(_picture(filters[..., number]), interpolation="nearest")
    return figure


def _picture(weights: np.ndarray) -> np.ndarray:
    """Return a filter as a picture in [0, 1], `[height, width, 3]`, 0 as middle grey."""
    largest = float(np.abs(weights).max()) or 1.0
    picture = 0.5 + 0.5 * weights / largest
    return np.repeat(picture, 3, axis=2) if picture.shape[2] == 1 else picture


def _shares_csv(shares: np.ndarray) -> str:
    return csv_text(("filter", "colour_share"), enumerate(shares.tolist()))


def _table(filters: np.ndarray, shares: np.ndarray) -> Table | None:
    channels = filters.shape[2]
    if channels == 1:
        return None
    return Table(
        title="Colour share of the filters, in percent",
        header=("filters", "mean", "median", "above half", "random weights"),
        rows=(
            (
                str(len(shares)),
                percent(float(shares.mean())),
                percent(float(np.median(shares))),
                str(int((shares > 0.5).sum())),
                percent(1 - 1 / channels),
            ),
        ),
        best=(frozenset(),),
        words=frozenset(),
    )
