"""Learning curves, and figures as files."""

import io
import json
from collections.abc import Mapping, Sequence

import numpy as np
from etils import epath
from matplotlib.figure import Figure

from au_jax.reporting.charts import Chart, Curve
from au_jax.reporting.method_names import method_title
from au_jax.reporting.palette import LIGHT
from au_jax.runs.layout import RunFolder
from au_jax.system import atomic_files

Logs = Mapping[str, Mapping[int, Sequence[Mapping[str, float]]]]
"""Method to fold to the evaluations of its training."""


def training_logs(run: RunFolder, folds: int, methods: Sequence[str]) -> Logs:
    """Read the logs of all methods that have some."""
    logs = {method: _logs(run, folds, method) for method in methods}
    return {method: rows for method, rows in logs.items() if rows}


def learning_charts(logs: Logs, fold_names: Sequence[str]) -> tuple[Chart, ...]:
    """Return loss and validation F1 against steps of each trained stage, a curve for each fold."""
    charts = []
    for method, by_fold in logs.items():
        curves: dict[str, list[Curve]] = {"loss": [], "f1": []}
        for fold, rows in by_fold.items():
            steps, *values = (
                np.array([row[name] for row in rows], float)
                for name in ("step", "validation_loss", "train_loss", "validation_f1_frame")
            )
            name = fold_names[fold]
            curves["loss"].append(Curve(name, fold, steps, values[0]))
            curves["loss"].append(Curve(f"{name}, training", fold, steps, values[1], dashed=True))
            curves["f1"].append(Curve(name, fold, steps, values[2]))
        title = method_title(method)
        charts += [
            Chart(f"{title}: loss on validation subjects", "step", "loss", curves["loss"]),
            Chart(f"{title}: mean F1-frame on them", "step", "F1-frame", curves["f1"]),
        ]
    return tuple(charts)


def learning_curves(logs: Logs, fold_names: Sequence[str]) -> Figure:
    """Draw loss and validation F1 against steps, one row for each trained stage.

    Args:
        logs: of the methods, in the order of the figure; one at least.
        fold_names: what each fold of the protocol is called.
    """
    figure = Figure(figsize=(9, 2.6 * len(logs)), layout="constrained")
    grid = figure.subplots(len(logs), 2, squeeze=False)
    for (left, right), (method, by_fold) in zip(grid, logs.items(), strict=True):
        for fold, rows in by_fold.items():
            steps = [row["step"] for row in rows]
            colour = LIGHT[fold % len(LIGHT)]
            name = fold_names[fold]
            left.plot(steps, [row["train_loss"] for row in rows], ":", color=colour)
            left.plot(steps, [row["validation_loss"] for row in rows], color=colour, label=name)
            right.plot(steps, [row["validation_f1_frame"] for row in rows], color=colour)
        for axis, title in (
            (left, f"{method_title(method)}: loss (dotted: training, with dropout)"),
            (right, f"{method_title(method)}: mean F1-frame on validation subjects"),
        ):
            axis.set_title(title, fontsize="medium")
            axis.set_xlabel("step")
        if len(by_fold) <= 10:
            left.legend(fontsize="small", frameon=False)
    return figure


def _logs(run: RunFolder, folds: int, method: str) -> dict[int, list[dict[str, float]]]:
    logs = {}
    for fold in range(folds):
        file = run.method(fold, method).log
        if file.exists():
            logs[fold] = [json.loads(line) for line in file.read_text().splitlines()]
    return logs


def save_figure(directory: epath.Path, name: str, figure: Figure) -> str:
    """Write a figure as `<name>.png` and `<name>.svg`; return the SVG text."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=120)
    figure.set_layout_engine("none")  # all is in its place, and to find it takes as long as to draw
    atomic_files.write_bytes(directory / f"{name}.png", buffer.getvalue())
    text = io.StringIO()
    # A fixed hash salt and no date: the same run writes the same file.
    from matplotlib import rc_context

    with rc_context({"svg.hashsalt": name, "svg.fonttype": "none"}):
        figure.savefig(text, format="svg", metadata={"Date": None})
    atomic_files.write_text(directory / f"{name}.svg", text.getvalue())
    return text.getvalue()
