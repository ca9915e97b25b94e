"""What CPM learns from the training subjects alone: the same for every test subject of a fold."""

import dataclasses

import numpy as np

from au_jax.methods.cpm.confident import first_confident
from au_jax.methods.cpm.hard_samples import distance_threshold
from au_jax.settings import CpmConfig, Relabelling


@dataclasses.dataclass(frozen=True)
class TrainedCpm:
    """Training samples and what they give.

    Attributes:
        samples: float64 `[sample, feature]`, the last feature 1.
        labels: int8 `[sample, au]`: ±1, or 0 where there is none.
        confident: w₊ and w₋ of each AU, float64 `[au, 2, feature]`.
        thresholds: float64 `[au]`, see `relabelled`; infinite for holistic relabelling.
    """

    samples: np.ndarray
    labels: np.ndarray
    confident: np.ndarray
    thresholds: np.ndarray

    def single_labels(self) -> np.ndarray:
        """Return the label of AUs that have one kind of label only, int8 `[au]`.

        −1 for AUs without any label; 0 for those with both kinds, which can be learnt.
        """
        present, absent = (self.labels > 0).any(axis=0), (self.labels < 0).any(axis=0)
        return np.where(present & absent, 0, np.where(present, 1, -1)).astype(np.int8)


def train_au(
    samples: np.ndarray, labels: np.ndarray, config: CpmConfig
) -> tuple[np.ndarray, float]:
    """Return w₊ and w₋ of one AU, float64 `[2, feature]`, and its threshold of relabelling.

    Args:
        samples: float64 `[sample, feature]`, the last feature 1.
        labels: ±1, or 0 where there is none, `[sample]`. With one kind only, the weights are 0.
        config: the settings.
    """
    if not ((labels > 0).any() and (labels < 0).any()):
        return np.zeros((2, samples.shape[1])), 0.0
    threshold = np.inf
    if config.relabelling is Relabelling.LOCALISED:
        threshold = distance_threshold(samples, labels)
    return first_confident(samples, labels, threshold, config), threshold


def with_one(features: np.ndarray) -> np.ndarray:
    """Return features with a last column of ones, whose weight is the offset, float64.

    Double precision: the sums of squares of thousands of frames beside a penalty of 0.08 are too
    far apart for single, in which Newton steps do not settle on an active set.
    """
    return np.concatenate([features, np.ones((len(features), 1))], axis=1, dtype=np.float64)
