"""Features that are computed from faces and landmarks, not trained."""

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

import numpy as np

from au_jax.detector.block import FaceFrames, Outputs
from au_jax.errors import InputError
from au_jax.faces.similarity import target_points
from au_jax.features.face_features import feature_extractor
from au_jax.settings import FeatureKind
from au_jax.system.pytree import PyTree

_BATCH = 64


@dataclasses.dataclass(frozen=True)
class ComputedFeatures:
    """A kind of features.

    Attributes:
        feature_kind: which.
    """

    KIND: ClassVar[str] = "computed_features"
    # Histograms lie in [0, 1], where half precision is enough.
    STORED_FEATURES: ClassVar[np.dtype | None] = np.dtype(np.float16)

    feature_kind: FeatureKind

    def settings(self) -> dict[str, Any]:
        """Return the kind."""
        return {"feature_kind": self.feature_kind.value}

    def arrays(self) -> dict[str, PyTree]:
        """Return nothing."""
        return {}

    @classmethod
    def restored(cls, settings: dict[str, Any], arrays: dict[str, PyTree]) -> "ComputedFeatures":
        """Return the model of `settings()`."""
        del arrays
        return cls(FeatureKind(settings["feature_kind"]))

    def groups(self, face_shape: tuple[int, int, int]) -> np.ndarray:
        """Return the patch that each feature describes, from 0, int64 `[feature]`."""
        return feature_extractor(self.feature_kind, face_shape).group

    def outputs(
        self, frames: FaceFrames, rows: np.ndarray, inputs: Sequence[Outputs] = ()
    ) -> Iterator[Outputs]:
        """Yield features in half precision, in batches.

        Raises:
            InputError: for the shape of faces without landmarks.
        """
        del inputs
        extractor = feature_extractor(self.feature_kind, frames.faces.face_shape)
        landmarks = self._landmarks(frames)
        size, done = min(_BATCH, frames.at_once), 0
        for faces in frames.batches(rows, size):
            # Padded, so that it is compiled for one size.
            padding = [(0, size - len(faces)), (0, 0), (0, 0)]
            padded = np.pad(faces, [*padding, (0, 0)])
            part = rows[done : done + len(faces)]
            done += len(faces)
            found = extractor.extract(padded, np.pad(landmarks[part], padding))
            yield Outputs(features=found[: len(faces)].astype(self.STORED_FEATURES))

    def _landmarks(self, frames: FaceFrames) -> np.ndarray:
        """Return the landmarks of every frame, float32 `[frame, 49, 2]`.

        Where they were not tracked they are those of the mean shape, to which faces are aligned;
        the shape is then no feature.
        """
        tracked, is_shape = frames.landmarks, self.feature_kind is FeatureKind.SHAPE
        if tracked is None and is_shape:
            raise InputError(
                "there are no landmarks, so faces have no shape to measure; prepare the data set "
                "again with landmarks, or choose another --experiment.features.kind"
            )
        usual = target_points(frames.faces.face_shape[0]).astype(np.float32)
        if tracked is None:
            return np.broadcast_to(usual, (len(frames), *usual.shape))
        return tracked if is_shape else np.where(np.isfinite(tracked), tracked, usual)
