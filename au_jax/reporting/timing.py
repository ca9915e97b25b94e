"""How long each method took."""

from collections.abc import Mapping, Sequence

from au_jax.reporting.method_names import method_title
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
