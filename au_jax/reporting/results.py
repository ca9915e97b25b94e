"""From the scores of all folds to the numbers of a table, and to `results.json`."""

import dataclasses
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from au_jax import metrics
from au_jax.datasets.dataset import base_rates
from au_jax.errors import InputError
from au_jax.metrics.over_subjects import Difference
from au_jax.protocol.scenarios import TestedPart
from au_jax.reporting.part_scores import part_scores, scored_folds
from au_jax.runs.layout import RunFolder
from au_jax.runs.scores import Scores, pooled
from au_jax.settings import Experiment, Variant
from au_jax.settings.variants import find_variant
from au_jax.system import atomic_files

METRICS: dict[str, Callable[[Scores], np.ndarray]] = {
    "f1_frame": lambda s: metrics.f1_frame(s.labels, s.scores),
    "f1_event": lambda s: metrics.f1_event(s.labels, s.scores, s.recordings),
    "auc": lambda s: metrics.auc(s.labels, s.scores),
    "balanced_accuracy": lambda s: metrics.balanced_accuracy(s.labels, s.scores),
    "auc_within_person": lambda s: metrics.auc_within_person(s.labels, s.scores, s.subjects),
    "f1_within_person": lambda s: metrics.f1_within_person(s.labels, s.scores, s.subjects),
    "f1_frame_tuned": lambda s: _where_calibrated(s, metrics.f1_frame(s.labels, s.tuned)),
    "calibration_error": lambda s: metrics.calibration_error(s.labels, s.probabilities),
}
"""Each metric as a function of scores to one value per AU, in [0, 1] or NaN."""


def _where_calibrated(scores: Scores, values: np.ndarray) -> np.ndarray:
    """Return values per AU, NaN where the thresholds of a fold are not known."""
    return np.where(np.isnan(scores.tuned).any(axis=0), np.nan, values)


METRIC_TITLES = {
    "f1_frame": "F1-frame",
    "f1_event": "F1-event",
    "auc": "Area under the ROC curve",
    "balanced_accuracy": "Balanced accuracy",
    "auc_within_person": "Area under the ROC curve within a person",
    "f1_within_person": "F1-frame within a person",
}
"""The metrics that have a table of their own."""


@dataclasses.dataclass(frozen=True)
class Value:
    """One metric of one method.

    Attributes:
        per_au: float64 `[aus]`, of the frames of all folds together; NaN where undefined.
        mean: mean of `per_au`.
        folds: float64 `[folds]`, the mean over AUs in each fold by itself.
    """

    per_au: np.ndarray
    mean: float
    folds: np.ndarray


@dataclasses.dataclass(frozen=True)
class Results:
    """All numbers of an experiment, of one part of its protocol.

    Attributes:
        experiment: its name.
        dataset: the name of the data set of the test frames.
        trained_on: the name of the data set of the training subjects.
        aus: the AUs, in the order of the columns.
        base_rate: float64 `[aus]`, share of present among the known labels of the test frames; NaN
            where none is known.
        rare_aus: the AUs that are rare in one of the two data sets.
        methods: method to metric to value, the baseline first.
        subjects: how many subjects were tested.
        intervals: method to the 95 % interval of its mean F1-frame over resampled subjects; NaN if
            there is a single subject.
        differences: mean F1-frame of every two methods compared on the same subjects.
        folds_done: folds whose scores are in.
        folds: folds of the part.
        variants: what those of the methods change that are variants of another.
    """

    experiment: str
    dataset: str
    trained_on: str
    aus: tuple[int, ...]
    base_rate: np.ndarray
    rare_aus: tuple[int, ...]
    methods: Mapping[str, Mapping[str, Value]]
    subjects: int
    intervals: Mapping[str, tuple[float, float]]
    differences: tuple[Difference, ...]
    folds_done: int
    folds: int
    variants: Mapping[str, Variant] = dataclasses.field(default_factory=dict)

    @property
    def scenario(self) -> str:
        """`within` or `between`, for data sets."""
        return "within" if self.trained_on == self.dataset else "between"


def collect_parts(
    run: RunFolder,
    *,
    experiment: Experiment,
    parts: Sequence[TestedPart],
    methods: Sequence[str],
) -> list[Results]:
    """Collect each part that has scores.

    Args:
        run: the folder of the run.
        experiment: gives its name and its variants.
        parts: the parts of its protocol.
        methods: in the order of the table.

    Raises:
        InputError: if no part has scores of any method.
    """
    collected = [collect(run, experiment=experiment, part=part, methods=methods) for part in parts]
    results = [result for result in collected if result is not None]
    if not results:
        raise InputError(f"no fold in {run.path} has scores of all of {', '.join(methods)}")
    return results


