"""Features of a fold's test frames: computed ones, those of the networks, and the user's own."""

from collections.abc import Callable, Iterable, Iterator, Mapping

import numpy as np

from au_jax.datasets.dataset import FramesTable
from au_jax.datasets.feature_file import FeatureFile, read_feature_file
from au_jax.datasets.row_selection import usable_rows
from au_jax.detector.block import FaceFrames, Outputs
from au_jax.detector.computed_features import ComputedFeatures
from au_jax.detector.fusion import FusionModel
from au_jax.errors import InputError
from au_jax.pipeline.analyses.analysis import FoldView
from au_jax.settings import FeatureKind

Features = Callable[[np.ndarray], Iterable[np.ndarray]]
"""Takes increasing rows of the frames table and gives their features, some rows at a time."""

SHAPE, GABOR, HOG, FC7, LSTM, FUSION = "shape", "gabor", "hog", "fc7", "lstm", "fusion"

KINDS = {
    SHAPE: FeatureKind.SHAPE,
    GABOR: FeatureKind.GABOR,
    HOG: FeatureKind.HOG_LANDMARKS,
}
"""What the computed features of the paper's Figures 3 and 4 are."""

_AT_ONCE = 4096


def computed_features(view: FoldView, names: Iterable[str]) -> dict[str, Features]:
    """Return computed features by name, of `KINDS`; without shape where there are no landmarks.

    Faces without landmarks are aligned to the mean shape, which says nothing of a person.
    """
    frames = FaceFrames.of(view.run.dataset)

    def of(kind: FeatureKind) -> Features:
        return lambda rows: (
            found.known_features() for found in ComputedFeatures(kind).outputs(frames, rows)
        )

    there = [name for name in names if name != SHAPE or frames.landmarks is not None]
    return {name: of(KINDS[name]) for name in there}


def fc7_features(view: FoldView) -> dict[str, Features]:
    """Return the features of the fold's CNN, or else of the CNN that ANet^T takes."""
    if "cnn" in view.methods:
        return {FC7: _of_stored(view.fitted("cnn").outputs().known_features())}
    if "anet_t" not in view.methods:
        return {}
    (network,), frames = view.fitted("anet_t").block.inputs, FaceFrames.of(view.run.dataset)
    return {FC7: lambda rows: (found.known_features() for found in network.outputs(frames, rows))}


def later_features(view: FoldView) -> dict[str, Features]:
    """Return the LSTM's hidden state, and the hidden layer of the fusion head."""
    found: dict[str, Features] = {}
    if "lstm" in view.methods:
        found[LSTM] = _of_stored(view.fitted("lstm").outputs().known_features())
    if "hybrid" not in view.methods:
        return found
    head = view.fitted("hybrid").block.model
    if not isinstance(head, FusionModel):
        raise TypeError(f"hybrid left a {type(head).__name__}")
    cnn, lstm = (view.fitted(name).outputs() for name in ("cnn", "lstm"))

    def hidden(rows: np.ndarray) -> Iterator[np.ndarray]:
        for part in _parts(rows):
            yield head.hidden([Outputs.of_rows(one, part) for one in (cnn, lstm)])

    return {**found, FUSION: hidden}


def own_features(files: Mapping[str, str], table: FramesTable) -> dict[str, FeatureFile]:
    """Read the user's features.

    Args:
        files: name to path of an `.npz`.
        table: the frames of the data set.

    Raises:
        InputError: for a name that is taken, or a file that does not match the data set.
    """
    taken = (*KINDS, FC7, LSTM, FUSION)
    for name in files:
        if name in taken:
            raise InputError(
                f"--feature_files={name}=…: the name {name} is taken, as are {', '.join(taken)}; "
                "give another"
            )
    return {name: read_feature_file(path, table) for name, path in files.items()}


def of_files(files: Mapping[str, FeatureFile]) -> dict[str, Features]:
    """Return the user's features by name."""

    def of(file: FeatureFile) -> Features:
        return lambda rows: (file.of_rows(part) for part in _parts(rows))

    return {name: of(file) for name, file in files.items()}


def shown_rows(view: FoldView, files: Mapping[str, FeatureFile]) -> np.ndarray:
    """Return the test frames with a label and a tracked face that every file has features of.

    Raises:
        InputError: if there is none, or a tested subject has no frame in a file.
    """
    table = view.run.dataset.frames
    rows = usable_rows(view.run.dataset, view.run.fold.test)
    for name, file in files.items():
        there = rows[file.place[rows] >= 0]
        lacking = np.setdiff1d(table.subject[rows], table.subject[there])
        if len(lacking):
            raise InputError(
                f"--feature_files={name}={view.feature_files[name]} has no frame of subject "
                f"'{table.subjects[lacking[0]]}', who is tested; add the frames of this and "
                f"{len(lacking) - 1} other tested subjects"
            )
        rows = there
    return rows


def _of_stored(features: np.ndarray) -> Features:
    """Return features that lie on disk."""
    return lambda rows: (np.asarray(features[part], np.float32) for part in _parts(rows))


def _parts(rows: np.ndarray) -> Iterator[np.ndarray]:
    return (rows[first : first + _AT_ONCE] for first in range(0, len(rows), _AT_ONCE))
