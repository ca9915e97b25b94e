"""Stage 3: confident classifiers and the person's classifier teach each other in turn (iCPM)."""

import dataclasses

import numpy as np

from au_jax.methods.cpm.confident import fit_confident
from au_jax.methods.cpm.hard_samples import hard_samples, relabelled
from au_jax.methods.cpm.newton import Solution
from au_jax.methods.cpm.parallel import map_on_cores
from au_jax.methods.cpm.person import Person, fit_person, virtual_labels
from au_jax.methods.cpm.temporal_smoothness import temporal_neighbours
from au_jax.methods.cpm.training import TrainedCpm
from au_jax.settings import CpmConfig

_CONVERGED = 1e-5
"""Relative change of both objectives at which the rounds end."""


@dataclasses.dataclass(frozen=True)
class Adapted:
    """What is known of one AU of one person.

    Attributes:
        weights: w_t, float64 `[feature]`.
        confident: w₊ and w₋, float64 `[2, feature]`.
        rounds: how many there were.
    """

    weights: np.ndarray
    confident: np.ndarray
    rounds: int


def adapt(
    samples: np.ndarray,
    labels: np.ndarray,
    person: Person,
    confident: np.ndarray,
    threshold: float,
    config: CpmConfig,
) -> Adapted:
    """Return the classifier of one AU for one person.

    A round fits w_t to the frames on which w₊ and w₋ agree. Frames on which w_t agrees as well join
    the training samples, with that label; then the hard samples are found anew, and w₊ and w₋ are
    fitted to the larger set for the next round. Where w₊ and w₋ give all frames that they agree on
    the same label, w_t is their mean.

    Args:
        samples: float64 `[training sample + frame, feature]`: the training samples, then the
            frames of the person.
        labels: int8 `[training sample]`: ±1, or 0 where there is none.
        person: the frames.
        confident: w₊ and w₋ of the training samples alone, float64 `[2, feature]`.
        threshold: see `relabelled`.
        config: the settings; `iterations` bounds the rounds.
    """
    known = Solution(weights=confident, objectives=[], grams=())
    own: Solution | None = None
    weights, rounds, before = confident.mean(axis=0), 0, np.full(2, np.inf)
    for rounds in range(1, config.iterations + 1):
        virtual = virtual_labels(person.samples @ known.weights.T)
        weights, objective = known.weights.mean(axis=0), 0.0
        if (virtual > 0).any() and (virtual < 0).any():
            own = fit_person(person, virtual, known.weights, config, earlier=own)
            weights, objective = own.weights[0], own.objective
        if rounds == config.iterations:
            break
        agreed = virtual * (person.samples @ weights) > 0
        told = np.concatenate([labels, np.where(agreed, virtual, 0)])
        hard = hard_samples(samples @ known.weights.T, told, config.hard_test)
        targets = relabelled(samples, told, hard, threshold)
        known = fit_confident(samples, targets, config, earlier=known, person=weights)
        now = np.array([known.objective, objective])
        if (np.abs(now - before) <= _CONVERGED * now).all():
            break
        before = now
    return Adapted(weights, known.weights, rounds)


def subject_scores(
    trained: TrainedCpm,
    samples: np.ndarray,
    recording: np.ndarray,
    frame: np.ndarray,
    config: CpmConfig,
) -> np.ndarray:
    """Adapt every AU to one person and return the scores, float32 `[frame, au]`.

    Args:
        trained: what the training subjects give.
        samples: float64 `[frame, feature]` of the person, the last feature 1.
        recording: integers `[frame]`; the frames of a recording lie together.
        frame: integers `[frame]`, their numbers, increasing within a recording.
        config: the settings.

    Returns:
        Scores with the decision at 0; 0 for AUs that training had a single kind of label of.
    """
    person = Person(samples, temporal_neighbours(samples, recording, frame, config.window))
    everything = np.concatenate([trained.samples, samples])
    learnable = np.flatnonzero(trained.single_labels() == 0)

    def weights_of(au: np.intp) -> np.ndarray:
        labels, threshold = trained.labels[:, au], float(trained.thresholds[au])
        return adapt(everything, labels, person, trained.confident[au], threshold, config).weights

    scores = np.zeros((len(samples), len(trained.confident)), np.float32)
    for au, weights in zip(learnable, map_on_cores(weights_of, learnable), strict=True):
        scores[:, au] = samples @ weights
    return scores
