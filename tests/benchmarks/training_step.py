"""One training step of the CNN and of the LSTM beside the same step in PyTorch, on two CPU cores.

    python -m tests.benchmarks.training_step [--rounds=15] [--networks=cnn,lstm] [--keep-memory]

Needs PyTorch, which the package itself does not: `pip install torch==2.13.0`.

Both libraries run in this one process on two threads. First both get the same weights and the same
batch, and loss and gradients are compared without dropout; then the steps (forward, backward,
update, with dropout) take turns, so that other load on the machine meets all alike. PyTorch runs
eagerly in several formulations, of which the fastest counts.

- CNN: the default network at 176×176×3 and batch 16, cross-entropy, SGD with momentum 0.9 and
  weight decay 5e-4.
- LSTM: 10 sequences of 1300 frames with 1024 features, 3×256 cells, hinge loss, RMSProp.
"""

import argparse
import ctypes
import os
import platform
import statistics
import time
from collections.abc import Callable
from typing import Any

THREADS = 2
TARGETS = {"cnn": 1.3, "lstm": 1.5}
AUS = 12

Step = Callable[[], float]
"""Does one training step and returns its loss."""


def main() -> None:
    """Compare, measure and print."""
    parser = argparse.ArgumentParser(description="training steps of au_jax and of PyTorch")
    parser.add_argument("--rounds", type=int, default=15, help="timed steps of each formulation")
    parser.add_argument("--networks", default="cnn,lstm", help="any of cnn, lstm")
    parser.add_argument(
        "--keep-memory",
        action="store_true",
        help="tell glibc to keep freed memory, as MALLOC_ARENA_MAX=1 MALLOC_MMAP_MAX_=0 does",
    )
    arguments = parser.parse_args()
    names = arguments.networks.split(",")
    if not set(names) <= set(TARGETS):
        parser.error(f"--networks={arguments.networks}: allowed are {', '.join(TARGETS)}")
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:THREADS])
    if arguments.keep_memory:
        keep_freed_memory()
    try:
        import torch  # pyright: ignore[reportMissingImports]
    except ImportError:
        parser.exit(
            1, "PyTorch is not installed; this comparison needs: pip install torch==2.13.0\n"
        )
    torch.set_num_threads(THREADS)
    import jax

    print(
        f"{platform.processor() or platform.machine()}, {THREADS} threads, "
        f"jax {jax.__version__}, torch {torch.__version__}, load {os.getloadavg()[0]:.1f}"
    )
    for name in names:
        _compare(name, arguments.rounds)


def keep_freed_memory() -> None:
    """Let glibc keep the memory of one step for the next, instead of faulting in new pages.

    Large blocks then come from one growing heap (M_MMAP_MAX, M_ARENA_MAX) that is not given back
    (M_TRIM_THRESHOLD) and grows in large strides (M_TOP_PAD); numbers from malloc.h.
    """
    libc = ctypes.CDLL("libc.so.6")
    for parameter, value in ((-8, 1), (-4, 0), (-1, 2**31 - 1), (-2, 2**28)):
        if libc.mallopt(parameter, value) != 1:
            raise OSError(f"mallopt({parameter}, {value}) was refused")


def _compare(name: str, rounds: int) -> None:
    from tests.benchmarks import jax_steps, torch_steps

    batch = jax_steps.BATCHES[name]()
    ours = jax_steps.STEPS[name](*batch)
    theirs = torch_steps.STEPS[name](ours.params, *batch)
    print(f"\n{name}: largest relative difference of JAX and PyTorch with equal weights")
    loss, gradients = ours.loss_and_gradients()
    for label, network in theirs.items():
        other_loss, other_gradients = network.loss_and_gradients()
        worst = max(_difference(gradients[key], other_gradients[key]) for key in gradients)
        print(f"  {label:<44} loss {abs(loss - other_loss) / abs(loss):.1e}, gradient {worst:.1e}")
        if worst > 1e-2:
            raise AssertionError(f"{label} is not the same network: gradients differ by {worst}")
    steps: dict[str, Step] = {"JAX": ours.step, **{k: v.step for k, v in theirs.items()}}
    times = _take_turns(steps, rounds)
    medians = {label: statistics.median(values) for label, values in times.items()}
    best = min((label for label in times if label != "JAX"), key=medians.__getitem__)
    print(f"{name}: milliseconds of a training step, {rounds} rounds{'':8} median     min     max")
    for label, values in times.items():
        mark = "  <- fastest PyTorch" if label == best else ""
        print(f"  {label:<52} {medians[label]:8.1f}{min(values):8.1f}{max(values):8.1f}{mark}")
    by_round = statistics.median(a / b for a, b in zip(times["JAX"], times[best], strict=True))
    print(
        f"{name}: JAX / fastest PyTorch = {medians['JAX'] / medians[best]:.2f} of medians, "
        f"{min(times['JAX']) / min(times[best]):.2f} of minima, "
        f"{by_round:.2f} median over rounds (target: at most {TARGETS[name]})"
    )


def _difference(ours: Any, theirs: Any) -> float:
    """Return the largest absolute difference over the largest absolute value."""
    return float(abs(ours - theirs).max() / abs(ours).max())


def _take_turns(steps: dict[str, Step], rounds: int) -> dict[str, list[float]]:
    """Return the milliseconds of each step in each round, after two rounds of warming up."""
    times: dict[str, list[float]] = {label: [] for label in steps}
    for turn in range(rounds + 2):
        for label, step in steps.items():
            time.sleep(0.02)  # The threads of the library before stop spinning.
            start = time.perf_counter()
            step()
            if turn >= 2:
                times[label].append(1e3 * (time.perf_counter() - start))
    return times


if __name__ == "__main__":
    main()
