"""The choice of alpha and beta on validation subjects, along a path of warm starts.

The whole grid would be alphas times betas. Instead alpha is chosen first, at the smallest beta, and
then beta at that alpha: with the default values seven fits and not sixteen.
"""

import dataclasses
from collections.abc import Callable, Sequence

import numpy as np
from etils import epath

from au_jax.methods.jpml.fista import Solution
from au_jax.system import atomic_files


@dataclasses.dataclass(frozen=True)
class FittedSetting:
    """JPML fitted with one alpha and beta.

    Attributes:
        alpha: weight of the group lasso.
        beta: weight of both relation terms.
        solution: the weights, and the objective over iterations.
        f1: mean F1-frame on the validation subjects; NaN if they have no label.
    """

    alpha: float
    beta: float
    solution: Solution
    f1: float


Fit = Callable[[float, float, FittedSetting | None], FittedSetting]
"""Fits alpha and beta; starts from the setting before, None is the first."""


def search_settings(
    alphas: Sequence[float], betas: Sequence[float], fit: Fit
) -> list[FittedSetting]:
    """Fit the settings that are tried, in order.

    The largest alpha comes first: few patches are in, and each next solution is close by.

    Args:
        alphas: weights of the group lasso.
        betas: weights of both relation terms; (0,) leaves the relations out.
        fit: fits one setting.
    """
    least, *stronger = sorted(set(betas))
    fitted: list[FittedSetting] = []
    for alpha in sorted(set(alphas), reverse=True):
        fitted.append(fit(alpha, least, fitted[-1] if fitted else None))
    start = best = best_setting(fitted)
    for beta in stronger:
        start = fit(best.alpha, beta, start)
        fitted.append(start)
    return fitted


def best_setting(fitted: Sequence[FittedSetting]) -> FittedSetting:
    """Return the setting with the highest validation F1; of equal ones the first.

    Those come with larger alpha, and so with fewer patches, and with smaller beta.
    """
    return max(fitted, key=lambda setting: -1.0 if np.isnan(setting.f1) else setting.f1)


def remembered(folder: epath.Path, fit: Fit) -> Fit:
    """Return `fit` with a memory on disk, so that a stopped search goes on where it was.

    Args:
        folder: one file for each setting; they belong to one fold of one configuration.
        fit: fits one setting.
    """

    def fit_or_read(alpha: float, beta: float, start: FittedSetting | None) -> FittedSetting:
        file = folder / f"alpha_{alpha!r}_beta_{beta!r}.npz"
        if not file.exists():
            _write(file, fit(alpha, beta, start))
        return _read(file)

    return fit_or_read


def _write(file: epath.Path, fitted: FittedSetting) -> None:
    solution = fitted.solution
    atomic_files.write_arrays(
        file,
        {
            "weights": solution.weights,
            "intercepts": solution.intercepts,
            "objectives": solution.objectives,
            "numbers": np.array([solution.curvature, fitted.alpha, fitted.beta, fitted.f1]),
        },
    )


def _read(file: epath.Path) -> FittedSetting:
    arrays = atomic_files.read_arrays(file)
    curvature, alpha, beta, f1 = arrays.pop("numbers").tolist()
    return FittedSetting(alpha, beta, Solution(**arrays, curvature=curvature), f1)
