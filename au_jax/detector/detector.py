"""What users load and call: a trained detector of action units."""

import dataclasses
import functools
import hashlib
import json

import jax
import numpy as np
from etils import epath

from au_jax.datasets.dataset import ArrayFaces
from au_jax.detector.blendshape_rules import RULES, BlendshapeRules, rules_block
from au_jax.detector.block import Block, FaceFrames
from au_jax.detector.bundle import (
    Description,
    has_bundle,
    load_bundle,
    read_calibration,
    save_bundle,
)
from au_jax.errors import InputError
from au_jax.faces.mean_shape import FACE_SIZE
from au_jax.metrics.calibration import Calibration, Threshold, uncalibrated
from au_jax.runs.layout import MethodFolder, RunFolder
from au_jax.system import atomic_files

PREFERRED = ("ensemble", "hybrid", "lstm", "cnn", "jpml", "svm", "anet_t")
"""Which method of a fold `Detector.load` takes when none is named: the first that is there."""


@dataclasses.dataclass(frozen=True)
class Detection:
    """What a detector says of frames.

    Attributes:
        scores: float32 `[frame, au]`.
        probabilities: float32 `[frame, au]`, calibrated on validation subjects.
        decisions: bool `[frame, au]`, whether a score is above the AU's threshold.
        aus: the AUs of the columns.
    """

    scores: np.ndarray
    probabilities: np.ndarray
    decisions: np.ndarray
    aus: tuple[int, ...]


