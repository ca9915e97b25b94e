"""FISTA: accelerated proximal gradient steps, for the objective of JPML.

Source: A. Beck and M. Teboulle, "A fast iterative shrinkage-thresholding algorithm", SIAM J.
Imaging Sciences 2, 2009; restarts after B. O'Donoghue and E. Candès, "Adaptive restart for
accelerated gradient schemes", Found. Comput. Math. 15, 2015.
"""

import dataclasses
import functools
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from au_jax.methods.jpml.objective import Problem, block_soft_threshold, patch_norms, smooth_part

STALL_WINDOW = 10
"""Iterations over which the decrease of the objective is measured.

A single one says little: the first after a restart is short, and every restart is idle itself.
"""

_CURVATURE_GROWTH, _CURVATURE_DECAY = 2.0, 0.9
_LARGEST_CURVATURE = 1e15


@dataclasses.dataclass(frozen=True)
class Solution:
    """Where FISTA ended.

    Attributes:
        weights: float `[feature, au]`.
        intercepts: float `[au]`.
        objectives: float `[iteration + 1]`, the objective at the start and after each iteration;
            never rising.
        curvature: inverse of the last step size, from which a warm start goes on.
    """

    weights: np.ndarray
    intercepts: np.ndarray
    objectives: np.ndarray
    curvature: float


class _Point(NamedTuple):
    weights: jax.Array
    intercepts: jax.Array
    products: jax.Array  # features times weights


class _State(NamedTuple):
    current: _Point
    previous: _Point
    momentum: jax.Array  # t of Beck and Teboulle; 1 after a start or restart
    curvature: jax.Array
    objectives: jax.Array
    iteration: jax.Array
    finished: jax.Array


def start_at_base_rates(problem: Problem) -> Solution:
    """Return zero weights, with the intercepts at the log odds of the weighted training labels.

    Half a label is added to each side, so that an AU that is never there stays finite; one without
    any label gets 0.
    """
    weights, labels = np.asarray(problem.label_weights), np.asarray(problem.labels)
    present = (weights * (labels > 0)).sum(axis=0) + 0.5
    absent = (weights * (labels < 0)).sum(axis=0) + 0.5
    features = problem.features
    return Solution(
        weights=np.zeros((features.shape[1], labels.shape[1]), features.dtype),
        intercepts=np.log(present / absent).astype(features.dtype),
        objectives=np.empty(0, features.dtype),
        curvature=1.0,
    )


def minimise(
    problem: Problem,
    alpha: float,
    beta: float,
    start: Solution,
    iterations: int,
    tolerance: float,
) -> Solution:
    """Minimise the objective of JPML.

    The step size is found by backtracking and may grow again. A step that would raise the
    objective is not taken; the momentum is dropped instead, so that the objective never rises.

    Args:
        problem: the training data.
        alpha: weight of the group lasso; the intercepts have no penalty.
        beta: weight of both relation terms.
        start: where to begin, `start_at_base_rates` or a solution for other weights.
        iterations: most iterations.
        tolerance: stop when the objective fell by less than this share of itself over
            `STALL_WINDOW` iterations.
    """
    dtype = problem.features.dtype
    point, objectives, iteration, curvature = _minimise(
        problem,
        *(jnp.asarray(value, dtype) for value in (alpha, beta, tolerance, start.curvature)),
        jnp.asarray(start.weights, dtype),
        jnp.asarray(start.intercepts, dtype),
        iterations=iterations,
    )
    return Solution(
        weights=np.asarray(point.weights),
        intercepts=np.asarray(point.intercepts),
        objectives=np.asarray(objectives[: int(iteration) + 1]),
        curvature=float(curvature),
    )


@functools.partial(jax.jit, static_argnames="iterations")
def _minimise(
    problem: Problem,
    alpha: jax.Array,
    beta: jax.Array,
    tolerance: jax.Array,
    curvature: jax.Array,
    weights: jax.Array,
    intercepts: jax.Array,
    *,
    iterations: int,
) -> tuple[_Point, jax.Array, jax.Array, jax.Array]:
    first = _Point(weights, intercepts, _products(problem, weights))
    objective = _objective(first, problem, alpha, beta)
    state = _State(
        current=first,
        previous=first,
        momentum=jnp.ones_like(objective),
        curvature=curvature,
        objectives=jnp.full(iterations + 1, objective),
        iteration=jnp.asarray(0),
        finished=jnp.asarray(False),
    )
    state = jax.lax.while_loop(
        lambda state: ~state.finished & (state.iteration < iterations),
        functools.partial(_iterate, problem=problem, alpha=alpha, beta=beta, tolerance=tolerance),
        state,
    )
    return state.current, state.objectives, state.iteration, state.curvature


