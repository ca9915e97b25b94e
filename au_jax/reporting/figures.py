"""The figures of a run: learning curves, and faces with labels and scores over time."""

import io
import json
from collections.abc import Mapping, Sequence

import numpy as np
from etils import epath
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from au_jax import facs
from au_jax.datasets.dataset import Dataset
from au_jax.reporting.method_names import method_title
from au_jax.runs.layout import RunFolder
from au_jax.runs.scores import Scores
from au_jax.system import atomic_files

COLOURS = {"cnn": "#1f6fb4", "lstm": "#c98a1b", "hybrid": "#b4301f"}
"""One colour for each method that is drawn over time."""

_FACES_IN_STRIP = 10


def learning_curves(
    run: RunFolder, fold_names: Sequence[str], methods: Sequence[str]
) -> Figure | None:
    """Draw loss and validation F1 against steps, one row for each trained stage.

    Args:
        run: the folder of the run.
        fold_names: what each fold of the protocol is called.
        methods: methods in the order of the figure; those without a log are left out.

    Returns:
        None if no method has a log.
    """
    logs = {method: _logs(run, len(fold_names), method) for method in methods}
    logs = {method: rows for method, rows in logs.items() if rows}
    if not logs:
        return None
    figure = Figure(figsize=(9, 2.6 * len(logs)), layout="constrained")
    grid = figure.subplots(len(logs), 2, squeeze=False)
    for (left, right), (method, by_fold) in zip(grid, logs.items(), strict=True):
        for fold, rows in by_fold.items():
            steps = [row["step"] for row in rows]
            colour = f"C{fold}"
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


def recording_timeline(dataset: Dataset, scores: Mapping[str, Scores], recording: str) -> Figure:
    """Draw faces, coded events and scores of one test recording over time.

    Args:
        dataset: gives the faces.
        scores: scores of a fold, by method.
        recording: the name of a recording of its test frames.
    """
    first = next(iter(scores.values()))
    rows = np.flatnonzero(first.recordings == recording)
    frames, labels = first.frames[rows], first.labels[rows]
    time = dataset.frames.time[frames]
    count = len(first.aus)
    figure = Figure(figsize=(11, 1.5 + 0.62 * count), layout="constrained")
    axes = figure.subplots(
        count + 1, 1, sharex=True, height_ratios=[2.0, *[1.0] * count], squeeze=True
    )
    _draw_faces(axes[0], dataset, frames, time)
    axes[0].set_title(f"{recording}: coded events (grey) and scores", fontsize="medium")
    for au, (axis, number) in enumerate(zip(axes[1:], first.aus, strict=True)):
        _draw_events(axis, time, labels[:, au])
        for method, method_scores in scores.items():
            values = method_scores.scores[rows, au]
            scale = np.abs(values).max() or 1.0
            axis.plot(
                time, values / scale, color=COLOURS.get(method), lw=1.0, label=method_title(method)
            )
        axis.axhline(0.0, color="black", lw=0.5)
        axis.set(ylim=(-1.05, 1.05), yticks=[])
        name = facs.column_name(number)
        axis.set_ylabel(name, rotation=0, ha="right", va="center", fontsize="small")
    axes[1].legend(loc="upper right", ncols=len(scores), fontsize="x-small", frameon=False)
    axes[-1].set_xlabel(
        "seconds; curves are scaled to their largest value, detected above the line"
    )
    return figure


def _draw_faces(axis: Axes, dataset: Dataset, frames: np.ndarray, time: np.ndarray) -> None:
    span = float(time[-1] - time[0]) or 1.0
    width = span / _FACES_IN_STRIP
    for part in range(_FACES_IN_STRIP):
        middle = int((part + 0.5) / _FACES_IN_STRIP * len(frames))
        face = dataset.faces[frames[middle : middle + 1]][0]
        if face.shape[2] == 1:
            face = np.repeat(face, 3, axis=2)
        left = time[0] + part * width
        axis.imshow(face, extent=(left, left + 0.96 * width, 0, 1), aspect="auto")
    axis.set(xlim=(time[0], time[0] + span), ylim=(0, 1), yticks=[])
    axis.set_axis_off()


def _draw_events(axis: Axes, time: np.ndarray, labels: np.ndarray) -> None:
    limits = {"step": "mid", "lw": 0}
    axis.fill_between(time, -1, 1, where=labels > 0, color="#c9c9c9", **limits)
    axis.fill_between(time, -1, 1, where=labels == 0, color="#f7e3b5", **limits)


def most_varied_recordings(scores: Scores, count: int) -> list[str]:
    """Return up to `count` recordings of different subjects in which most AUs come and go."""
    variety: dict[str, tuple[float, str]] = {}
    for recording in np.unique(scores.recordings):
        rows = scores.recordings == recording
        labels = scores.labels[rows]
        changes = float((((labels > 0).mean(axis=0) * (labels < 0).mean(axis=0)) > 0.02).sum())
        subject = str(scores.subjects[rows][0])
        variety[subject] = max(variety.get(subject, (-1.0, "")), (changes, str(recording)))
    best = sorted(variety.values(), key=lambda item: (-item[0], item[1]))
    return [recording for _, recording in best[:count]]


def save_figure(directory: epath.Path, name: str, figure: Figure) -> str:
    """Write a figure as `<name>.png` and `<name>.svg`; return the SVG text."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=120)
    atomic_files.write_bytes(directory / f"{name}.png", buffer.getvalue())
    text = io.StringIO()
    # A fixed hash salt and no date: the same run writes the same file.
    from matplotlib import rc_context

    with rc_context({"svg.hashsalt": name, "svg.fonttype": "none"}):
        figure.savefig(text, format="svg", metadata={"Date": None})
    atomic_files.write_text(directory / f"{name}.svg", text.getvalue())
    return text.getvalue()
