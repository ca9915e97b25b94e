"""How long each method took."""

import json
from collections.abc import Sequence

from etils import epath

from au_jax.methods.registry import TIMING_FILE
from au_jax.reporting.method_names import method_title
from au_jax.reporting.results import fold_directory


def method_seconds(directory: epath.Path, folds: int, methods: Sequence[str]) -> dict[str, float]:
    """Return the seconds that methods took in all folds that are done, by method.

    What a method builds on counts for itself: `hybrid` is without `cnn` and `lstm`. Of a method
    that was stopped and went on, only the last part is known.

    Args:
        directory: `<workdir>/<experiment>`.
        folds: folds of the protocol.
        methods: those without a record are left out.
    """
    seconds: dict[str, float] = {}
    for method in methods:
        for fold in range(folds):
            file = fold_directory(directory, fold) / method / TIMING_FILE
            if file.exists():
                took = json.loads(file.read_text())["seconds"]
                seconds[method] = seconds.get(method, 0.0) + took
    return seconds


def timing_line(seconds: dict[str, float]) -> str:
    """Return the minutes of each method and its share as a sentence; empty if nothing is known."""
    if not seconds:
        return ""
    total = sum(seconds.values()) or 1.0
    parts = [
        f"{method_title(method)} {took / 60:.1f} ({100 * took / total:.0f} %)"
        for method, took in seconds.items()
    ]
    return f"Minutes of each method, all folds: {', '.join(parts)}."