def _iterate(
    state: _State, problem: Problem, alpha: jax.Array, beta: jax.Array, tolerance: jax.Array
) -> _State:
    next_momentum = (1.0 + jnp.sqrt(1.0 + 4.0 * jnp.square(state.momentum))) / 2.0
    ahead = (state.momentum - 1.0) / next_momentum
    # The products are linear in the weights: none is computed anew for the extrapolated point.
    base = jax.tree.map(lambda a, b: a + ahead * (a - b), state.current, state.previous)
    step, curvature = _backtrack(base, state.curvature, problem, alpha, beta)
    objective = _objective(step, problem, alpha, beta)
    before = state.objectives[state.iteration]
    better = objective < before
    iteration = state.iteration + 1
    objectives = state.objectives.at[iteration].set(jnp.where(better, objective, before))
    window = objectives[jnp.maximum(iteration - STALL_WINDOW, 0)] - objectives[iteration]
    stalled = (iteration >= STALL_WINDOW) & (window <= tolerance * objectives[iteration])
    return _State(
        current=_choose(better, step, state.current),
        previous=state.current,
        momentum=jnp.where(better, next_momentum, 1.0),
        curvature=curvature,
        objectives=objectives,
        iteration=iteration,
        # Without momentum a step must lead down; if not, rounding is all that is left.
        finished=stalled | (~better & (state.momentum == 1.0)),
    )


def _choose(condition: jax.Array, yes: _Point, no: _Point) -> _Point:
    return jax.tree.map(lambda a, b: jnp.where(condition, a, b), yes, no)


def _backtrack(
    base: _Point, curvature: jax.Array, problem: Problem, alpha: jax.Array, beta: jax.Array
) -> tuple[_Point, jax.Array]:
    """Return the proximal step from `base` for the first curvature that bounds the smooth part."""
    value, (slope, intercept_slope) = jax.value_and_grad(smooth_part, argnums=(0, 1))(
        base.products, base.intercepts, problem, beta
    )
    weight_slope = _weight_slope(problem, slope)
    slack = 8 * jnp.finfo(value.dtype).eps * jnp.abs(value)

    def attempt(curvature: jax.Array) -> tuple[_Point, jax.Array]:
        weights = block_soft_threshold(
            base.weights - weight_slope / curvature,
            alpha / curvature,
            problem.group,
            problem.patches,
        )
        intercepts = base.intercepts - intercept_slope / curvature
        step = _Point(weights, intercepts, _products(problem, weights))
        moved, shifted = weights - base.weights, intercepts - base.intercepts
        bound = value + jnp.sum(weight_slope * moved) + jnp.sum(intercept_slope * shifted)
        bound += curvature / 2 * (jnp.sum(jnp.square(moved)) + jnp.sum(jnp.square(shifted)))
        return step, smooth_part(step.products, intercepts, problem, beta) <= bound + slack

    def too_long(tried: tuple[_Point, jax.Array, jax.Array]) -> jax.Array:
        _, bounded, curvature = tried
        return ~bounded & (curvature < _LARGEST_CURVATURE)

    def shorter(tried: tuple[_Point, jax.Array, jax.Array]) -> tuple[_Point, jax.Array, jax.Array]:
        curvature = _CURVATURE_GROWTH * tried[2]
        return *attempt(curvature), curvature

    first = _CURVATURE_DECAY * curvature
    step, _, curvature = jax.lax.while_loop(too_long, shorter, (*attempt(first), first))
    return step, curvature


def _objective(point: _Point, problem: Problem, alpha: jax.Array, beta: jax.Array) -> jax.Array:
    penalty = jnp.sum(patch_norms(point.weights, problem.group, problem.patches))
    return smooth_part(point.products, point.intercepts, problem, beta) + alpha * penalty


def _products(problem: Problem, weights: jax.Array) -> jax.Array:
    return jnp.matmul(problem.features, weights, precision=jax.lax.Precision.HIGHEST)


def _weight_slope(problem: Problem, slope: jax.Array) -> jax.Array:
    """Return the gradient in the weights, `[feature, au]`, from that in the products.

    As (slopeᵀ X)ᵀ: XLA:CPU would form Xᵀ slope by transposing all features first, which takes five
    times as long. Without the barrier the compiler turns one into the other.
    """
    transposed = jnp.matmul(slope.T, problem.features, precision=jax.lax.Precision.HIGHEST)
    return jax.lax.optimization_barrier(transposed).T
