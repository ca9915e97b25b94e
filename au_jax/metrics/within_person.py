"""Agreement within a person: what is left when scores of different people are never compared.

Faces at rest differ, and so do their scores; over all frames that counts as error, though many uses
only ask when a person shows an action unit. A person counts once, however many frames there are.
"""

from collections.abc import Callable

import numpy as np

from au_jax.metrics.agreement import auc
from au_jax.metrics.frame_based import f1_frame, mean_of_known


def auc_within_person(labels: np.ndarray, scores: np.ndarray, subjects: np.ndarray) -> np.ndarray:
    """Return the mean over people of the area under the ROC curve of their own frames.

    Args:
        labels: int8 `[frames, aus]` in {−1, 0, +1}.
        scores: real `[frames, aus]`.
        subjects: `[frames]`, the subject of each frame.

    Returns:
        float64 `[aus]`, over those who show the AU in some frames and not in others; NaN if there
        is nobody.
    """
    return _mean_over_people(auc, labels, scores, subjects)


def f1_within_person(labels: np.ndarray, scores: np.ndarray, subjects: np.ndarray) -> np.ndarray:
    """Return the mean over people of F1-frame in their own frames.

    Args:
        labels: int8 `[frames, aus]` in {−1, 0, +1}.
        scores: real `[frames, aus]`; present where above 0.
        subjects: `[frames]`, the subject of each frame.

    Returns:
        float64 `[aus]`, over those who show the AU, since F1 of the others is 0 whatever was
        detected; NaN if there is nobody.
    """

    def of_shown(own_labels: np.ndarray, own_scores: np.ndarray) -> np.ndarray:
        return np.where((own_labels > 0).any(axis=0), f1_frame(own_labels, own_scores), np.nan)

    return _mean_over_people(of_shown, labels, scores, subjects)


def _mean_over_people(
    metric: Callable[[np.ndarray, np.ndarray], np.ndarray],
    labels: np.ndarray,
    scores: np.ndarray,
    subjects: np.ndarray,
) -> np.ndarray:
    _, codes = np.unique(subjects, return_inverse=True)
    borders = np.cumsum(np.bincount(codes))[:-1]
    people = np.split(np.argsort(codes, kind="stable"), borders)
    of_each = np.stack([metric(labels[own], scores[own]) for own in people])
    return mean_of_known(of_each, axis=0)
