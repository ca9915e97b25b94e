"""What users load and call: a trained detector of action units."""

import dataclasses

import numpy as np
from etils import epath

from au_jax.datasets.dataset import ArrayFaces
from au_jax.detector.block import Block, FaceFrames
from au_jax.detector.bundle import (
    Description,
    as_thresholds,
    has_bundle,
    load_bundle,
    save_bundle,
)
from au_jax.errors import InputError

PREFERRED = ("hybrid", "lstm", "cnn", "jpml", "svm", "anet_t")
"""Which method of a fold `Detector.load` takes when none is named: the first that is there."""


@dataclasses.dataclass(frozen=True)
class Detection:
    """What a detector says of frames.

    Attributes:
        scores: float32 `[frame, au]`.
        decisions: bool `[frame, au]`, whether a score is above the AU's threshold.
        aus: the AUs of the columns.
    """

    scores: np.ndarray
    decisions: np.ndarray
    aus: tuple[int, ...]


@dataclasses.dataclass(frozen=True)
class Detector:
    """A trained detector, whatever the method that trained it.

    Attributes:
        block: the models.
        description: AUs, face, thresholds and where it comes from.
    """

    block: Block
    description: Description

    @property
    def aus(self) -> tuple[int, ...]:
        """The action units of the scores."""
        return self.description.aus

    @property
    def face_shape(self) -> tuple[int, int, int]:
        """Height, width and channels of the faces that it takes."""
        return self.description.face_shape

    @staticmethod
    def load(directory: epath.PathLike, method: str | None = None) -> "Detector":
        """Return the detector in a folder.

        Args:
            directory: the folder of a trained method, of a fold that has some, or of a detector
                that `save` wrote.
            method: which one of a fold; None takes the first that is there of `PREFERRED`.

        Raises:
            InputError: if there is none, or it cannot be applied or read.
        """
        folder = epath.Path(directory).resolve()
        if method is not None or not has_bundle(folder):
            names = PREFERRED if method is None else (method,)
            there = [name for name in names if has_bundle(folder / name)]
            if not there:
                raise InputError(_nothing_there(folder, method))
            folder = folder / there[0]
        block, description = load_bundle(folder)
        if not description.aus:
            raise InputError(f"{folder} holds features and no detector")
        return Detector(block, description)

    def save(self, directory: epath.PathLike) -> None:
        """Write the detector into a folder that holds all it needs and can be copied."""
        save_bundle(epath.Path(directory).resolve(), self.block, self.description, whole=True)

    def scores(
        self,
        faces: np.ndarray,
        recordings: np.ndarray | None = None,
        landmarks: np.ndarray | None = None,
    ) -> np.ndarray:
        """Return scores of aligned faces, float32 `[frame, au]`.

        Args:
            faces: uint8 `[frame, height, width, channel]`, as preparation aligns them.
            recordings: `[frame]`, the recording of each frame, whose frames lie together and in
                order; None for a single one.
            landmarks: float32 `[frame, 49, 2]` in pixels of the face, for methods that use them;
                None takes those of the mean shape.

        Raises:
            InputError: if the faces are not of the shape that the detector was trained on.
        """
        if faces.shape[1:] != self.face_shape:
            raise InputError(
                f"faces are {' × '.join(map(str, faces.shape[1:]))}, but the detector takes "
                f"{' × '.join(map(str, self.face_shape))} (height, width, channels); align them "
                "to that size"
            )
        of_one = np.zeros(len(faces), np.int64) if recordings is None else np.asarray(recordings)
        frames = FaceFrames(ArrayFaces(faces), of_one, landmarks)
        return self.block.scores(frames, np.arange(len(faces)))

    def __call__(
        self,
        faces: np.ndarray,
        recordings: np.ndarray | None = None,
        landmarks: np.ndarray | None = None,
    ) -> Detection:
        """Return scores and decisions; arguments as of `scores`."""
        scores = self.scores(faces, recordings, landmarks)
        return Detection(scores, scores > as_thresholds(self.description), self.aus)


def _nothing_there(folder: epath.Path, method: str | None) -> str:
    adapted = "cpm"
    if method == adapted or (method is None and folder.name == adapted):
        return (
            "CPM adapts to the person who is tested, and cannot be applied without one: run it in "
            "an experiment, or load another method"
        )
    there = []
    if folder.is_dir():
        there = sorted(place.name for place in folder.iterdir() if has_bundle(place))
    wanted = "detector" if method is None else f"detector of the method {method!r}"
    return (
        f"there is no {wanted} in {folder}; detectors there: {', '.join(there) or 'none'}. Give "
        "the folder of a fold or of a method, <workdir>/<experiment>/fold_00/<method>, of a run "
        "that is finished"
    )
