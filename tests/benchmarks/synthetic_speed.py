"""How fast the built-in faces are made: whole recordings, and the stages of a frame.

python tests/benchmarks/synthetic_speed.py [--sizes=100,200] [--seconds=10] [--repeats=5]

Wall-clock time is what a user waits for; processor time also holds on a machine that is shared.
"""

import argparse
import time
from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np

from au_jax.synthetic.presets import PRESETS
from au_jax.synthetic.recording import simulate_labels, simulate_recording
from au_jax.synthetic.rendering import camera, layers, pose, renderer
from au_jax.synthetic.rendering.scene import sample_scene
from au_jax.synthetic.rendering.warp import positions_on_face
from au_jax.synthetic.subject.identity import sample_identity

PRESET = PRESETS["bp4d_like"]


def _best(work: Callable[[], object], repeats: int) -> tuple[float, float]:
    """Return the shortest wall-clock and processor time of several runs, in seconds."""
    wall, processor = [], []
    for _ in range(repeats):
        start, used = time.perf_counter(), time.process_time()
        jax.block_until_ready(work())
        wall.append(time.perf_counter() - start)
        processor.append(time.process_time() - used)
    return min(wall), min(processor)


def measure_recordings(size: int, seconds: float, repeats: int) -> None:
    """Print faces per second of whole recordings, all stages included."""
    numbers = iter(range(1_000))

    def record() -> np.ndarray:
        return simulate_recording(
            PRESET, subject=next(numbers), recording=0, seed=0, seconds=seconds, size=size
        ).faces

    start = time.perf_counter()
    frames = len(record())
    first = time.perf_counter() - start
    wall, processor = _best(record, repeats)
    print(
        f"{size} px  {frames / wall:6.0f} faces/s wall, {1e3 * processor / frames:6.2f} ms of "
        f"processor a face; first recording with compilation {first:.1f} s"
    )


def measure_stages(size: int, repeats: int) -> None:
    """Print processor time of the stages of a frame, each compiled on its own."""
    scene = sample_scene(np.random.default_rng(0))
    maps = renderer.prepare(sample_identity(0, 1), scene, size=size)
    count = renderer.frames_at_a_time(size)
    neutral = renderer.neutral_frame()
    frames = jax.tree.map(lambda leaf: jnp.broadcast_to(leaf, (count, *leaf.shape)), neutral)
    fields = maps.landmark_fields.shape[0]
    coefficients = jnp.full((count, fields), 0.2)
    similarity = pose.Similarity(
        jnp.ones(count), jnp.zeros(count), jnp.full((count, 2), 100.0), jnp.full((count, 2), 100.0)
    )
    position = jnp.full((count, size, size, 2), 100.0)
    radiance = jnp.full((count, 3, size, size), 0.3)
    hands = jnp.broadcast_to(neutral.hand, (count, 5))

    warp = jax.jit(jax.vmap(lambda c, s, t: positions_on_face(maps, c, s, t, size)))
    skin = jax.jit(jax.vmap(lambda c, p, t: layers.draw_skin(maps, c, p, t, size)))
    hand = jax.jit(jax.vmap(lambda h: layers.draw_hand(maps, h, size)))
    develop = jax.jit(
        jax.vmap(lambda r, f: camera.develop(r, scene, f.exposure, f.blur, f.noise_seed))
    )
    whole = jax.jit(jax.vmap(lambda f: renderer.render_frame(maps, f, size)))
    stages: dict[str, Callable[[], object]] = {
        "inverse warp": lambda: warp(coefficients, similarity, frames.turn),
        "skin": lambda: skin(coefficients, position, frames.turn),
        "hand": lambda: hand(hands),
        "camera": lambda: develop(radiance, frames),
        "whole frame": lambda: whole(frames),
    }
    for name, stage in stages.items():
        jax.block_until_ready(stage())
        _, processor = _best(stage, 4 * repeats)
        print(f"{size} px  {name:<14} {1e3 * processor / count:6.2f} ms of processor a face")
    drawing = _best(
        lambda: renderer.prepare(sample_identity(0, 2), scene, size=size).surface, repeats
    )
    print(f"{size} px  {'a subject':<14} {1e3 * drawing[1]:6.0f} ms of processor a recording")


def measure_labels(repeats: int) -> None:
    """Print how fast labels alone are made, for as many frames as BP4D has."""
    frames = 0

    def labels() -> np.ndarray:
        nonlocal frames
        made = simulate_labels(PRESET, subjects=41, recordings_per_subject=8, seconds=18.0, seed=0)
        frames = len(made.labels)
        return made.labels

    wall, _ = _best(labels, min(repeats, 2))
    print(f"labels  {frames} frames in {wall:.1f} s, {frames / wall:.0f} frames/s")


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="100,200", help="pixels along a side, comma-separated")
    parser.add_argument("--seconds", type=float, default=10.0, help="length of a recording")
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    for size in map(int, options.sizes.split(",")):
        measure_recordings(size, options.seconds, options.repeats)
        measure_stages(size, options.repeats)
    measure_labels(options.repeats)


if __name__ == "__main__":
    main()
