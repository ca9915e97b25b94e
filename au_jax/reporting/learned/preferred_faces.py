"""The paper's Figure 9: what each output wants to see, beside what faces with the AU look like."""

import math
from collections.abc import Sequence

import numpy as np
from etils import epath
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from au_jax import facs
from au_jax.reporting.csv_text import csv_text
from au_jax.reporting.learned.measured import Arrays, Measured
from au_jax.reporting.section import Section
from au_jax.reporting.tables import Table
from au_jax.reporting.templates import inline_figure

_COLUMNS = 6
_TEXT = (
    "After Fig. 9 of the paper: pictures that gradient ascent from noise around the mean face "
    "makes in {iterations:,} iterations for each output, shown with the mean face. Below each, "
    "{drawn}the mean training face with the AU less that without it (orange is brighter with it, "
    "purple darker), scaled to its own largest value. Such a picture shows what raises a number, "
    "which need not look like a face, and what goes along with the AU in training as well as the "
    "AU itself.{contrast}"
)
_DRAWN = "a built-in person of the test with the AU at full strength, and "
_CONTRAST = (
    " The network sees grey contrast instead of grey levels, so that the pictures and the "
    "differences are ones of contrast."
)
_NOTES = (
    "Logits; the decision is at 0. Test faces are those of people whom the network was not trained "
    "on: the mean of the faces with the AU, and the highest of all faces. A picture far above the "
    "highest is something that no face is.",
    "Nearest: the AU, of all, with whose difference of training faces the picture correlates most, "
    "and the correlation with its own. By chance one picture has its own as nearest.",
)


def preferred_faces_sections(report: epath.Path, measured: Sequence[Measured]) -> list[Section]:
    """Return a section for each network; figure and numbers are written into the report."""
    sections = []
    for one in measured:
        arrays, file = one.arrays, one.file("preferred_faces")
        figure = inline_figure(
            report,
            file,
            preferred_faces_figure(arrays),
            alt="For each action unit the picture that raises its output most, above what training "
            "faces with it have more than others. The table has the logits.",
            numbers=preferred_faces_csv(arrays),
        )
        text = _TEXT.format(
            iterations=int(arrays["iterations"]),
            drawn=_DRAWN if "rendered" in arrays else "",
            contrast="" if _is_grey_level(arrays) else _CONTRAST,
        )
        sections.append(
            Section(
                f"What an AU wants to see: {one.title}",
                text,
                figure,
                _table(arrays),
            )
        )
    return sections


def preferred_faces_figure(arrays: Arrays) -> Figure:
    """Draw, for each AU, its picture, the rendered AU if there is one, and the class difference."""
    aus = arrays["aus"].tolist()
    kinds = ("pictures", *(("rendered",) if "rendered" in arrays else ()), "differences")
    columns = min(_COLUMNS, len(aus))
    blocks = math.ceil(len(aus) / columns)
    rows = blocks * len(kinds)
    figure = Figure(figsize=(1.6 * columns, 1.66 * rows), layout="constrained")
    grid = figure.subplots(rows, columns, squeeze=False)
    for axis in grid.flat:
        axis.set_axis_off()
    for unit, au in enumerate(aus):
        block, column = divmod(unit, columns)
        for place, kind in enumerate(kinds):
            axis = grid[block * len(kinds) + place, column]
            _draw(axis, kind, arrays[kind][unit], arrays["value_range"])
            if not place:
                axis.set_title(facs.describe(au).replace(" ", "\n", 1), fontsize="small")
    return figure


def preferred_faces_csv(arrays: Arrays) -> str:
    """Return the logits of each AU as CSV, and the correlations of its picture with each AU."""
    aus = arrays["aus"].tolist()
    columns = (
        arrays["history"][0],
        arrays["history"][-1],
        arrays["test_mean"],
        arrays["test_highest"],
    )
    return csv_text(
        (
            *("au", "first_logit", "highest_logit", "mean_logit_of_test_faces_with_au"),
            "highest_logit_of_test_faces",
            *(f"correlation_with_{facs.column_name(au)}" for au in aus),
        ),
        (
            (
                facs.column_name(au),
                *(float(column[unit]) for column in columns),
                *arrays["correlation"][unit].tolist(),
            )
            for unit, au in enumerate(aus)
        ),
    )


def _draw(axis: Axes, kind: str, picture: np.ndarray, value_range: np.ndarray) -> None:
    if kind == "differences":
        difference = picture.mean(axis=2)
        largest = float(np.abs(difference).max()) or 1.0
        # Positive as orange; like all of this map, told apart also without seeing colours.
        axis.imshow(difference, cmap="PuOr_r", vmin=-largest, vmax=largest)
        return
    low, high = (0, 255) if kind == "rendered" else value_range
    values = np.clip((picture.astype(np.float64) - low) / (high - low), 0, 1)
    axis.imshow(np.repeat(values, 3, axis=2) if values.shape[2] == 1 else values)


def _table(arrays: Arrays) -> Table:
    aus, correlation = arrays["aus"].tolist(), arrays["correlation"]
    rows = []
    for unit, au in enumerate(aus):
        logits = (
            float(arrays[name][place][unit]) if place is not None else float(arrays[name][unit])
            for name, place in (
                ("history", 0),
                ("history", -1),
                ("test_mean", None),
                ("test_highest", None),
            )
        )
        known = np.nan_to_num(correlation[unit], nan=-1.0)
        nearest = f"AU{aus[int(np.argmax(known))]}"
        own = correlation[unit, unit]
        rows.append((facs.describe(au), *map(_number, logits), nearest, _number(own)))
    return Table(
        title="Logits of the pictures and of faces",
        header=(
            *("action unit", "noise", "picture", "test faces with the AU", "highest test face"),
            *("nearest", "correlation with own"),
        ),
        rows=tuple(rows),
        best=(frozenset(),) * len(rows),
        notes=_NOTES,
    )


def _number(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.2f}"


def _is_grey_level(arrays: Arrays) -> bool:
    return float(arrays["value_range"][1]) == 255
