"""The paper's Figure 3: features in the plane, coloured by AU and by subject, and silhouettes."""

from collections.abc import Sequence

import numpy as np
from etils import epath
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from au_jax import facs
from au_jax.reporting.csv_text import csv_text
from au_jax.reporting.learned.feature_names import OKABE_ITO, feature_title
from au_jax.reporting.learned.measured import Arrays, Measured
from au_jax.reporting.section import Section
from au_jax.reporting.tables import Table
from au_jax.reporting.templates import inline_figure
from au_jax.system import atomic_files

_MARKERS = "os^vDP"
_LABELS = ((-1, "absent", OKABE_ITO[4]), (1, "present", OKABE_ITO[3]), (0, "no label", "#bbbbbb"))
_TEXT = (
    "After Fig. 3 of the paper: each dot is a frame of a person whom the networks were not trained "
    "on, placed by t-SNE so that frames with like features lie near one another; coloured by an "
    "action unit above, by person below (colour and mark together). Features that hold more of who "
    "somebody is than of what the face does fall into islands of one person. Distances between "
    "islands mean nothing. fc7 is the last hidden layer of the CNN, LSTM the hidden state, fusion "
    "the hidden layer of the fusion network."
)
_NOTES = (
    "Silhouettes (Rousseeuw 1987), from −1 to 1: near 1 groups lie apart, at 0 they overlap. Those "
    "of features are measured on all their dimensions, those of t-SNE in the plane, mean ± sd over "
    "seeds. A low one of subjects and a high one of AUs is what a detector wants.",
)


def embedding_sections(report: epath.Path, measured: Sequence[Measured]) -> list[Section]:
    """Return a section for each fold; its figure and its numbers are written into the report."""
    sections = []
    for one in measured:
        arrays = one.arrays
        coordinates, silhouettes = one.file("embedding"), one.file("embedding_silhouettes")
        atomic_files.write_text(report / f"{silhouettes}.csv", silhouettes_csv(arrays))
        frames, people = len(arrays["frame"]), len(np.unique(arrays["subject"]))
        figure = inline_figure(
            report,
            coordinates,
            embedding_figure(arrays),
            alt="Frames in the plane, once for each kind of features: coloured by action unit in "
            "the upper row, by person in the lowest. The table has the silhouettes.",
            numbers=coordinates_csv(arrays),
        )
        sections.append(
            Section(
                f"Features in the plane: {one.title}",
                f"{_TEXT} {frames} frames of {people} people. Silhouettes of every seed: "
                f"{silhouettes}.csv.",
                figure,
                silhouette_table(arrays),
            )
        )
    return sections


def embedding_figure(arrays: Arrays) -> Figure:
    """Draw the first seed: a column for each kind of features, a row for each AU, then people."""
    kinds, aus = arrays["kinds"].tolist(), arrays["aus"].tolist()
    colour_aus = arrays["colour_aus"].tolist()
    rows = len(colour_aus) + 1
    width = 2.4 * len(kinds)
    figure = Figure(figsize=(max(width, 4), 2.4 * rows + 0.5), layout="constrained", dpi=150)
    grid = figure.subplots(rows, len(kinds), squeeze=False)
    for column, kind in enumerate(kinds):
        places = arrays["coordinates"][column, 0]
        grid[0, column].set_title(feature_title(kind), fontsize="medium")
        for axis, au in zip(grid[:-1, column], colour_aus, strict=True):
            _draw_labels(axis, places, arrays["labels"][:, aus.index(au)])
        _draw_subjects(grid[-1, column], places, arrays["subject"])
    for axis, au in zip(grid[:-1, 0], colour_aus, strict=True):
        axis.set_ylabel(facs.column_name(au))
    grid[-1, 0].set_ylabel("person")
    handles, names = grid[0, 0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=3, frameon=False, markerscale=3)
    return figure


def _draw_labels(axis: Axes, places: np.ndarray, labels: np.ndarray) -> None:
    for value, name, colour in _LABELS:
        own = labels == value
        if own.any():
            _dots(axis, places[own], colour, "o", name)
    _without_ticks(axis)


