"""Which AUs go together in the labels, in what each method decides, and in what it gets wrong."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage

from au_jax import facs
from au_jax.analysis.au_relations import AuRelations, au_relations, summarise
from au_jax.protocol.scenarios import TestedPart
from au_jax.reporting.csv_text import csv_text
from au_jax.reporting.method_names import method_title
from au_jax.reporting.section import Section
from au_jax.reporting.tables import Table
from au_jax.reporting.templates import inline_figure
from au_jax.runs.layout import RunFolder
from au_jax.runs.scores import Scores, load_scores, pooled

_COLOURS = "PuOr_r"
_TEXT = (
    "Phi coefficients of every two action units over the tested frames, the correlation of being "
    "there: of the coders' labels first, then of what each method decides with the threshold 0. "
    "Below, the correlation of label minus calibrated probability: what of a relation a method "
    "leaves unexplained, 0 if it has learned all. Orange goes together, purple excludes; grey "
    "where an action unit never changes or there are no probabilities. "
)


def au_relations_sections(
    run: RunFolder, parts: Sequence[TestedPart], methods: Sequence[str]
) -> list[Section]:
    """Return a section for each part of a protocol; figures and numbers go into the report.

    Args:
        run: the folder of the run; scores of all its folds that are there are pooled.
        parts: of the protocol.
        methods: in the order of the tables; one that decides the same everywhere has no relations.
    """
    sections = []
    for part in parts:
        title = f": trained on {part.trained_on}, tested on {part.tested_on}"
        name = f"_{part.trained_on}_to_{part.tested_on}"
        section = _section(run, part, methods, *((title, name) if len(parts) > 1 else ("", "")))
        sections += [section] if section else []
    return sections


def _section(
    run: RunFolder, part: TestedPart, methods: Sequence[str], title: str, name: str
) -> Section | None:
    aus: tuple[int, ...] = ()
    found: dict[str, AuRelations] = {}
    for method in methods:
        scores = _pooled(run, part, method)
        if scores is None:
            continue
        relations = au_relations(scores.labels, scores.scores, scores.probabilities)
        if np.isfinite(relations.decisions).any():
            found[method], aus = relations, scores.aus
    if not found or len(aus) < 2:
        return None
    file = f"au_relations{name}"
    figure = inline_figure(
        run.report,
        file,
        relations_figure(found, aus),
        alt="Matrices of the relations between action units in labels, decisions and residuals.",
        numbers=relations_csv(found, aus),
    )
    return Section(
        f"Relations between action units{title}",
        _TEXT,
        figure,
        relations_table(found),
    )


def _pooled(run: RunFolder, part: TestedPart, method: str) -> Scores | None:
    files = (run.method(fold, method).test_scores for fold in part.folds)
    scores = [load_scores(file).of_rows(part.first, part.last) for file in files if file.exists()]
    return pooled(scores) if scores else None


def relations_figure(found: Mapping[str, AuRelations], aus: Sequence[int]) -> Figure:
    """Draw labels, then the decisions of each method with its residuals below."""
    side = max(1.9, 0.16 * len(aus) + 0.5)
    columns = len(found) + 1
    figure = Figure(figsize=(side * columns + 0.6, 2 * side + 0.5), layout="constrained")
    grid = figure.subplots(2, columns, squeeze=False)
    every = list(found.values())
    matrices = [every[0].labels, *(m for one in every for m in (one.decisions, one.residuals))]
    largest = _largest(matrices)
    picture = _draw(grid[0, 0], every[0].labels, aus, largest, "labels")
    grid[1, 0].set_axis_off()
    for (upper, lower), (method, relations) in zip(grid.T[1:], found.items(), strict=True):
        _draw(upper, relations.decisions, aus, largest, f"{method_title(method)}: decisions")
        _draw(lower, relations.residuals, aus, largest, "residuals")
    beside = grid[1, 0].inset_axes((0.0, 0.6, 1.0, 0.07))
    figure.colorbar(picture, cax=beside, orientation="horizontal", label="correlation")
    return figure


def _largest(matrices: Sequence[np.ndarray]) -> float:
    """Return the largest coefficient beside the diagonals, at least 0.1, in tenths."""
    beside = np.concatenate([matrix[np.triu_indices(len(matrix), k=1)] for matrix in matrices])
    known = np.abs(beside[np.isfinite(beside)])
    return max(0.1, float(np.ceil(10 * known.max()) / 10)) if len(known) else 1.0


def _draw(
    axis: Axes, matrix: np.ndarray, aus: Sequence[int], largest: float, title: str
) -> AxesImage:
    shown = np.where(np.eye(len(matrix), dtype=bool), np.nan, matrix)
    axis.set_facecolor("#cccccc")
    picture = axis.imshow(shown, cmap=_COLOURS, vmin=-largest, vmax=largest)
    axis.set_title(title, fontsize="small")
    names = [str(au) for au in aus]
    axis.set_xticks(range(len(aus)), names, fontsize=6, rotation=90)
    axis.set_yticks(range(len(aus)), names, fontsize=6)
    axis.tick_params(length=0)
    return picture


def relations_table(found: Mapping[str, AuRelations]) -> Table:
    """Return how far the relations of each method are those of the labels."""
    rows = []
    for method, relations in found.items():
        one = summarise(relations)
        numbers = (one.labels, one.decisions, one.agreement, one.difference, one.residuals)
        rows.append((method_title(method), str(one.pairs), *map(_number, numbers)))
    return Table(
        title="Relations of labels and decisions, over pairs of action units",
        header=(
            *("method", "pairs", "labels: mean |phi|", "decisions: mean |phi|"),
            *("correlation of both", "mean |difference|", "residuals: mean |r|"),
        ),
        rows=tuple(rows),
        best=(frozenset(),) * len(rows),
        notes=(
            "More |phi| in decisions than in labels: the method holds action units together more "
            "than they are.",
        ),
    )


def relations_csv(found: Mapping[str, AuRelations], aus: Sequence[int]) -> str:
    """Return a row for each method and pair of AUs; what is undefined is empty."""
    rows = []
    names = [facs.column_name(au) for au in aus]
    for method, one in found.items():
        for first, second in zip(*np.triu_indices(len(aus), k=1), strict=True):
            matrices = (one.labels, one.decisions, one.residuals)
            pair = (float(matrix[first, second]) for matrix in matrices)
            rows.append([method, names[first], names[second], *pair])
    return csv_text(("method", "first", "second", "labels", "decisions", "residuals"), rows)


def _number(value: float) -> str:
    return "–" if np.isnan(value) else f"{value:.3f}"
