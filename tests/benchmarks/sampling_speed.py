"""How balanced and how fast the sampling strategies are.

python tests/benchmarks/sampling_speed.py [--frames=10000000]

Prints Fig. 6 in numbers for labels like those of BP4D and of DISFA, the speed of every strategy,
MOMU on `--frames` frames, and Algorithm 1 beside `MultilabelStratifiedKFold` of the package
iterative-stratification (pip install iterative-stratification). Ends with an error if a target is
missed.
"""

import argparse
import multiprocessing
import resource
import sys
import time
import warnings

import numpy as np

from au_jax.sampling.balance import Balance, measure_balance
from au_jax.sampling.strategies import STRATEGIES, plan_for

BATCH = 196
BP4D_FRAMES = 146_847

_MISSED: list[str] = []


def _check(what: str, value: float, target: float, *, at_least: bool) -> None:
    met = value >= target if at_least else value <= target
    sign = "≥" if at_least else "≤"
    print(f"  {'met   ' if met else 'MISSED'} {what}: {value:,.3g} (target {sign} {target:,.3g})")
    if not met:
        _MISSED.append(what)


def bp4d_like() -> np.ndarray:
    """Return labels of built-in faces with the base rates of BP4D and as many labelled frames."""
    from au_jax.synthetic.presets import PRESETS
    from au_jax.synthetic.recording import simulate_labels

    made = simulate_labels(
        PRESETS["bp4d_like"], subjects=41, recordings_per_subject=8, seconds=18.5, seed=0
    )
    return made.labels[made.labels.any(axis=1)][:BP4D_FRAMES]


def disfa_like() -> np.ndarray:
    """Return labels with the rarest AU in 0.9 % of the frames, and half of the frames without AU.

    Events of 40 frames; within an active stretch AUs come independently.
    """
    generator = np.random.default_rng(0)
    events = 130_800 // 40
    active = generator.random(events) < 0.55
    rates = np.geomspace(0.009, 0.28, 12)
    present = active[:, np.newaxis] & (generator.random((events, 12)) < rates / 0.55)
    return np.where(np.repeat(present, 40, axis=0), 1, -1).astype(np.int8)


