"""A trained JPML model: how it scores features, and which patches it looks at."""

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

import numpy as np

from au_jax.detector.block import FaceFrames, Outputs
from au_jax.system.pytree import PyTree

_ROWS_AT_ONCE = 2048


@dataclasses.dataclass(frozen=True)
class Standardisation:
    """Zero mean and unit variance over the training frames.

    Attributes:
        mean: float32 `[feature]`.
        scale: float32 `[feature]`, standard deviations; 1 where a feature never changes.
    """

    mean: np.ndarray
    scale: np.ndarray

    def __call__(self, features: np.ndarray) -> np.ndarray:
        """Return standardised features, float32 `[frame, feature]`."""
        return (features.astype(np.float32) - self.mean) / self.scale


def fit_standardisation(features: np.ndarray) -> Standardisation:
    """Measure mean and standard deviation of features `[frame, feature]`."""
    from sklearn.preprocessing import StandardScaler

    # In float32 although features may be half as wide, whose squares overflow.
    fitted = StandardScaler().fit(features.astype(np.float32))
    return Standardisation(
        mean=np.asarray(fitted.mean_, np.float32), scale=np.asarray(fitted.scale_, np.float32)
    )


def linear_scores(
    features: np.ndarray,
    rows: np.ndarray,
    standardisation: Standardisation,
    weights: np.ndarray,
    intercepts: np.ndarray,
) -> np.ndarray:
    """Return scores of some rows, float32 `[row, au]`, decision at 0.

    Args:
        features: float `[frame, feature]`; may lie on disk, and is read in parts.
        rows: int64 `[row]`, rows of `features`.
        standardisation: that of the training frames.
        weights: float32 `[feature, au]`, of standardised features.
        intercepts: float32 `[au]`.
    """
    scores = np.empty((len(rows), weights.shape[1]), np.float32)
    for first in range(0, len(rows), _ROWS_AT_ONCE):
        part = slice(first, first + _ROWS_AT_ONCE)
        scores[part] = standardisation(features[rows[part]]) @ weights + intercepts
    return scores


@dataclasses.dataclass(frozen=True)
class JpmlModel:
    """What JPML leaves of a fold.

    Attributes:
        group: int `[feature]`, the patch of each feature, from 0.
        standardisation: of the training frames.
        weights: float32 `[feature, au]`, of standardised features.
        intercepts: float32 `[au]`.
        alpha: the weight of the group lasso that was chosen.
        beta: the weight of both relation terms that was chosen.
        objectives: float32 `[iteration + 1]`, the objective with these weights.
        positive: float32 `[au, au]`, |phi| of AUs that were found to occur together.
        negative: float32 `[au, au]`, |phi| of AUs that were found to exclude each other.
        tried: alpha, beta and validation F1 of all settings tried.
    """

    KIND: ClassVar[str] = "jpml"
    STORED_FEATURES: ClassVar[np.dtype | None] = None

    group: np.ndarray
    standardisation: Standardisation
    weights: np.ndarray
    intercepts: np.ndarray
    alpha: float
    beta: float
    objectives: np.ndarray
    positive: np.ndarray
    negative: np.ndarray
    tried: list[list[float]]

    def settings(self) -> dict[str, Any]:
        """Return the weights of the terms, chosen and tried."""
        return {"alpha": self.alpha, "beta": self.beta, "tried": self.tried}

    def arrays(self) -> dict[str, PyTree]:
        """Return all that is an array."""
        names = ("group", "weights", "intercepts", "objectives", "positive", "negative")
        arrays = {name: getattr(self, name) for name in names}
        return {**arrays, "standardisation": dataclasses.asdict(self.standardisation)}

    @classmethod
    def restored(cls, settings: dict[str, Any], arrays: dict[str, PyTree]) -> "JpmlModel":
        """Return the model of `settings()` and `arrays()`."""
        parts = {name: np.asarray(part) for name, part in arrays["standardisation"].items()}
        others = {
            name: np.asarray(part) for name, part in arrays.items() if name != "standardisation"
        }
        return cls(standardisation=Standardisation(**parts), **others, **settings)

    def outputs(
        self, frames: FaceFrames, rows: np.ndarray, inputs: Sequence[Outputs]
    ) -> Iterator[Outputs]:
        """Yield the scores of all rows at once."""
        del frames
        (found,) = inputs
        features, everything = found.known_features(), np.arange(len(rows))
        yield Outputs(
            linear_scores(features, everything, self.standardisation, self.weights, self.intercepts)
        )

    def patch_importance(self) -> np.ndarray:
        """Return how much each AU looks at each patch, float64 `[au, patch]`.

        The l2 norm of the patch's weights over the largest of that AU, as in the authors' code
        (https://github.com/zkl20061823/JPML); 0 where a patch is left out, and for all patches of
        an AU without any.
        """
        squares = np.zeros((int(self.group.max()) + 1, self.weights.shape[1]))
        np.add.at(squares, self.group, np.square(self.weights, dtype=np.float64))
        norms = np.sqrt(squares).T
        largest = norms.max(axis=1, keepdims=True)
        return np.divide(norms, largest, out=np.zeros_like(norms), where=largest > 0)
