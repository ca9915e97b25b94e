"""Several runs in one table: the same experiment with other seeds, or experiments side by side."""

import collections
import dataclasses
import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from etils import epath

from au_jax import facs
from au_jax.errors import InputError
from au_jax.reporting.method_names import method_title
from au_jax.reporting.results import METRIC_TITLES
from au_jax.reporting.tables import Table, percent

_MEAN = "mean of AUs"


@dataclasses.dataclass(frozen=True)
class _Group:
    """The same part of the same experiment in all of its runs, as in `results.json`."""

    name: str
    runs: tuple[Mapping[str, Any], ...]


def read_results(run: epath.PathLike) -> list[dict[str, Any]]:
    """Return the parts of the `results.json` of a run.

    Args:
        run: `<workdir>/<experiment>`, or that file.

    Raises:
        InputError: if there is none, or it is not one.
    """
    file = epath.Path(run)
    file = file if file.suffix == ".json" else file / "results.json"
    if not file.exists():
        raise InputError(f"there is no {file}; give the folder of a run, <workdir>/<experiment>")
    try:
        content = json.loads(file.read_text())
    except ValueError as error:
        raise InputError(f"{file} is not the results of a run: {error}") from error
    parts = content.get("parts", [content]) if isinstance(content, dict) else None
    if not isinstance(parts, list) or not parts or not all(map(_is_part, parts)):
        raise InputError(
            f"{file} is not the results of a run: it lacks AUs, methods, or one of their metrics "
            "(the command that made the run writes those that are new)"
        )
    return parts


def _is_part(part: Any) -> bool:  # noqa: ANN401 (any JSON value)
    """Return whether `part` holds all that the table reads."""
    try:
        numbers = [
            by_metric[metric]["per_au"][str(au)]
            for by_metric in part["methods"].values()
            for metric in METRIC_TITLES
            for au in part["aus"]
        ]
        names = part["experiment"], part["dataset"], part.get("trained_on", "")
        rare = set(part.get("rare_aus", [])) - set(part["aus"])
    except (AttributeError, KeyError, TypeError):
        return False
    return (
        len(numbers) > 0
        and not rare
        and all(isinstance(name, str) for name in names)
        and all(isinstance(au, int) for au in part["aus"])
        and all(number is None or isinstance(number, int | float) for number in numbers)
    )


def repeated_runs_table(
    runs: Sequence[Sequence[Mapping[str, Any]]], metric: str, *, per_au: bool = False
) -> Table:
    """Return mean ± standard deviation over runs, in percent, for each part and method.

    Args:
        runs: for each run its parts, as `read_results` gives them.
        metric: one of `METRICS`.
        per_au: whether each AU has a row of its own.
    """
    groups = _groups(runs)
    methods = list(
        dict.fromkeys(method for group in groups for run in group.runs for method in run["methods"])
    )
    rows = []
    for group in groups:
        for name, values in _rows(group, metric, methods, per_au=per_au):
            rows.append((group.name, str(len(group.runs)), name, *map(_spread, values)))
    return Table(
        title=f"{METRIC_TITLES[metric]} in percent, mean ± sd over runs",
        header=("experiment", "runs", "of", *map(method_title, methods)),
        rows=tuple(rows),
        best=tuple(frozenset() for _ in rows),
        notes=tuple(
            f"Not all folds are in: {group.name}, {run['folds_done']} of {run['folds']} folds of a "
            "run. Run it again to complete it."
            for group in groups
            for run in group.runs
            if run.get("folds_done") != run.get("folds")
        ),
    )


@dataclasses.dataclass(frozen=True)
class RunValue:
    """The mean over AUs of one method in one run.

    Attributes:
        experiment: the experiment and its data.
        run: number of the run among those of the experiment, from 1.
        method: the method.
        value: in [0, 1].
    """

    experiment: str
    run: int
    method: str
    value: float


def run_values(runs: Sequence[Sequence[Mapping[str, Any]]], metric: str) -> list[RunValue]:
    """Return the means behind `repeated_runs_table`, of each run by itself, where defined."""
    values = []
    for group in _groups(runs):
        methods = list(dict.fromkeys(method for run in group.runs for method in run["methods"]))
        means = dict(_rows(group, metric, methods, per_au=False))[_MEAN]
        values += [
            RunValue(group.name, number, method, value)
            for method, of_runs in zip(methods, means, strict=True)
            for number, value in enumerate(of_runs.tolist(), start=1)
            if not math.isnan(value)
        ]
    return values


def _groups(runs: Sequence[Sequence[Mapping[str, Any]]]) -> list[_Group]:
    found: dict[str, list[Mapping[str, Any]]] = collections.defaultdict(list)
    for run in runs:
        for part in run:
            trained_on = part.get("trained_on", part["dataset"])
            arrow = "" if trained_on == part["dataset"] else f"{trained_on} → "
            found[f"{part['experiment']}, {arrow}{part['dataset']}"].append(part)
    return [_Group(name, tuple(parts)) for name, parts in found.items()]


def _rows(
    group: _Group, metric: str, methods: Sequence[str], *, per_au: bool
) -> list[tuple[str, list[np.ndarray]]]:
    """Return rows: a name, and for each method its values in the runs."""

    def values(method: str, aus: Sequence[int], run: Mapping[str, Any]) -> float:
        if method not in run["methods"]:
            return math.nan
        of_au = run["methods"][method][metric]["per_au"]
        known = [of_au[str(au)] for au in aus if of_au.get(str(au)) is not None]
        return float(np.mean(known)) if known else math.nan

    def row(name: str, choose: Mapping[int, Sequence[int]]) -> tuple[str, list[np.ndarray]]:
        return name, [
            np.array([values(method, choose[i], run) for i, run in enumerate(group.runs)])
            for method in methods
        ]

    everything = {i: run["aus"] for i, run in enumerate(group.runs)}
    rare = {i: run.get("rare_aus", []) for i, run in enumerate(group.runs)}
    rows = []
    if per_au:
        aus = dict.fromkeys(au for run in group.runs for au in run["aus"])
        rows += [row(facs.column_name(au), {i: [au] for i in range(len(group.runs))}) for au in aus]
    rows.append(row(_MEAN, everything))
    if any(rare.values()) and rare != everything:
        listed = dict.fromkeys(", ".join(map(str, aus)) or "none" for aus in rare.values())
        rows.append(row(f"mean of rare AUs ({' / '.join(listed)})", rare))
    return rows


def _spread(values: np.ndarray) -> str:
    known = values[~np.isnan(values)]
    if len(known) == 0:
        return "–"
    if len(known) == 1:
        return percent(float(known[0]))
    return f"{percent(float(known.mean()))} ± {percent(float(known.std(ddof=1)))}"
