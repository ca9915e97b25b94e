"""Which patches of the face JPML selects for each AU, drawn on the face."""

import math
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from au_jax import facs
from au_jax.detector.jpml import JpmlModel
from au_jax.faces.mean_shape import FACE_SIZE, MEAN_SHAPE, STABLE_POINTS

_COLUMNS = 6
_COLOUR_MAP = "plasma"
_PATCH = 32.0
"""Height and width of a landmark's patch in pixels of the aligned face."""

_OUTLINES = (
    range(17),
    range(17, 22),
    range(22, 27),
    range(27, 31),
    range(31, 36),
    (*range(36, 42), 36),
    (*range(42, 48), 42),
    (*range(48, 60), 48),
    (*range(60, 68), 60),
)
"""Points of the mean shape that are joined by lines."""


def patch_figure(
    models: Sequence[JpmlModel], aus: Sequence[int], face: np.ndarray | None = None
) -> Figure | None:
    """Draw, for each AU, the patches that JPML selects.

    Size and colour of a dot say how large the weights of the patch are beside the largest of that
    AU, as mean over folds. A dot fills its patch where that is 1. Crosses are patches that no fold
    selects.

    Args:
        models: one of each fold.
        aus: their AUs.
        face: `[height, width]` or `[height, width, channel]`, grey levels 0 to 255, the aligned
            face behind the dots, such as the mean face; None draws the mean shape.

    Returns:
        None if the patches are not the 49 landmarks, as those of features of the whole face.
    """
    importance = np.mean([model.patch_importance() for model in models], axis=0)
    if importance.shape[1] != len(STABLE_POINTS):
        return None
    selected = np.mean([(model.patch_importance() > 0).sum(axis=1) for model in models], axis=0)
    columns = min(_COLUMNS, len(aus))
    rows = math.ceil(len(aus) / columns)
    figure = Figure(figsize=(1.7 * columns + 0.9, 1.92 * rows + 0.1), layout="constrained")
    grid = figure.subplots(rows, columns, squeeze=False)
    for axis in grid.flat:
        axis.set_axis_off()
    for axis, au, values, count in zip(grid.flat, aus, importance, selected, strict=False):
        _draw_face(axis, face)
        _draw_patches(axis, values)
        axis.set_title(
            f"{facs.column_name(au)}: {count:.0f} of {len(values)}", fontsize="small", pad=3
        )
    colours = ScalarMappable(Normalize(0, 1), _COLOUR_MAP)
    bar = figure.colorbar(colours, ax=grid, aspect=15 * rows, pad=0.01)
    bar.set_label("weights of a patch", fontsize="small")
    bar.ax.tick_params(labelsize="small")
    return figure


def _draw_face(axis: Axes, face: np.ndarray | None) -> None:
    edge = (-0.5, FACE_SIZE - 0.5)
    if face is None:
        for outline in _OUTLINES:
            axis.plot(*MEAN_SHAPE[list(outline)].T, color="#b0b0b0", lw=0.8)
    else:
        grey = face.mean(axis=2) if face.ndim == 3 else face
        # Half way to white, so that the dots stand out.
        light = 127.5 + grey / 2
        axis.imshow(light, cmap="gray", vmin=0, vmax=255, extent=(*edge, edge[1], edge[0]))
    axis.set(xlim=edge, ylim=(FACE_SIZE + 4, 8), aspect="equal")


def _draw_patches(axis: Axes, importance: np.ndarray) -> None:
    from matplotlib import colormaps
    from matplotlib.patches import Circle

    points = MEAN_SHAPE[STABLE_POINTS]
    left_out = points[importance == 0]
    axis.plot(*left_out.T, "x", color="#7a7a7a", ms=2.2, mew=0.6)
    # Small ones last, so that none lies hidden.
    for patch in np.argsort(-importance, kind="stable"):
        value = float(importance[patch])
        if value > 0:
            radius = max(_PATCH / 2 * math.sqrt(value), 1.5)
            colour = colormaps[_COLOUR_MAP](value)
            x, y = points[patch]
            axis.add_patch(Circle((x, y), radius, color=colour, alpha=0.75, lw=0, zorder=3))
