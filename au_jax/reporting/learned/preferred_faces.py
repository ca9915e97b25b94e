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
    "what it adds to the mean face (orange is brighter, purple darker), {drawn}the mean training "
    "face with the AU less that without it, in the same colours; both are scaled to their own "
    "largest value. Such a picture shows what raises a number, which need not look like a face, "
    "and what goes along with the AU in training as well as the AU itself.{contrast}"
)
_DRAWN = "a built-in person of the test with the AU at full strength, "
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
    """Draw, for each AU, its picture and what it adds to the mean face, the AU, and differences.

    The AU is left out where nobody was drawn with it.
    """
    aus = arrays["aus"].tolist()
    kinds = _pictures(arrays)
    columns = min(_COLUMNS, len(aus))
    blocks = math.ceil(len(aus) / columns)
    rows = blocks * len(kinds)
    figure = Figure(figsize=(1.6 * columns, 1.66 * rows), layout="constrained")
    grid = figure.subplots(rows, columns, squeeze=False)
    for axis in grid.flat:
        axis.set_axis_off()
    for unit, au in enumerate(aus):
        block, column = divmod(unit, columns)
        for place, pictures in enumerate(kinds):
            axis = grid[block * len(kinds) + place, column]
            _draw(axis, pictures[unit])
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


def _pictures(arrays: Arrays) -> list[np.ndarray]:
    """Return the rows of the figure.

    Pictures are `[au, height, width, channel]` in [0, 1], differences `[au, height, width]`.
    """
    pictures = arrays["pictures"].astype(np.float64)
    low, high = arrays["value_range"]
    if not _is_grey_level(arrays):
        high = np.percentile(np.abs(pictures), 99.9)
        low = -high
    rows = [
        np.clip((pictures - low) / (high - low), 0, 1),
        (pictures - arrays["mean"][None]).mean(axis=3),
    ]
    if "rendered" in arrays:
        rows.append(arrays["rendered"] / 255)
    return [*rows, arrays["differences"].mean(axis=3)]


def _draw(axis: Axes, picture: np.ndarray) -> None:
    if picture.ndim == 3:
        axis.imshow(np.repeat(picture, 3, axis=2) if picture.shape[2] == 1 else picture)
        return
    largest = float(np.abs(picture).max()) or 1.0
    # Positive as orange; the colours of this map differ also for those who see some colours alike.
    axis.imshow(picture, cmap="PuOr_r", vmin=-largest, vmax=largest)


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
