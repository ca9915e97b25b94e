"""Features in the plane: t-SNE, and how well groups of frames hold together (paper, Figure 3)."""

from collections.abc import Sequence

import numpy as np

from au_jax.features.pca import fit_principal_components

COMPONENTS = 50
"""Principal components that t-SNE sees, as its authors advise for features of many dimensions
(L. van der Maaten and G. Hinton, Journal of Machine Learning Research 9, 2008, section 4.2)."""


def embed(features: np.ndarray, *, perplexity: float, seeds: Sequence[int]) -> np.ndarray:
    """Place frames in the plane so that neighbours in the feature space stay neighbours.

    Starts are random, as in the authors' program, so that seeds show what a picture owes to
    chance; from principal components all seeds would end in the same picture.

    Args:
        features: float `[frame, feature]`, four frames at least.
        perplexity: neighbours that count for a frame; at most a third of the frames are taken.
        seeds: of the starts.

    Returns:
        float32 `[seed, frame, 2]`.
    """
    from sklearn.manifold import TSNE
    from threadpoolctl import threadpool_limits

    components = fit_principal_components(features, COMPONENTS).project(features)
    neighbours = min(perplexity, (len(features) - 1) / 3)
    # With one thread: of several each waits for the others thousands of times, which takes minutes
    # where cores are busy; and sums in one order give the same picture again.
    with threadpool_limits(limits=1):
        places = [
            TSNE(perplexity=neighbours, init="random", random_state=seed).fit_transform(components)
            for seed in seeds
        ]
    return np.stack(places).astype(np.float32)


def distances(points: np.ndarray) -> np.ndarray:
    """Return Euclidean distances `[frame, frame]` of points `[frame, dimension]`."""
    from sklearn.metrics import pairwise_distances

    return pairwise_distances(np.asarray(points, np.float32))


def silhouette(apart: np.ndarray, groups: np.ndarray) -> float:
    """Return the mean silhouette: near 1 groups lie apart, at 0 they overlap, below they mix.

    P. J. Rousseeuw, Journal of Computational and Applied Mathematics 20, 1987.

    Args:
        apart: distances `[frame, frame]`, 0 on the diagonal.
        groups: `[frame]`, the group of each frame.

    Returns:
        NaN for a single group, or where every frame is a group of its own.
    """
    from sklearn.metrics import silhouette_score

    if not 2 <= len(np.unique(groups)) < len(groups):
        return float("nan")
    return float(silhouette_score(apart, groups, metric="precomputed"))


def silhouettes(apart: np.ndarray, subjects: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return the silhouette of subjects, and that of present against absent of each AU.

    Args:
        apart: distances `[frame, frame]`.
        subjects: `[frame]`, whose frames they are.
        labels: int8 `[frame, au]` in {−1, 0, +1}; frames without a label of an AU are left out.

    Returns:
        float64 `[1 + au]`.
    """
    of_aus = []
    for column in labels.T:
        known = np.flatnonzero(column)
        of_aus.append(silhouette(apart[np.ix_(known, known)], column[known]))
    return np.array([silhouette(apart, subjects), *of_aus])
