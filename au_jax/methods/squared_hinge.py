"""Linear classifiers with squared hinge loss, all AUs and all costs in one go.

Each column is min_w ½|w|² + C Σ_i a_i max(0, 1 − y_i w·x_i)², the L2-regularised L2-loss SVM of
LIBLINEAR (R.-E. Fan et al., JMLR 9, 2008), solved by Newton's method with conjugate gradients as
there (C.-J. Lin et al., "Trust region Newton method for logistic regression", JMLR 9, 2008), with
step halving in place of a trust region. The columns share each product with the data, which is
what costs time.
"""

import dataclasses

import numpy as np

_MOST_STEPS = 50
_MOST_CONJUGATE_STEPS = 40
_HALVINGS = 12


@dataclasses.dataclass(frozen=True)
class SquaredHinge:
    """A problem for each column.

    Attributes:
        features: float32 `[row, feature]`; append a column of ones for an offset.
        labels: float32 `[row, column]` in {−1, 0, +1}; 0 does not count.
        costs: float32 `[row, column]`, the weight of each row in each column, C · a_i.
    """

    features: np.ndarray
    labels: np.ndarray
    costs: np.ndarray

    def objective(self, weights: np.ndarray, scores: np.ndarray) -> np.ndarray:
        """Return the objective of each column, given weights and their scores."""
        slack = self._slack(scores)
        return 0.5 * (weights**2).sum(axis=0) + (self.costs * slack**2).sum(axis=0)

    def gradient(self, weights: np.ndarray, scores: np.ndarray) -> np.ndarray:
        """Return the gradient `[feature, column]`."""
        pull = self.costs * self.labels * self._slack(scores)
        return weights - 2 * self.features.T @ pull

    def curvature(self, scores: np.ndarray) -> np.ndarray:
        """Return the weight of each row in the Hessian, `[row, column]`."""
        return 2 * self.costs * (self._slack(scores) > 0)

    def _slack(self, scores: np.ndarray) -> np.ndarray:
        return np.where(self.labels != 0, np.maximum(0, 1 - self.labels * scores), 0)


def fit_squared_hinge(problem: SquaredHinge, tolerance: float = 1e-3) -> np.ndarray:
    """Return the weights of each column, float32 `[feature, column]`.

    Args:
        problem: data, labels and costs.
        tolerance: a column is done when its gradient is at most this share of that at zero.
    """
    shape = (problem.features.shape[1], problem.labels.shape[1])
    weights = np.zeros(shape, np.float32)
    scores = np.zeros(problem.labels.shape, np.float32)
    gradient = problem.gradient(weights, scores)
    first = np.linalg.norm(gradient, axis=0)
    for _ in range(_MOST_STEPS):
        norms = np.linalg.norm(gradient, axis=0)
        if (norms <= tolerance * first).all():
            break
        direction = _newton_direction(problem, problem.curvature(scores), gradient, tolerance)
        weights, scores, moved = _halved_step(problem, weights, scores, direction)
        if not moved.any():
            break
        gradient = problem.gradient(weights, scores)
    return weights


def _newton_direction(
    problem: SquaredHinge, curvature: np.ndarray, gradient: np.ndarray, tolerance: float
) -> np.ndarray:
    """Solve H d = −g for all columns by conjugate gradients, `[feature, column]`."""
    direction = np.zeros_like(gradient)
    residual = -gradient
    search = residual.copy()
    size = (residual**2).sum(axis=0)
    # Rough far from the solution, finer close to it; a tenth is LIBLINEAR's value.
    goal = np.maximum(0.1**2, tolerance**2) * size
    for _ in range(_MOST_CONJUGATE_STEPS):
        going = size > goal
        if not going.any():
            break
        product = search + problem.features.T @ (curvature * (problem.features @ search))
        step = np.where(going, size / np.maximum((search * product).sum(axis=0), 1e-30), 0)
        direction += step * search
        residual = residual - step * product
        grown = (residual**2).sum(axis=0)
        search = residual + np.where(going, grown / np.maximum(size, 1e-30), 0) * search
        size = np.where(going, grown, size)
    return direction


def _halved_step(
    problem: SquaredHinge, weights: np.ndarray, scores: np.ndarray, direction: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Go along the direction of each column, half as far until its objective is lower.

    Returns:
        weights, scores, and which columns moved, bool `[column]`.
    """
    change = problem.features @ direction
    before = problem.objective(weights, scores)
    step = np.ones(weights.shape[1], np.float32)
    worse = np.ones(len(step), bool)
    for _ in range(_HALVINGS):
        after = problem.objective(weights + step * direction, scores + step * change)
        worse = after > before
        if not worse.any():
            break
        step = np.where(worse, step / 2, step).astype(np.float32)
    step = np.where(worse, 0, step).astype(np.float32)
    return weights + step * direction, scores + step * change, step > 0
