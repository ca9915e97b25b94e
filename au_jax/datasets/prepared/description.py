"""What is in a data set, as text for a person."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from au_jax.datasets.dataset import Dataset, base_rates, recording_slices
from au_jax.facs import describe


def describe_dataset(dataset: Dataset) -> str:
    """Return subjects, recordings, frames, tracked share and base rates as lines of text."""
    frames = dataset.frames
    height, width, channels = dataset.faces.face_shape
    lengths = [rows.stop - rows.start for rows in recording_slices(frames)]
    known = frames.labels != 0
    lines = [
        f"data set    {dataset.name}",
        f"subjects    {len(np.unique(frames.subject))}",
        f"recordings  {len(lengths)}"
        + (f" of {min(lengths)} to {max(lengths)} frames" * bool(lengths)),
        f"frames      {len(frames)}, faces of {height}×{width}×{channels}",
        f"tracked     {_percent(frames.tracked.mean() if len(frames) else np.nan)}",
        f"digest      {dataset.digest}",
        "",
        f"{'action unit':<28} {'base rate':>9} {'labelled':>9} {'subjects with it':>17}",
    ]
    for column, (au, rate) in enumerate(zip(dataset.aus, base_rates(frames.labels), strict=True)):
        people = len(np.unique(frames.subject[frames.labels[:, column] == 1]))
        share = known[:, column].mean() if len(frames) else np.nan
        lines.append(f"{describe(au):<28} {_percent(rate):>9} {_percent(share):>9} {people:>17}")
    return "\n".join(lines)


def describe_preparation(about: Mapping[str, Any]) -> str:
    """Return how a data set was prepared, from its `dataset.json`, as lines of text."""
    settings = ", ".join(f"{name} {value}" for name, value in about["settings"].items())
    troubled = sum(bool(recording["notes"]) for recording in about["recordings"])
    return "\n".join(
        [
            "",
            f"prepared by au_jax {about['au_jax_version']}, format version "
            f"{about['format_version']}",
            f"settings    {settings or 'none'}",
            f"trouble     {f'in {troubled} recording(s), see below' if troubled else 'none'}",
        ]
    )


def _percent(share: float) -> str:
    return "-" if np.isnan(share) else f"{100 * share:.1f} %"