def bp4d_tiled(frames: int) -> np.ndarray:
    """Return that many frames with the labels of `bp4d_like`, over and over."""
    labels = bp4d_like()
    return np.tile(labels, (-(-frames // len(labels)), 1))[:frames]


def measure_strategies(name: str, labels: np.ndarray) -> dict[str, Balance]:
    """Print balance and speed of all strategies over about one epoch."""
    steps = len(labels) // BATCH
    rates = (labels > 0).mean(axis=0)
    without_au = (labels <= 0).all(axis=1).mean()
    print(
        f"\n{name}: {labels.shape[0]:,} frames x {labels.shape[1]} AUs, base rates "
        f"{rates.min():.3f} to {rates.max():.3f}, {without_au:.0%} without AU; {steps} batches of "
        f"{BATCH}\n{'':<20}  variation  imbalance  frames  repeats  without   set-up    indices/s\n"
        f"{'':<20}   between    within     used   (batch)   AU"
    )
    balances = {}
    for strategy in STRATEGIES:
        times, set_ups, batches = [], [], []
        for seed in range(3):
            start = time.perf_counter()
            plan = plan_for(strategy, labels, BATCH, seed)
            set_ups.append(time.perf_counter() - start)
            batches = [plan[step] for step in range(steps)]
            times.append(time.perf_counter() - start - set_ups[-1])
        balance = balances[strategy] = measure_balance(labels, batches)
        print(
            f"{strategy:<20}  {balance.mean_variation:8.4f}  {balance.imbalance:9.2f}  "
            f"{balance.coverage:6.1%}  {balance.repeats_within_batch:7.2%}  "
            f"{balance.frames_without_au.mean():7.1f}  {min(set_ups):7.3f} s  "
            f"{steps * BATCH / min(times):11,.0f}"
        )
    return balances


def check_balance(balances: dict[str, Balance]) -> None:
    """Compare with what random sampling gives."""
    random = balances["random"]
    for strategy, share in (("stratified", 0.7), ("stratified_corrected", 0.2)):
        ratio = balances[strategy].mean_variation / random.mean_variation
        _check(f"variation of {strategy} / random", ratio, share, at_least=False)
    ratio = balances["momu"].imbalance / random.imbalance
    _check("imbalance of momu / random", ratio, 0.6, at_least=False)


def momu_speed(labels: np.ndarray, batches: int) -> tuple[float, float]:
    """Return the seconds up to the first batch, and the indices per second after it."""
    start = time.perf_counter()
    plan = plan_for("momu", labels, BATCH, 0, draw_size=8)
    plan[0]
    set_up = time.perf_counter() - start
    start = time.perf_counter()
    for step in range(1, batches):
        plan[step]
    return set_up, (batches - 1) * BATCH / (time.perf_counter() - start)


def large_momu(frames: int) -> tuple[float, float, float]:
    """Return set-up, speed and the peak of this process's memory in bytes."""
    set_up, speed = momu_speed(bp4d_tiled(frames), 8192)
    scale = 1 if sys.platform == "darwin" else 1024
    return set_up, speed, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * scale


def measure_momu(labels: np.ndarray, frames: int) -> None:
    """Print the speed of MOMU on labels like BP4D's, and in a process of its own on many more."""
    print(f"\nMOMU, S = 8, {len(labels):,} frames")
    best = max(momu_speed(labels, 749)[1] for _ in range(5))
    _check("indices/s", best, 500_000, at_least=True)
    print(f"MOMU, S = 8, {frames:,} frames, a whole run of 8192 batches")
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        set_up, speed, memory = pool.apply(large_momu, (frames,))
    _check("indices/s after the first batch", speed, 150_000, at_least=True)
    _check("seconds up to the first batch", set_up, 5.0, at_least=False)
    _check("peak memory in GB, labels and imports included", memory / 1e9, 1.5, at_least=False)


def measure_stratification(labels: np.ndarray) -> None:
    """Print times of dealing one epoch, and of iterative-stratification for the same batches."""
    batches = len(labels) // BATCH
    print(f"\nStratifying {len(labels):,} frames into {batches} batches, side by side")
    seconds = {}
    for strategy in ("stratified", "stratified_corrected"):
        times, dealt = [], []
        for seed in range(10):
            start = time.perf_counter()
            plan = plan_for(strategy, labels, BATCH, seed)
            dealt = [plan[step] for step in range(batches)]
            times.append(time.perf_counter() - start)
        seconds[strategy] = min(times)
        _print_stratification(strategy, min(times), measure_balance(labels, dealt))
    try:
        from iterstrat.ml_stratifiers import (  # pyright: ignore[reportMissingImports]
            MultilabelStratifiedKFold,
        )
    except ImportError:
        print("iterative-stratification is not installed, so there is nothing to compare with")
        return
    folds = MultilabelStratifiedKFold(batches, shuffle=True, random_state=0)
    start = time.perf_counter()
    # What `split` does before its first fold; listing 749 pairs of train and test is not counted.
    of_frame = folds._make_test_folds(labels, labels > 0)
    theirs = time.perf_counter() - start
    dealt = np.split(np.argsort(of_frame), np.cumsum(np.bincount(of_frame))[:-1])
    _print_stratification("MultilabelStratifiedKFold", theirs, measure_balance(labels, dealt))
    sizes = np.bincount(of_frame)
    print(f"  its batches hold {sizes.min()} to {sizes.max()} frames, ours {BATCH}")
    for strategy, ours in seconds.items():
        _check(f"times as fast, {strategy}", theirs / ours, 100, at_least=True)


def _print_stratification(name: str, seconds: float, balance: Balance) -> None:
    print(f"{name:<26} {seconds:8.4f} s   variation between {balance.mean_variation:.4f}")


def main() -> None:
    """Measure everything."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--frames", type=int, default=10_000_000, help="of the large data set")
    options = parser.parse_args()
    warnings.simplefilter("error", UserWarning)
    labels = bp4d_like()
    check_balance(measure_strategies("like BP4D", labels))
    check_balance(measure_strategies("like DISFA", disfa_like()))
    measure_momu(labels, options.frames)
    measure_stratification(labels)
    if _MISSED:
        sys.exit(f"\nmissed: {'; '.join(_MISSED)}")


if __name__ == "__main__":
    main()
