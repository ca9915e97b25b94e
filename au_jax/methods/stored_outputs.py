"""Outputs of a fitted method for every frame: computed once, kept on disk, read from there."""

from collections.abc import Callable

import numpy as np

from au_jax.detector.block import Block, FaceFrames, Outputs
from au_jax.runs.layout import MethodFolder
from au_jax.system import atomic_files
from au_jax.system.progress import progress_bar

Known = Callable[[Block, np.ndarray], Outputs | None]


def stored_outputs(
    block: Block, kept: MethodFolder, frames: FaceFrames, known: Known, title: str
) -> Callable[[], Outputs]:
    """Return a function that gives the outputs of every frame.

    Args:
        block: the method's models.
        kept: where scores and features lie once they are computed.
        frames: the faces.
        known: gives outputs of rows that are there already, or None.
        title: what the progress bar says.
    """
    features_too = block.model.STORED_FEATURES is not None

    def outputs() -> Outputs:
        # The last file that is written says that all are there.
        if not (kept.all_features if features_too else kept.all_scores).exists():
            (_write_features if features_too else _write_scores)(block, kept, frames, known, title)
        scores = kept.all_scores
        return Outputs(
            atomic_files.read_array(scores) if scores.exists() else None,
            atomic_files.read_array(kept.all_features) if features_too else None,
        )

    return outputs


def _write_scores(
    block: Block, kept: MethodFolder, frames: FaceFrames, known: Known, _title: str
) -> None:
    rows = np.arange(len(frames))
    scores = block.scores(frames, rows, lambda one: known(one, rows))
    atomic_files.write_array(kept.all_scores, scores)


def _write_features(
    block: Block, kept: MethodFolder, frames: FaceFrames, known: Known, title: str
) -> None:
    """Write features batch by batch, as they may be gigabytes; and scores, if there are any."""
    rows = np.arange(len(frames))
    dtype = np.dtype(block.model.STORED_FEATURES)
    batches = block.outputs(frames, rows, lambda one: known(one, rows))
    first = next(batches)
    width = first.known_features().shape[1]
    scores: list[np.ndarray] = []
    atomic_files.remove_leftovers(kept.all_features)
    with (
        atomic_files.writing_rows(kept.all_features, (len(rows), width), dtype) as append,
        progress_bar(len(rows), f"{title} outputs", "frame") as bar,
    ):

        def add(found: Outputs) -> None:
            append(found.known_features())
            if found.scores is not None:
                scores.append(found.scores)
            bar.update(len(found.known_features()))

        add(first)
        for found in batches:
            add(found)
        if scores:
            atomic_files.write_array(kept.all_scores, np.concatenate(scores))
