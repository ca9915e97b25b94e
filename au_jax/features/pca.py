"""Principal components of features, fitted on training subjects only (paper, section 3.2)."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np

_PROJECTED_AT_ONCE = 8192


@dataclasses.dataclass(frozen=True)
class PrincipalComponents:
    """A centred linear projection; the components are not scaled to unit variance.

    Attributes:
        mean: float32 `[feature]`.
        components: float32 `[component, feature]`, orthonormal rows, largest variance first.
        energy: share of the variance of the training features that the components keep.
    """

    mean: np.ndarray
    components: np.ndarray
    energy: float

    def project(self, features: np.ndarray) -> np.ndarray:
        """Return the coordinates of features `[frames, feature]`, float32 `[frames, component]`."""
        return (features.astype(np.float32) - self.mean) @ self.components.T

    def project_in_parts(self, features: np.ndarray) -> np.ndarray:
        """Return the same of features that may lie on disk, and are read in parts."""
        parts = [
            self.project(features[first : first + _PROJECTED_AT_ONCE])
            for first in range(0, len(features), _PROJECTED_AT_ONCE)
        ]
        return np.concatenate([np.empty((0, len(self.components)), np.float32), *parts])

    def arrays(self) -> dict[str, np.ndarray]:
        """Return mean and components."""
        return {"mean": self.mean, "components": self.components}

    @staticmethod
    def of(arrays: Mapping[str, Any], energy: float) -> "PrincipalComponents":
        """Return the components of `arrays()`."""
        mean, components = (np.asarray(arrays[name]) for name in ("mean", "components"))
        return PrincipalComponents(mean, components, energy)


def fit_principal_components(
    features: np.ndarray, components: int, energy: float = 1.0
) -> PrincipalComponents:
    """Fit principal components.

    Args:
        features: float `[frames, feature]`.
        components: how many to keep at most; fewer if there are fewer frames or features.
        energy: share of the variance that is enough; the fewest components that reach it are kept.
    """
    from sklearn.decomposition import PCA

    kept = min(components, *features.shape)
    # The covariance route is the fast one for many frames; it keeps one feature² matrix.
    solver = "covariance_eigh" if len(features) >= features.shape[1] else "full"
    with np.errstate(invalid="ignore"):  # features that do not vary have no shares
        fitted = PCA(kept, svd_solver=solver).fit(features.astype(np.float32))
    shares = np.nan_to_num(np.asarray(fitted.explained_variance_ratio_))
    if energy < 1:
        kept = min(kept, int(np.searchsorted(np.cumsum(shares), energy)) + 1)
    return PrincipalComponents(
        mean=np.asarray(fitted.mean_, np.float32),
        components=np.asarray(fitted.components_, np.float32)[:kept],
        energy=float(shares[:kept].sum()),
    )
