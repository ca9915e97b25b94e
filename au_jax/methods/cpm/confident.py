"""Stage 1: two classifiers, confident of the presence (w₊) and of the absence (w₋) of an AU."""

import numpy as np

from au_jax.methods.cpm.hard_samples import hard_samples, relabelled
from au_jax.methods.cpm.newton import Penalty, Solution, minimise
from au_jax.settings import CpmConfig


def confident_penalty(config: CpmConfig, features: int, person: np.ndarray | None) -> Penalty:
    """Return γ_s(|w₊|² + |w₋|²) + γ_d|w₊ − w₋|² + γ_tpn(|w₊ − w_t|² + |w₋ − w_t|²).

    Args:
        config: the weights of the terms.
        features: length of a weight vector.
        person: w_t, float64 `[feature]`; None leaves the last term out.
    """
    transfer = 0.0 if person is None else config.transfer
    own = config.regularisation + config.separation + transfer
    across = -config.separation
    coupling = np.array([[own, across], [across, own]])
    towards = np.zeros(features) if person is None else transfer * person
    return Penalty(
        matrix=np.kron(coupling, np.eye(features)),
        linear=np.tile(towards, 2),
        constant=0.0 if person is None else 2 * transfer * float(person @ person),
    )


def fit_confident(
    samples: np.ndarray,
    targets: np.ndarray,
    config: CpmConfig,
    *,
    earlier: Solution,
    person: np.ndarray | None = None,
) -> Solution:
    """Fit w₊ and w₋ for given targets.

    Args:
        samples: float64 `[sample, feature]`, the last feature 1.
        targets: float64 `[sample, 2]`, see `relabelled`.
        config: the weights of the penalties.
        earlier: where to start: a solution on the same samples.
        person: w_t, towards which both are drawn; None before there is one.
    """
    penalty = confident_penalty(config, samples.shape[1], person)
    return minimise(samples, targets, penalty, earlier.weights, earlier.grams)


def first_confident(
    samples: np.ndarray, labels: np.ndarray, threshold: float, config: CpmConfig
) -> np.ndarray:
    """Return w₊ and w₋ of training samples alone, float64 `[2, feature]`; the same for all people.

    All samples are easy first; those that come out hard are relabelled, and both are fitted again.

    Args:
        samples: float64 `[sample, feature]`, the last feature 1.
        labels: ±1, or 0 where there is none, `[sample]`.
        threshold: see `relabelled`.
        config: the settings.
    """
    easy = np.repeat(labels.astype(np.float64)[:, None], 2, axis=1)
    zero = Solution(weights=np.zeros((2, samples.shape[1])), objectives=[], grams=())
    agreeing = fit_confident(samples, easy, config, earlier=zero)
    hard = hard_samples(samples @ agreeing.weights.T, labels, config.hard_test)
    targets = relabelled(samples, labels, hard, threshold)
    return fit_confident(samples, targets, config, earlier=agreeing).weights
