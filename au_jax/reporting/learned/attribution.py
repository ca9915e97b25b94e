"""Where the CNN looks: maps over test faces, and beside where FACS says that an AU acts."""

from collections.abc import Sequence

import numpy as np
from etils import epath
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from au_jax import facs
from au_jax.analysis.attribution import MAPS
from au_jax.reporting.learned.measured import Arrays, Measured
from au_jax.reporting.learned.region_table import NETWORKS, region_csv, region_table
from au_jax.reporting.section import Section
from au_jax.reporting.templates import inline_figure

_COLOUR_MAP = "viridis"
_FACES_TEXT = (
    "Faces of people whom the network was not trained on, coded as showing the AU. Below each, "
    "integrated gradients for the AU's logit, as absolute values beside the mean face and smoothed "
    "by a pixel, and Grad-CAM on the last convolution. Each map is scaled to its own maximum."
)
_REGION_TEXT = (
    "{people} built-in people of the test, each drawn with one AU at full strength and straight "
    "into the camera. Outlined is where the AU moves the face: where a face with it differs from "
    "the same face without it. Below, means over people of the maps of the AU's own output, of "
    "random outputs of the same network{shuffled}. The table has the share of the attribution "
    "inside the outline, and how many times that is the outline's share of the picture. What a "
    "network could rightly look at outside, such as AUs that come along with this one, counts "
    "against it."
)
_SHUFFLED_TEXT = ", and of the network that was trained on shuffled labels"


def attribution_sections(report: epath.Path, measured: Sequence[Measured]) -> list[Section]:
    """Return the sections of each network; figures and numbers are written into the report."""
    sections = []
    for one in measured:
        arrays = one.arrays
        if "faces" in arrays:
            figure = faces_figure(arrays)
            drawn = inline_figure(
                report,
                one.file("attribution_faces"),
                figure,
                alt="Test faces with each action unit, and below them maps of where the network "
                "looks.",
            )
            sections.append(Section(f"Where the CNN looks: {one.title}", _FACES_TEXT, drawn))
        if "regions" not in arrays:
            continue
        file = one.file("attribution_regions")
        drawn = inline_figure(
            report,
            file,
            region_figure(arrays),
            alt="Where each action unit moves the face, and where the network looks. The table has "
            "the shares.",
            numbers=region_csv(arrays),
        )
        text = _REGION_TEXT.format(
            people=arrays["logits"].shape[1],
            shuffled=_SHUFFLED_TEXT if "mean_shuffled" in arrays else "",
        )
        sections.append(
            Section(
                f"Does it look where FACS says? {one.title}",
                text,
                drawn,
                region_table(arrays),
            )
        )
    return sections


def faces_figure(arrays: Arrays) -> Figure:
    """Draw test faces with each AU, a column for each AU, and their maps below."""
    from scipy.ndimage import gaussian_filter

    aus, units = arrays["aus"].tolist(), arrays["face_units"]
    most = int(np.bincount(units).max())
    figure, grid = _grid(aus, most * (1 + len(MAPS)))
    for unit in range(len(aus)):
        for number, face in enumerate(np.flatnonzero(units == unit)):
            axes = grid[number * (1 + len(MAPS)) :, unit]
            _draw_face(axes[0], arrays["faces"][face])
            integrated, cam = arrays["face_maps"][:, face]
            _draw_map(axes[1], gaussian_filter(np.abs(integrated), 1.0))
            _draw_map(axes[2], cam)
    return figure


def region_figure(arrays: Arrays) -> Figure:
    """Draw a built-in person with each AU, its region, and the mean maps of each network."""
    aus = arrays["aus"].tolist()
    networks = [name for name in NETWORKS if f"mean_{name}" in arrays]
    names = [f"{kind}\n{NETWORKS[name]}" for kind in MAPS for name in networks]
    figure, grid = _grid(aus, 1 + len(names))
    for unit, region in enumerate(arrays["regions"]):
        axes = grid[:, unit]
        _draw_face(axes[0], arrays["rendered"][unit])
        maps = [
            arrays[f"mean_{name}"][kind, unit] for kind in range(len(MAPS)) for name in networks
        ]
        for axis, values in zip(axes[1:], maps, strict=True):
            _draw_map(axis, values)
        for axis in axes:
            if region.any():
                axis.contour(region, [0.5], colors="white", linewidths=0.8)
    for axis, name in zip(grid[1:, 0], names, strict=True):
        axis.text(-0.08, 0.5, name, fontsize=6, ha="right", va="center", transform=axis.transAxes)
    return figure


def _grid(aus: Sequence[int], rows: int) -> tuple[Figure, np.ndarray]:
    """Return a figure with a column for each AU, named at the top."""
    figure = Figure(figsize=(0.9 * len(aus) + 0.9, 0.92 * rows + 0.3), layout="constrained")
    grid = figure.subplots(rows, len(aus), squeeze=False)
    for axis in grid.flat:
        axis.set_axis_off()
    for axis, au in zip(grid[0], aus, strict=True):
        axis.set_title(facs.column_name(au), fontsize="small")
    return figure, grid


def _draw_face(axis: Axes, face: np.ndarray) -> None:
    axis.imshow(np.repeat(face, 3, axis=2) if face.shape[2] == 1 else face)


def _draw_map(axis: Axes, values: np.ndarray) -> None:
    axis.imshow(values, cmap=_COLOUR_MAP, vmin=0, vmax=float(values.max()) or 1.0)
