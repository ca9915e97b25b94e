"""Faces with labels and scores over time as a still figure, for print and for the eye."""

import csv
import io
from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from au_jax import facs
from au_jax.datasets.dataset import Dataset
from au_jax.reporting.method_names import method_title
from au_jax.reporting.palette import colours_of
from au_jax.runs.scores import Scores

_FACES_IN_STRIP = 10


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
    colours = colours_of(list(scores))
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
                time, values / scale, color=colours[method], lw=1.0, label=method_title(method)
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


def timeline_csv(dataset: Dataset, scores: Mapping[str, Scores], recording: str) -> str:
    """Return what `recording_timeline` draws: a row for each frame, labels and scores of each AU.

    Labels are 1 present, 0 absent, and empty where missing.
    """
    first = next(iter(scores.values()))
    rows = np.flatnonzero(first.recordings == recording)
    names = [facs.column_name(au) for au in first.aus]
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    columns = [f"{name}_{method}" for name in names for method in scores]
    writer.writerow(["frame", "time", *(f"{name}_label" for name in names), *columns])
    drawn = np.stack([by.scores[rows] for by in scores.values()], axis=2).reshape(len(rows), -1)
    for row, values in zip(rows.tolist(), drawn.tolist(), strict=True):
        place = first.frames[row]
        labels = ({1: "1", -1: "0"}.get(label, "") for label in first.labels[row].tolist())
        numbers = (f"{value:.5g}" for value in values)
        frame, time = int(dataset.frames.frame[place]), float(dataset.frames.time[place])
        writer.writerow([frame, f"{time:.4f}", *labels, *numbers])
    return buffer.getvalue()