def _draw_subjects(axis: Axes, places: np.ndarray, subjects: np.ndarray) -> None:
    """Draw frames by person; after the colours are used up they come again with another mark."""
    for number, subject in enumerate(np.unique(subjects)):
        mark = _MARKERS[number // len(OKABE_ITO) % len(_MARKERS)]
        colour = OKABE_ITO[number % len(OKABE_ITO)]
        _dots(axis, places[subjects == subject], colour, mark, str(subject))
    _without_ticks(axis)


def _dots(axis: Axes, places: np.ndarray, colour: str, mark: str, name: str) -> None:
    # As pixels: thousands of dots are too much for a page to draw one by one.
    axis.scatter(
        *places.T, s=5, c=colour, marker=mark, lw=0, alpha=0.8, label=name, rasterized=True
    )


def _without_ticks(axis: Axes) -> None:
    axis.set(xticks=[], yticks=[])
    axis.set_box_aspect(1)
    for side in axis.spines.values():
        side.set_color("#cccccc")


def silhouette_table(arrays: Arrays) -> Table:
    """Return silhouettes by subject, by the AUs of the colours, and the mean over all AUs."""
    aus = arrays["aus"].tolist()
    columns = {"subject": 0}
    columns |= {facs.column_name(au): 1 + aus.index(au) for au in arrays["colour_aus"].tolist()}
    names = [*columns, "mean of AUs"]
    rows = []
    for place, kind in enumerate(arrays["kinds"].tolist()):
        features = arrays["silhouette_features"][place]
        plane = arrays["silhouette_embedding"][place]
        chosen = [(features[column], plane[:, column]) for column in columns.values()]
        chosen.append((_mean(features[1:]), np.array([_mean(one[1:]) for one in plane])))
        cells = [(_number(one), _with_spread(several)) for one, several in chosen]
        rows.append((feature_title(kind), *(cell for pair in cells for cell in pair)))
    seeds = ", ".join(map(str, arrays["seeds"].tolist()))
    return Table(
        title=f"Silhouettes of features and of t-SNE (seeds {seeds})",
        header=("features", *(f"{name}, {of}" for name in names for of in ("features", "t-SNE"))),
        rows=tuple(rows),
        best=(frozenset(),) * len(rows),
        notes=_NOTES,
    )


def _mean(values: np.ndarray) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else float("nan")


def _number(value: float) -> str:
    return "–" if np.isnan(value) else f"{value:.3f}"


def _with_spread(values: np.ndarray) -> str:
    if np.isnan(values).any() or len(values) < 2:
        return _number(float(values.mean()))
    return f"{values.mean():.3f} ± {values.std(ddof=1):.3f}"


def coordinates_csv(arrays: Arrays) -> str:
    """Return a row for each frame: whose it is, its labels, its place by features and seed."""
    kinds, seeds = arrays["kinds"].tolist(), arrays["seeds"].tolist()
    names = [facs.column_name(au) for au in arrays["aus"].tolist()]
    places = [f"{kind}_seed{seed}_{axis}" for kind in kinds for seed in seeds for axis in "xy"]
    coordinates = arrays["coordinates"]
    flat = coordinates.transpose(2, 0, 1, 3).reshape(coordinates.shape[2], -1).round(4)
    of_frame = (arrays[name].tolist() for name in ("subject", "recording", "frame", "labels"))
    rows = zip(*of_frame, flat.astype(float).tolist(), strict=True)
    return csv_text(
        ["subject", "recording", "frame", *names, *places],
        (
            [subject, recording, frame, *labels, *row]
            for subject, recording, frame, labels, row in rows
        ),
    )


def silhouettes_csv(arrays: Arrays) -> str:
    """Return a row for each silhouette; of features the seed is empty."""
    groups = ["subject", *(facs.column_name(au) for au in arrays["aus"].tolist())]
    rows: list[tuple[str, str, int | str, str, float]] = []

    def add(kind: str, of: str, seed: int | str, values: np.ndarray) -> None:
        for group, value in zip(groups, values.tolist(), strict=True):
            rows.append((kind, of, seed, group, value))

    for place, kind in enumerate(arrays["kinds"].tolist()):
        add(kind, "features", "", arrays["silhouette_features"][place])
        for seed, values in zip(
            arrays["seeds"].tolist(), arrays["silhouette_embedding"][place], strict=True
        ):
            add(kind, "embedding", seed, values)
    return csv_text(("features", "measured_on", "seed", "groups", "silhouette"), rows)
