"""What is known of each action unit and method: curves, and decisions counted."""

import csv
import dataclasses
import io
import math
from collections.abc import Mapping, Sequence

import numpy as np

from au_jax.metrics.decision_curves import DecisionCurves, decision_curves, thinned
from au_jax.metrics.frame_based import Counts, count_decisions
from au_jax.protocol.scenarios import TestedPart
from au_jax.reporting.part_scores import part_scores, scored_folds
from au_jax.reporting.results import Results
from au_jax.runs.layout import RunFolder
from au_jax.runs.scores import Scores, pooled

MOST_POINTS = 200
"""Points of a curve that are kept at most."""


@dataclasses.dataclass(frozen=True)
class MethodNumbers:
    """One method on the frames of all folds of a part.

    Attributes:
        auc: float64 `[au]`, the area under the ROC curve; NaN where undefined.
        average_precision: float64 `[au]`; NaN where undefined.
        at_zero: decisions at 0.
        tuned: decisions at the thresholds of the validation subjects; None where nobody knows them.
        curves: for each AU its curves, thinned; None where undefined.
    """

    auc: np.ndarray
    average_precision: np.ndarray
    at_zero: Counts
    tuned: Counts | None
    curves: Sequence[DecisionCurves | None]


def part_numbers(run: RunFolder, part: TestedPart, results: Results) -> dict[str, MethodNumbers]:
    """Return the numbers of each method of a part.

    Args:
        run: the folder of the run.
        part: which folds and frames belong to the part.
        results: the numbers of its tables.
    """
    methods, folds = scored_folds(run, part, list(results.methods))
    return {
        method: method_numbers(
            pooled(part_scores(run, part, method, folds)), results.methods[method]["auc"].per_au
        )
        for method in methods
    }


def method_numbers(scores: Scores, auc: np.ndarray) -> MethodNumbers:
    """Return the numbers of a method, whose areas under ROC curves `[au]` are known."""
    found = [
        decision_curves(scores.labels[:, au], scores.scores[:, au]) for au in range(len(scores.aus))
    ]
    tuned = None
    if not np.isnan(scores.tuned).any():
        tuned = count_decisions(scores.labels, scores.tuned)
    return MethodNumbers(
        auc=auc,
        average_precision=np.array([np.nan if c is None else c.average_precision for c in found]),
        at_zero=count_decisions(scores.labels, scores.scores),
        tuned=tuned,
        curves=[None if curves is None else _thinned(curves) for curves in found],
    )


def _thinned(curves: DecisionCurves) -> DecisionCurves:
    """Keep points that both curves need, half of them for each."""
    half = MOST_POINTS // 2
    kept = np.union1d(
        thinned(curves.false_positive_rate, curves.recall, half),
        thinned(curves.recall, curves.precision, half),
    )
    return dataclasses.replace(
        curves,
        false_positive_rate=curves.false_positive_rate[kept],
        recall=curves.recall[kept],
        precision=curves.precision[kept],
    )


def decisions_csv(aus: Sequence[int], numbers: Mapping[str, MethodNumbers]) -> str:
    """Return a row for each AU, method and threshold: decisions counted, AUC, average precision."""
    rows = []
    for method, found in numbers.items():
        for threshold, counts in (("zero", found.at_zero), ("tuned", found.tuned)):
            if counts is None:
                continue
            for place, au in enumerate(aus):
                counted = (getattr(counts, field.name) for field in dataclasses.fields(counts))
                areas = (found.auc[place], found.average_precision[place])
                cells = ("" if math.isnan(value) else f"{value:.6f}" for value in areas)
                rows.append([au, method, threshold, *(int(c[place]) for c in counted), *cells])
    names = [field.name for field in dataclasses.fields(Counts)]
    return _csv(["au", "method", "threshold", *names, "auc", "average_precision"], rows)


def curves_csv(aus: Sequence[int], numbers: Mapping[str, MethodNumbers]) -> str:
    """Return a row for each point of the curves of each AU and method."""
    rows = []
    for place, au in enumerate(aus):
        for method, found in numbers.items():
            curves = found.curves[place]
            if curves is None:
                continue
            columns = (curves.false_positive_rate, curves.recall, curves.precision)
            points = zip(*(column.tolist() for column in columns), strict=True)
            rows += [[au, method, *(f"{value:.6f}" for value in point)] for point in points]
    return _csv(["au", "method", "false_positive_rate", "recall", "precision"], rows)


def _csv(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return buffer.getvalue()