@dataclasses.dataclass(frozen=True)
class Detector:
    """A trained detector, whatever the method that trained it.

    Attributes:
        block: the models.
        description: AUs, face, and where it comes from.
        calibration: what its scores mean.
    """

    block: Block
    description: Description
    calibration: Calibration

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
            directory: the folder of a detector that `save` wrote, of a trained method, of a fold
                that has some, or of a run whose final detector is trained; or `blendshape_rules`,
                which takes no training.
            method: which one of a fold or a run; None takes the first that is there of `PREFERRED`.

        Raises:
            InputError: if there is none, or it cannot be applied or read.
        """
        if is_built_in(directory):
            return _blendshape_rules()
        given = epath.Path(directory).resolve()
        folder = _folder_of(given, method)
        block, description = load_bundle(folder)
        if not description.aus:
            raise InputError(f"{folder} holds features and no detector")
        num_aus = len(description.aus)
        return Detector(
            block,
            description,
            read_calibration(folder, num_aus) or uncalibrated(num_aus),
        )

    def save(self, directory: epath.PathLike) -> None:
        """Write the detector into a folder that holds all it needs and can be copied.

        Raises:
            InputError: if the folder holds anything but an older detector.
        """
        final = epath.Path(directory).resolve()
        if final.exists() and not has_bundle(final) and any(final.iterdir()):
            raise InputError(f"{final} holds other files; give a new folder for the detector")
        with atomic_files.replacing_folder(final) as folder:
            save_bundle(folder, self.block, self.description, whole=True)
            content = self.calibration.to_json()
            atomic_files.write_json(MethodFolder(folder).calibration, content)

    def check_faces(self, faces: np.ndarray) -> None:
        """Refuse faces `[frame, height, width, channel]` of another size than it was trained on.

        Raises:
            InputError: with both sizes.
        """
        if faces.shape[1:] != self.face_shape:
            raise InputError(
                f"faces are {' × '.join(map(str, faces.shape[1:]))}, but the detector takes "
                f"{' × '.join(map(str, self.face_shape))} (height, width, channels); align them "
                "to that size"
            )

    def scores(
        self,
        faces: np.ndarray,
        recordings: np.ndarray | None = None,
        landmarks: np.ndarray | None = None,
        times: np.ndarray | None = None,
    ) -> np.ndarray:
        """Return scores of aligned faces, float32 `[frame, au]`.

        Args:
            faces: uint8 `[frame, height, width, channel]`, as preparation aligns them.
            recordings: `[frame]`, the recording of each frame, whose frames lie together and in
                order; None for a single one.
            landmarks: float32 `[frame, 49, 2]` in pixels of the face, for methods that use them;
                None takes those of the mean shape.
            times: float `[frame]`, presentation times in seconds, over which scores are averaged if
                that was found to help (`calibration.smoothing`); None leaves them as they are.

        Raises:
            InputError: if the faces are not of the shape that the detector was trained on.
        """
        self.check_faces(faces)
        of_one = np.zeros(len(faces), np.int64) if recordings is None else np.asarray(recordings)
        frames = FaceFrames(ArrayFaces(faces), of_one, landmarks)
        scores = self.block.scores(frames, np.arange(len(faces)))
        return scores if times is None else self.calibration.smoothed(scores, times, of_one)

    def __call__(
        self,
        faces: np.ndarray,
        recordings: np.ndarray | None = None,
        landmarks: np.ndarray | None = None,
        times: np.ndarray | None = None,
        threshold: Threshold = Threshold.DEFAULT,
    ) -> Detection:
        """Return scores, probabilities and decisions.

        Args:
            faces: as of `scores`, like all but the last.
            recordings: the recording of each frame.
            landmarks: for methods that use them.
            times: of the frames.
            threshold: from which score on an AU counts as present.
        """
        return self.detection(self.scores(faces, recordings, landmarks, times), threshold)

    @functools.cached_property
    def digest(self) -> str:
        """SHA-256 of all that its scores and probabilities depend on, hexadecimal."""
        digest = hashlib.sha256()

        def add(block: Block) -> None:
            about = {"kind": block.model.KIND, "settings": block.model.settings()}
            digest.update(json.dumps(about, sort_keys=True).encode())
            for path, leaf in jax.tree.leaves_with_path(block.model.arrays()):
                digest.update(jax.tree_util.keystr(path).encode())
                digest.update(np.asarray(leaf).tobytes())
            for one in block.inputs:
                add(one)

        add(self.block)
        about = {"aus": self.aus, "faces": self.face_shape, "is": self.calibration.to_json()}
        digest.update(json.dumps(about, sort_keys=True).encode())
        return digest.hexdigest()

    def detection(self, scores: np.ndarray, threshold: Threshold = Threshold.DEFAULT) -> Detection:
        """Return what scores `[frame, au]` mean."""
        decisions = scores > self.calibration.thresholds[Threshold(threshold)]
        return Detection(scores, self.calibration.probabilities(scores), decisions, self.aus)


def is_built_in(model: epath.PathLike) -> bool:
    """Return whether a model is not a folder, but the name of one that takes no training."""
    return str(model) == BlendshapeRules.KIND and not epath.Path(model).is_dir()


def _blendshape_rules() -> Detector:
    aus = tuple(RULES)
    about = Description(aus, (FACE_SIZE, FACE_SIZE, 3), {"method": BlendshapeRules.KIND})
    return Detector(rules_block(aus), about, uncalibrated(len(aus)))


def _folder_of(given: epath.Path, method: str | None) -> epath.Path:
    """Return the folder of the detector that is meant by the folder of a fold or a run."""
    if method is None and has_bundle(given):
        return given
    names = PREFERRED if method is None else (method,)
    for fold in (given, RunFolder(given).final):
        for name in names:
            if has_bundle(fold / name):
                return fold / name
    raise InputError(_nothing_there(given, method))


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
    if (folds := RunFolder(folder).folds()) and method is None:
        return (
            f"{folder} is a run of {len(folds)} folds, each with detectors of its own, trained on "
            "a part of the people. Train one on all of them with the same command and --final; or "
            f"give a fold, such as {folder / 'fold_00'}"
        )
    wanted = "detector" if method is None else f"detector of the method {method!r}"
    return (
        f"there is no {wanted} in {folder}; detectors there: {', '.join(there) or 'none'}. Give "
        "the folder of a fold or of a method, <workdir>/<experiment>/fold_00/<method>, of a run "
        "that is finished"
    )
