"""Stage 2: the classifier w_t of one person, from labels that both confident classifiers give."""

import dataclasses

import numpy as np

from au_jax.methods.cpm.newton import Penalty, Solution, minimise
from au_jax.methods.cpm.temporal_smoothness import TemporalNeighbours, smoothness_matrix
from au_jax.settings import CpmConfig

_ALIKE = 1.5
"""Frames at most so many mean squared distances of positive frames apart should score alike."""


@dataclasses.dataclass(frozen=True)
class Person:
    """The frames of one person; nothing is known of their labels.

    Attributes:
        samples: float64 `[frame, feature]`, the last feature 1.
        neighbours: which frames are near in time.
    """

    samples: np.ndarray
    neighbours: TemporalNeighbours


def virtual_labels(decisions: np.ndarray) -> np.ndarray:
    """Return +1 or −1 where w₊ and w₋ agree and 0 elsewhere, int8 `[frame]`.

    Args:
        decisions: float `[frame, 2]` of w₊ and w₋.
    """
    labels = np.zeros(len(decisions), np.int8)
    labels[(decisions > 0).all(axis=1)] = 1
    labels[(decisions < 0).all(axis=1)] = -1
    return labels


def mean_squared_distance(samples: np.ndarray) -> float:
    """Return the mean of |a − b|² over all pairs of two different rows; infinite without a pair."""
    count = len(samples)
    if count < 2:
        return np.inf
    centred = samples - samples.mean(axis=0)
    return float(2 * (centred**2).sum() / (count - 1))


def smoothness(person: Person, virtual: np.ndarray) -> np.ndarray:
    """Return XᵀLX for virtual labels, float64 `[feature, feature]`."""
    limit = _ALIKE * mean_squared_distance(person.samples[virtual > 0])
    return smoothness_matrix(person.samples, person.neighbours, limit)


def person_penalty(config: CpmConfig, confident: np.ndarray, smooth: np.ndarray) -> Penalty:
    """Return γ_t|w_t|² + γ_tpn(|w_t − w₊|² + |w_t − w₋|²) + γ_I (X w_t)ᵀ L (X w_t).

    Args:
        config: the weights of the terms.
        confident: w₊ and w₋, float64 `[2, feature]`.
        smooth: XᵀLX, float64 `[feature, feature]`.
    """
    own = config.person_regularisation + 2 * config.transfer
    return Penalty(
        matrix=own * np.eye(len(smooth)) + config.smoothness * smooth,
        linear=config.transfer * confident.sum(axis=0),
        constant=config.transfer * float((confident**2).sum()),
    )


def fit_person(
    person: Person,
    virtual: np.ndarray,
    confident: np.ndarray,
    config: CpmConfig,
    *,
    earlier: Solution | None = None,
) -> Solution:
    """Fit w_t; the solution holds one classifier.

    Args:
        person: the frames.
        virtual: see `virtual_labels`; both classes occur.
        confident: w₊ and w₋, float64 `[2, feature]`.
        config: the weights of the penalties.
        earlier: where to start: a solution for this person; the mean of w₊ and w₋ without one.
    """
    return minimise(
        person.samples,
        virtual.astype(np.float64)[:, None],
        person_penalty(config, confident, smoothness(person, virtual)),
        earlier.weights if earlier else confident.mean(axis=0, keepdims=True),
        earlier.grams if earlier else (),
    )
