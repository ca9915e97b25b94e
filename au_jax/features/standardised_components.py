"""Principal components of standardised features, on one scale, for linear classifiers."""

import dataclasses

import numpy as np

from au_jax.features.pca import fit_principal_components

_PROJECTED_AT_ONCE = 4096


@dataclasses.dataclass(frozen=True)
class StandardisedComponents:
    """Standardise, project, and divide by one number, so that a mean square is 1.

    A weight of regularisation then means the same for all features.

    Attributes:
        basis: float32 `[component, feature]`, components of features that are not yet standardised.
        offset: float32 `[component]`, the projection of the mean.
        norm: float32 scalar, root of the mean square norm of the training rows.
    """

    basis: np.ndarray
    offset: np.ndarray
    norm: np.ndarray

    def project(self, features: np.ndarray) -> np.ndarray:
        """Return the components of features `[row, feature]`, float32 `[row, component]`.

        The features may lie on disk, and are read in parts.
        """
        return _projected(features, self.basis, self.offset) / self.norm


def fit_standardised_components(
    sample: np.ndarray, train: np.ndarray, components: int, energy: float
) -> StandardisedComponents:
    """Fit components.

    Args:
        sample: float32 `[row, feature]`, training rows that mean, deviation and components are
            fitted on.
        train: float `[row, feature]`, all training rows, for the scale; may lie on disk.
        components: how many to keep at most.
        energy: share of the variance that is enough.
    """
    mean, deviation = sample.mean(axis=0), sample.std(axis=0)
    scale = np.where(deviation > 0, 1 / np.maximum(deviation, 1e-6), 0).astype(np.float32)
    pca = fit_principal_components((sample - mean) * scale, components, energy)
    basis = pca.components * scale
    offset = (mean * scale + pca.mean) @ pca.components.T
    norm = np.sqrt((_projected(train, basis, offset) ** 2).sum(axis=1).mean())
    return StandardisedComponents(basis, offset, np.asarray(max(norm, 1e-12), np.float32))


def _projected(features: np.ndarray, basis: np.ndarray, offset: np.ndarray) -> np.ndarray:
    parts = [
        np.asarray(features[first : first + _PROJECTED_AT_ONCE], np.float32) @ basis.T - offset
        for first in range(0, len(features), _PROJECTED_AT_ONCE)
    ]
    return np.concatenate([np.empty((0, len(basis)), np.float32), *parts])
