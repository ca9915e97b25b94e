"""A trained JPML model: how it scores features, which patches it looks at, and its file."""

import dataclasses

import numpy as np
from etils import epath

from au_jax.system import atomic_files

MODEL_FILE = "model.npz"

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
        aus: int64 `[au]`.
        group: int64 `[feature]`, the patch of each feature, from 0.
        mean: float32 `[feature]`, of the training frames.
        scale: float32 `[feature]`, their standard deviations.
        weights: float32 `[feature, au]`, of standardised features.
        intercepts: float32 `[au]`.
        alpha: the weight of the group lasso that was chosen, a scalar.
        beta: the weight of both relation terms that was chosen, a scalar.
        objectives: float32 `[iteration + 1]`, the objective with these weights.
        positive: float32 `[au, au]`, |phi| of AUs that were found to occur together.
        negative: float32 `[au, au]`, |phi| of AUs that were found to exclude each other.
        tried: float64 `[setting, 3]`: alpha, beta and validation F1 of all settings tried.
    """

    aus: np.ndarray
    group: np.ndarray
    mean: np.ndarray
    scale: np.ndarray
    weights: np.ndarray
    intercepts: np.ndarray
    alpha: np.ndarray
    beta: np.ndarray
    objectives: np.ndarray
    positive: np.ndarray
    negative: np.ndarray
    tried: np.ndarray

    def scores(self, features: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Return scores of some rows of features `[frame, feature]`, float32 `[row, au]`."""
        standardisation = Standardisation(self.mean, self.scale)
        return linear_scores(features, rows, standardisation, self.weights, self.intercepts)

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


def save_model(folder: epath.Path, model: JpmlModel) -> None:
    """Write the model into a method's folder."""
    fields = {field.name: getattr(model, field.name) for field in dataclasses.fields(model)}
    atomic_files.write_arrays(folder / MODEL_FILE, fields)


def load_model(folder: epath.Path) -> JpmlModel:
    """Read what `save_model` wrote."""
    return JpmlModel(**atomic_files.read_arrays(folder / MODEL_FILE))
