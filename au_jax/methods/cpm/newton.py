"""Linear classifiers with squared hinge losses and a joint quadratic penalty, by Newton steps."""

import dataclasses
from collections.abc import Sequence

import numpy as np
from scipy.linalg import cho_factor, cho_solve

_MAX_STEPS = 200
_MAX_HALVINGS = 20
_CONVERGED = 1e-12
"""Relative decrease of the objective below which further steps are rounding."""


@dataclasses.dataclass(frozen=True)
class Penalty:
    """The quadratic form u·M u − 2 l·u + c of all weights in one row, u.

    Attributes:
        matrix: float64 `[classifier × feature, classifier × feature]`, positive definite.
        linear: float64 `[classifier × feature]`.
        constant: c, which only lets the objective have its printed value.
    """

    matrix: np.ndarray
    linear: np.ndarray
    constant: float

    def __call__(self, weights: np.ndarray) -> float:
        """Return the penalty of weights `[classifier, feature]`."""
        u = weights.reshape(-1)
        return float(u @ (self.matrix @ u) - 2 * (self.linear @ u) + self.constant)


@dataclasses.dataclass(frozen=True)
class SupportGram:
    """XᵀX of the samples within one classifier's margin; a sum that few changes update quickly.

    Attributes:
        support: bool `[sample]`.
        matrix: float64 `[feature, feature]`.
    """

    support: np.ndarray
    matrix: np.ndarray


@dataclasses.dataclass(frozen=True)
class Solution:
    """Where the Newton steps ended.

    Attributes:
        weights: float64 `[classifier, feature]`.
        objectives: the objective at the start and after each step.
        grams: of each classifier, for the next problem on the same samples.
    """

    weights: np.ndarray
    objectives: list[float]
    grams: Sequence[SupportGram]

    @property
    def objective(self) -> float:
        """The value at the end."""
        return self.objectives[-1]


def squared_hinge(decisions: np.ndarray, targets: np.ndarray) -> float:
    """Return Σ max(0, 1 − t·z)² over samples with a target; both `[sample, classifier]`."""
    margins = np.maximum(1 - targets * decisions, 0)
    return float((margins[targets != 0] ** 2).sum())


def minimise(
    samples: np.ndarray,
    targets: np.ndarray,
    penalty: Penalty,
    start: np.ndarray,
    grams: Sequence[SupportGram] = (),
) -> Solution:
    """Minimise Σ_k Σ_i max(0, 1 − t_ik w_k·x_i)² + penalty(w), Newton steps on the active set.

    The objective is quadratic while the samples within the margins stay the same, so a full step
    after which they are the same has reached the minimum. A step that would raise the objective is
    halved until it does not.

    Args:
        samples: float64 `[sample, feature]`.
        targets: float64 `[sample, classifier]`, ±1, or 0 where a sample does not count.
        penalty: on all weights.
        start: float64 `[classifier, feature]`.
        grams: those of an earlier solution on the same samples.
    """
    weights = start
    decisions = samples @ weights.T
    objectives = [squared_hinge(decisions, targets) + penalty(weights)]
    support = _support(decisions, targets)
    for _ in range(_MAX_STEPS):
        grams = [
            support_gram(samples, column, grams[index] if grams else None)
            for index, column in enumerate(support.T)
        ]
        target = _newton_target(samples, np.where(support, targets, 0), grams, penalty)
        direction, change = target - weights, samples @ target.T - decisions
        step = _step_size(decisions, change, weights, direction, targets, penalty, objectives[-1])
        if step == 0:
            break
        weights, decisions = weights + step * direction, decisions + step * change
        objectives.append(squared_hinge(decisions, targets) + penalty(weights))
        before, support = support, _support(decisions, targets)
        if step == 1 and np.array_equal(before, support):
            break
        if objectives[-2] - objectives[-1] <= _CONVERGED * objectives[-2]:
            break
    return Solution(weights, objectives, grams)


def support_gram(
    samples: np.ndarray, support: np.ndarray, known: SupportGram | None
) -> SupportGram:
    """Return XᵀX of the samples in `support`, from a known one where that is less work."""
    if known is not None:
        entering, leaving = support & ~known.support, known.support & ~support
        if entering.sum() + leaving.sum() < support.sum():
            matrix = known.matrix + _gram(samples[entering]) - _gram(samples[leaving])
            return SupportGram(support, matrix)
    return SupportGram(support, _gram(samples[support]))


def _gram(samples: np.ndarray) -> np.ndarray:
    return samples.T @ samples


def _support(decisions: np.ndarray, targets: np.ndarray) -> np.ndarray:
    return (targets != 0) & (targets * decisions < 1)


def _newton_target(
    samples: np.ndarray, targets: np.ndarray, grams: Sequence[SupportGram], penalty: Penalty
) -> np.ndarray:
    """Return the minimum of the quadratic that the objective is at this support."""
    features = samples.shape[1]
    system = penalty.matrix.copy()
    for index, gram in enumerate(grams):
        block = slice(index * features, (index + 1) * features)
        system[block, block] += gram.matrix
    right = penalty.linear + (targets.T @ samples).reshape(-1)
    # Transposed, as LAPACK then works in place; the system is symmetric.
    factor = cho_factor(system.T, overwrite_a=True, check_finite=False)
    return cho_solve(factor, right, check_finite=False).reshape(-1, features)


def _step_size(
    decisions: np.ndarray,
    change: np.ndarray,
    weights: np.ndarray,
    direction: np.ndarray,
    targets: np.ndarray,
    penalty: Penalty,
    objective: float,
) -> float:
    """Return 1, halved until the objective does not rise; 0 where no step lowers it."""
    step = 1.0
    for _ in range(_MAX_HALVINGS):
        value = squared_hinge(decisions + step * change, targets)
        if value + penalty(weights + step * direction) <= objective:
            return step
        step /= 2
    return 0.0
