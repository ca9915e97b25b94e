"""How long JPML takes on features of the size of HOG at the landmarks.

python tests/benchmarks/jpml_speed.py [--frames=3000]

Fits all settings of the default search on made-up data of 49 patches with 128 features and 12 AUs,
each of which depends on six patches, and prints the time of each.
"""

import argparse
import time

import jax.numpy as jnp
import numpy as np

from au_jax.detector.jpml import fit_standardisation
from au_jax.methods.jpml.fista import minimise, start_at_base_rates
from au_jax.methods.jpml.objective import make_problem, patch_norms
from au_jax.methods.jpml.relations import mine_relations
from au_jax.methods.jpml.settings_search import FittedSetting, search_settings
from au_jax.settings import JpmlConfig

PATCHES, FEATURES, AUS, FACTORS = 49, 128, 12, 60
SETTINGS = JpmlConfig()


def made_up_data(frames: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return features that share sixty factors, labels, and the patch of each feature."""
    rng = np.random.default_rng(0)
    group = np.repeat(np.arange(PATCHES), FEATURES)
    factors = rng.standard_normal((frames, FACTORS), dtype=np.float32)
    loadings = 0.12 * rng.standard_normal((FACTORS, len(group)), dtype=np.float32)
    features = factors @ loadings
    features += rng.standard_normal(features.shape, dtype=np.float32)
    truth = np.zeros((len(group), AUS), np.float32)
    for au in range(AUS):
        chosen = np.isin(group, rng.choice(PATCHES, 6, replace=False))
        truth[chosen, au] = 0.08 * rng.standard_normal(chosen.sum())
    noise = rng.standard_normal((frames, AUS))
    labels = np.where(features @ truth + noise > 0.8, 1, -1).astype(np.int8)
    return fit_standardisation(features)(features), labels, group


def main() -> None:
    """Run the search and print what it took."""
    parser = argparse.ArgumentParser(description="Time JPML.")
    parser.add_argument("--frames", type=int, default=3000)
    features, labels, group = made_up_data(parser.parse_args().frames)
    problem = make_problem(features, labels, group, mine_relations(labels, 0.03, -0.03, 5))

    def fit(alpha: float, beta: float, start: FittedSetting | None) -> FittedSetting:
        begin = start_at_base_rates(problem) if start is None else start.solution
        clock = time.perf_counter()
        solution = minimise(problem, alpha, beta, begin, SETTINGS.iterations, SETTINGS.tolerance)
        seconds = time.perf_counter() - clock
        norms = np.asarray(patch_norms(jnp.asarray(solution.weights), problem.group, PATCHES))
        steps = len(solution.objectives) - 1
        print(
            f"alpha {alpha:<6g} beta {beta:<6g} {seconds:6.2f} s, {steps:3d} iterations of "
            f"{1e3 * seconds / steps:5.1f} ms, objective {solution.objectives[0]:.4f} to "
            f"{solution.objectives[-1]:.4f}, {(norms > 0).sum() / AUS:4.1f} patches per AU",
            flush=True,
        )
        # The best is in the middle of the path.
        return FittedSetting(alpha, beta, solution, -abs(np.log(alpha / 3e-2)))

    clock = time.perf_counter()
    search_settings(SETTINGS.alphas, SETTINGS.betas, fit)
    print(f"the search of a fold: {time.perf_counter() - clock:.1f} s")


if __name__ == "__main__":
    main()
