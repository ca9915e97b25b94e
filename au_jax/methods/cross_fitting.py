"""Outputs of training people by models that have not seen them (cross-fitting). Not in the paper.

A network knows the people it was trained on better than any other. What builds on its outputs, and
learns from those of the same people, learns to trust it too much. So the training people are cut
into parts; for each a model is trained on the others, and tells of this part what the final model
would tell of strangers. (Stacking: D. H. Wolpert, "Stacked generalization", Neural Networks 5,
1992.)

Features of several CNNs mean the same where all start from the same pretrained weights and are
trained a little: cosines of .90 to .95 between fc7 of such networks. The hidden states of LSTMs,
which start from noise, do not; of those only scores are taken. An LSTM that tells of a part has not
seen it, but some of the features that it learned from are of CNNs that have: parts are not nested.
"""

import dataclasses
from collections.abc import Callable

import numpy as np

from au_jax.detector.block import Block, FaceFrames, Outputs, Recurrent
from au_jax.methods.method import Fit, Task
from au_jax.runs.layout import MethodFolder
from au_jax.system import atomic_files

_PURPOSE = 9
"""Of the seed that deals people out to parts; those of trainings are lower."""


def cross_fitted(
    fit: Fit,
    kept: MethodFolder,
    task: Callable[[], Task],
    outputs: Callable[[], Outputs],
    frames: FaceFrames,
) -> Callable[[], Outputs]:
    """Return a function that gives outputs of every frame, of training people as of strangers.

    They are computed once, kept on disk, and read from there.

    Args:
        fit: trains the method.
        kept: where they lie once they are computed.
        task: gives what it was trained for; `Experiment.cross_fit` says in how many parts.
        outputs: gives those of the trained method, which hold for all other people.
        frames: the faces.
    """

    def of_training() -> Outputs:
        if not kept.all_scores.exists():
            _write(kept, fit, task(), outputs(), frames)
        features = kept.all_features
        return Outputs(
            atomic_files.read_array(kept.all_scores),
            atomic_files.read_array(features) if features.exists() else None,
        )

    return of_training


def parts_of_people(
    subject: np.ndarray, rows: np.ndarray, parts: int, seed: int
) -> list[np.ndarray]:
    """Deal people out to parts.

    Args:
        subject: integers `[frame]`, the subject of each frame.
        rows: int64 `[row]`, frames of those who are dealt out.
        parts: how many; at most as many as there are people.
        seed: decides who comes where.

    Returns:
        int64 `[row]` of each part, increasing, together `rows`.
    """
    people = np.unique(subject[rows])
    drawn = people[np.argsort(np.random.default_rng(seed).random(len(people)))]
    cut = np.array_split(drawn, min(parts, len(people)))
    return [rows[np.isin(subject[rows], part)] for part in cut]


def _write(kept: MethodFolder, fit: Fit, whole: Task, outputs: Outputs, frames: FaceFrames) -> None:
    run = whole.run
    scores = np.array(outputs.known_scores())
    features = None
    parts = parts_of_people(
        run.dataset.frames.subject, run.fold.train, run.experiment.cross_fit, run.seed(_PURPOSE)
    )
    # One person alone leaves nobody to train on.
    for number, held_out in enumerate(parts if len(parts) > 1 else []):
        block = fit(_without(whole, held_out, number, len(parts)))
        found = Outputs.joined(
            list(block.outputs(frames, held_out, _as_strangers(whole, held_out)))
        )
        scores[held_out] = found.known_scores()
        if found.features is not None and not isinstance(block.model, Recurrent):
            features = np.array(outputs.known_features()) if features is None else features
            features[held_out] = found.known_features()
    if features is not None:
        atomic_files.write_array(kept.all_features, features)
    atomic_files.write_array(kept.all_scores, scores)  # says that all is there
    for number in range(len(parts)):
        _part_folder(whole, number).path.rmtree(missing_ok=True)


def _without(whole: Task, held_out: np.ndarray, number: int, parts: int) -> Task:
    """Return the task without some of its training people."""
    fold = whole.run.fold
    train = np.setdiff1d(fold.train, held_out, assume_unique=True)
    run = dataclasses.replace(
        whole.run,
        fold=dataclasses.replace(fold, train=train),
        name=f"{whole.run.name}, without part {number + 1} of {parts},",
    )
    return dataclasses.replace(whole, run=run, folder=_part_folder(whole, number))


def _part_folder(whole: Task, number: int) -> MethodFolder:
    return MethodFolder(whole.folder.cross_fit.path / f"without_{number}")


def _as_strangers(whole: Task, rows: np.ndarray) -> Callable[[Block], Outputs | None]:
    """Return what a block of the task knows of people who did not train what it builds on."""

    def known(block: Block) -> Outputs | None:
        for source in whole.inputs:
            if source.block is block:
                return source.in_training().of_rows(rows)
        return None

    return known