def collect(
    run: RunFolder, *, experiment: Experiment, part: TestedPart, methods: Sequence[str]
) -> Results | None:
    """Compute all metrics of the methods that have scored at least one fold of a part.

    A method counts with the folds that every listed method has scored, so that all columns of a
    table rest on the same frames.

    Args:
        run: the folder of the run.
        experiment: gives its name and its variants.
        part: which folds and frames belong to the table.
        methods: in the order of the table.

    Returns:
        None if no fold has scores of all methods that have any.
    """
    present, folds = scored_folds(run, part, methods)
    if not folds:
        return None
    values, counts, base_rate, aus = {}, {}, np.empty(0), ()
    for method in present:
        scores = part_scores(run, part, method, folds)
        together = pooled(scores)
        values[method] = {
            name: _value(metric, together, scores) for name, metric in METRICS.items()
        }
        counts[method] = metrics.subject_counts(together.labels, together.scores, together.subjects)
        base_rate, aus = base_rates(together.labels), together.aus
    variants = {name: find_variant(name, experiment.variants) for name in present}
    return Results(
        experiment=experiment.name,
        dataset=part.tested_on,
        trained_on=part.trained_on,
        aus=aus,
        base_rate=base_rate,
        rare_aus=part.rare_aus,
        methods=values,
        subjects=len(counts[present[0]].subjects),
        intervals={method: metrics.bootstrap_interval(count) for method, count in counts.items()},
        differences=tuple(metrics.paired_differences(counts)),
        folds_done=len(folds),
        folds=len(part.folds),
        variants={name: variant for name, variant in variants.items() if variant is not None},
    )


def _value(
    metric: Callable[[Scores], np.ndarray], pooled: Scores, folds: Sequence[Scores]
) -> Value:
    per_au = metric(pooled)
    return Value(
        per_au=per_au,
        mean=metrics.mean_over_aus(per_au),
        folds=np.array([metrics.mean_over_aus(metric(part)) for part in folds]),
    )


def to_json(results: Results) -> dict[str, Any]:
    """Return the content of `results.json`; undefined values are None."""
    return {
        "experiment": results.experiment,
        "dataset": results.dataset,
        "trained_on": results.trained_on,
        "aus": list(results.aus),
        "folds_done": results.folds_done,
        "folds": results.folds,
        "base_rate": _by_au(results.aus, results.base_rate),
        "rare_aus": list(results.rare_aus),
        "methods": {
            method: {
                name: {
                    "per_au": _by_au(results.aus, value.per_au),
                    "mean": _number(value.mean),
                    "folds": [_number(x) for x in value.folds],
                }
                for name, value in by_metric.items()
            }
            for method, by_metric in results.methods.items()
        },
        "variants": {
            name: {"base": variant.base, "changes": dict(variant.changes)}
            for name, variant in results.variants.items()
        },
        "subjects": results.subjects,
        "intervals": {
            method: [_number(low), _number(high)]
            for method, (low, high) in results.intervals.items()
        },
        "differences": [_difference(difference) for difference in results.differences],
    }


def _number(value: float) -> float | None:
    return None if math.isnan(value) else float(value)


def _by_au(aus: Sequence[int], values: np.ndarray) -> dict[str, float | None]:
    return {str(au): _number(value) for au, value in zip(aus, values, strict=True)}


def _difference(difference: Difference) -> dict[str, Any]:
    return {
        "first": difference.first,
        "second": difference.second,
        "difference": _number(difference.difference),
        "interval": [_number(difference.low), _number(difference.high)],
        "better_subjects": difference.better,
        "worse_subjects": difference.worse,
        "p_value": difference.p_value,
        "p_holm": difference.p_holm,
    }


def write_results(run: RunFolder, results: Sequence[Results]) -> None:
    """Write `results.json` into the folder of a run.

    It holds the results of a single part as they are, those of several as a list under `parts`.
    """
    content = [to_json(part) for part in results]
    several = {"experiment": results[0].experiment, "parts": content}
    atomic_files.write_json(run.results, content[0] if len(content) == 1 else several)
