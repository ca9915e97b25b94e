"""What a figure holds besides its picture: its numbers as CSV, and a sentence instead of it."""

import csv
import io
from collections.abc import Iterator

import numpy as np
from matplotlib.axes import Axes
from matplotlib.container import BarContainer
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle, StepPatch

_MOST_ROWS = 50_000
_MOST_TITLES = 12

_Row = tuple[str, str, float | str, float | str, float | str]


def figure_csv(figure: Figure) -> str:
    """Return curves, dots, bars and images of numbers, one row for each point.

    Columns are `panel` (its title, or its number from 1), `what` (the label of a curve), `x`, `y`
    and `value`, which only images have. Pictures in colour have no numbers.

    Returns:
        an empty text if there are no numbers, or more than 50,000 of them.
    """
    rows: list[_Row] = []
    for number, axes in enumerate(figure.axes, start=1):
        if axes.get_label() == "<colorbar>":
            continue
        panel = axes.get_title() or axes.get_title("left") or axes.get_ylabel() or str(number)
        rows += [(panel.replace("\n", " "), *row) for row in _content(axes)]
        if len(rows) > _MOST_ROWS:
            return ""
    if not rows:
        return ""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(["panel", "what", "x", "y", "value"])
    writer.writerows(
        [f"{cell:.6g}" if isinstance(cell, float) else cell for cell in row] for row in rows
    )
    return buffer.getvalue()


def _content(axes: Axes) -> Iterator[tuple[str, float | str, float | str, float | str]]:
    for line in axes.lines:
        # Lines across the whole panel, such as axhline, are no data.
        if line.get_transform() == axes.transData:
            x, y = np.broadcast_arrays(
                np.ma.filled(np.ma.asarray(line.get_xdata(orig=False), float), np.nan),
                np.ma.filled(np.ma.asarray(line.get_ydata(orig=False), float), np.nan),
            )
            yield from ((_name(line.get_label()), a, b, "") for a, b in zip(x, y, strict=True))
    for container in axes.containers:
        if isinstance(container, BarContainer):
            yield from _bars(container)
    for patch in axes.patches:
        if isinstance(patch, StepPatch):
            values, edges, _ = patch.get_data()
            middle = (np.asarray(edges)[1:] + np.asarray(edges)[:-1]) / 2
            pairs = zip(middle.tolist(), np.asarray(values, float).tolist(), strict=True)
            yield from ((_name(patch.get_label()), a, b, "") for a, b in pairs)
    for image in axes.images:
        array = np.ma.asarray(image.get_array())
        if array.ndim == 2:
            for (row, column), value in np.ndenumerate(np.ma.filled(array.astype(float), np.nan)):
                yield "", float(column), float(row), float(value)


def _bars(container: BarContainer) -> Iterator[tuple[str, float | str, float | str, float | str]]:
    lying = container.orientation == "horizontal"
    for bar in container.patches:
        if isinstance(bar, Rectangle):
            x, y = bar.get_x(), bar.get_y()
            width, height = bar.get_width(), bar.get_height()
            place = (x + width, y + height / 2) if lying else (x + width / 2, y + height)
            yield _name(container.get_label()), float(place[0]), float(place[1]), ""


def _name(label: object) -> str:
    """Return the label of an artist; Matplotlib's own begin with an underscore."""
    text = str(label)
    return "" if text.startswith("_") or text == "None" else text


def figure_words(figure: Figure) -> str:
    """Return a sentence of the titles and axes of a figure; an empty text if it has none."""
    whole = figure.get_suptitle()
    titles = [
        title.replace("\n", " ")
        for axes in figure.axes
        if (title := axes.get_title() or axes.get_title("left"))
    ]
    more = f" and {len(titles) - _MOST_TITLES} more" if len(titles) > _MOST_TITLES else ""
    panels = "; ".join(dict.fromkeys(titles[:_MOST_TITLES])) + more
    axes = next((axes for axes in figure.axes if axes.get_xlabel() or axes.get_ylabel()), None)
    against = ""
    if axes is not None:
        against = " against ".join(filter(None, (axes.get_ylabel(), axes.get_xlabel())))
    parts = [part for part in (whole, panels, against) if part]
    return f"Figure: {'. '.join(parts)}." if parts else ""
