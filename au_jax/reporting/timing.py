"""How long each method took."""

from collections.abc import Mapping, Sequence

from au_jax.reporting.method_names import method_title
from au_jax.reporting.tables import Table
from au_jax.runs.layout import RunFolder


def method_seconds(run: RunFolder, methods: Sequence[str]) -> dict[str, float]:
    """Return the seconds that methods took in all folds that are done, by method.

    What a method builds on counts for itself: `hybrid` is without `cnn` and `lstm`. Of a method
    that was stopped and went on, only the last part is known.

    Args:
        run: the folder of the run.
        methods: those without a record are left out.
    """
    seconds: dict[str, float] = {}
    for method in methods:
        for fold in run.folds():
            took = run.method(fold, method).seconds()
            if took is not None:
                seconds[method] = seconds.get(method, 0.0) + took
    return seconds


def timing_line(seconds: Mapping[str, float]) -> str:
    """Return the minutes of each method and its share as a sentence; empty if nothing is known."""
    if not seconds:
        return ""
    total = sum(seconds.values()) or 1.0
    parts = [
        f"{method_title(method)} {took / 60:.1f} ({100 * took / total:.0f} %)"
        for method, took in seconds.items()
    ]
    return f"Minutes of each method, all folds: {', '.join(parts)}."


def timing_table(run: RunFolder, methods: Sequence[str], fold_names: Sequence[str]) -> Table | None:
    """Return the minutes of each method in each fold, and in all of them.

    Args:
        run: the folder of the run.
        methods: those without a record are left out.
        fold_names: what each fold of the protocol is called.

    Returns:
        None if nothing is known.
    """
    took = {
        method: [run.method(fold, method).seconds() for fold in range(len(fold_names))]
        for method in methods
    }
    took = {method: folds for method, folds in took.items() if any(s is not None for s in folds)}
    if not took:
        return None
    sums = {method: sum(filter(None, folds)) for method, folds in took.items()}
    total = sum(sums.values())
    rows = [
        (
            method_title(method),
            *map(_minutes, folds),
            _minutes(sums[method]),
            _share(sums[method], total),
        )
        for method, folds in took.items()
    ]
    by_fold = [sum(filter(None, folds)) for folds in zip(*took.values(), strict=True)]
    rows.append(("all", *map(_minutes, by_fold), _minutes(total), _share(total, total)))
    return Table(
        title="Minutes of each method",
        header=("method", *fold_names, "all folds", "share"),
        rows=tuple(rows),
        best=(frozenset(),) * len(rows),
        notes=(
            "What a method builds on counts for itself. Of one that was stopped and went on, the "
            "last part is known.",
        ),
    )


def _minutes(seconds: float | None) -> str:
    return "–" if seconds is None else f"{seconds / 60:.1f}"


def _share(part: float, whole: float) -> str:
    return f"{100 * part / (whole or 1.0):.0f} %"
