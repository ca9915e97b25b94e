"""Principal components of features, fitted on training subjects only (paper, section 3.2)."""

import dataclasses

import numpy as np


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
