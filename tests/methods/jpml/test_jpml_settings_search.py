import math

import numpy as np
import pytest
from etils import epath

from au_jax.methods.jpml.fista import Solution
from au_jax.methods.jpml.settings_search import (
    FittedSetting,
    best_setting,
    remembered,
    search_settings,
)

ALPHAS, BETAS = (1e-3, 0.1, 1e-2), (0.1, 0.0, 1e-2)


class MadeFit:
    """Fits with a known F1 for each setting; keeps what it was asked for."""

    def __init__(self, f1):
        self.f1, self.calls = f1, []

    def __call__(self, alpha, beta, start):
        self.calls.append((alpha, beta, start and (start.alpha, start.beta)))
        rng = np.random.default_rng(len(self.calls))
        weights = rng.normal(size=(3, 2)).astype(np.float32)
        solution = Solution(weights, weights[0], weights[:, 0], curvature=alpha / 3)
        return FittedSetting(alpha, beta, solution, self.f1(alpha, beta))


def test_alpha_is_chosen_at_the_smallest_beta_and_then_beta():
    fit = MadeFit(lambda alpha, beta: 0.5 + (alpha == 1e-2) * 0.1 + (beta == 1e-2) * 0.1)
    fitted = search_settings(ALPHAS, BETAS, fit)
    assert fit.calls == [
        (0.1, 0.0, None),
        (1e-2, 0.0, (0.1, 0.0)),
        (1e-3, 0.0, (1e-2, 0.0)),
        (1e-2, 1e-2, (1e-2, 0.0)),
        (1e-2, 0.1, (1e-2, 1e-2)),
    ]
    best = best_setting(fitted)
    assert (best.alpha, best.beta, len(fitted)) == (1e-2, 1e-2, 5)


@pytest.mark.parametrize("f1", [0.0, 0.7, math.nan])
def test_of_equal_settings_the_first_is_taken(f1):
    best = best_setting(search_settings(ALPHAS, BETAS, MadeFit(lambda *_: f1)))
    assert (best.alpha, best.beta) == (0.1, 0.0)


def test_an_undefined_f1_loses_against_any():
    fitted = search_settings(ALPHAS, (0.0,), MadeFit(lambda a, _: 0.0 if a == 1e-3 else math.nan))
    assert best_setting(fitted).alpha == 1e-3


def test_a_stopped_search_goes_on_without_fitting_anything_twice(tmp_path):
    folder = epath.Path(tmp_path) / "settings"

    def f1(alpha, beta):
        return alpha + beta

    whole = MadeFit(f1)
    expected = search_settings(ALPHAS, BETAS, remembered(epath.Path(tmp_path) / "other", whole))

    def stopped(alpha, beta, start):
        if alpha == 1e-3:
            raise KeyboardInterrupt
        return first(alpha, beta, start)

    first, second = MadeFit(f1), MadeFit(f1)
    with pytest.raises(KeyboardInterrupt):
        search_settings(ALPHAS, BETAS, remembered(folder, stopped))
    # The made fit numbers its solutions by its calls.
    second.calls += first.calls
    found = search_settings(ALPHAS, BETAS, remembered(folder, second))
    assert second.calls == whole.calls and len(first.calls) == 2
    for a, b in zip(found, expected, strict=True):
        assert (a.alpha, a.beta, a.f1) == (b.alpha, b.beta, b.f1)
        assert a.solution.curvature == b.solution.curvature
        for name in ("weights", "intercepts", "objectives"):
            np.testing.assert_array_equal(getattr(a.solution, name), getattr(b.solution, name))
