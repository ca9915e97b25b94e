"""Which action units a hand hides from the coder."""

import functools

import jax
import numpy as np

from au_jax.faces.mean_shape import MEAN_SHAPE
from au_jax.facs import PAPER_AUS
from au_jax.synthetic.rendering import hand

# Where each unit shows, on the left half of the face; the right half is its mirror image.
_EVIDENCE: dict[int, tuple[tuple[float, float], ...]] = {
    1: ((84, 30), (94, 16), (74, 30)),
    2: ((48, 28), (36, 36), (50, 14)),
    4: ((86, 30), (95, 40), (66, 30)),
    6: ((54, 90), (34, 64), (60, 76)),
    7: ((52, 62), (62, 66), (72, 64)),
    10: ((86, 128), (74, 114), (92, 138)),
    12: ((66, 147), (58, 124), (56, 140)),
    14: ((66, 147), (57, 147), (60, 154)),
    15: ((66, 148), (60, 160), (70, 152)),
    17: ((96, 182), (86, 186), (92, 160)),
    23: ((96, 140), (84, 140), (92, 155)),
    24: ((96, 140), (84, 140), (92, 155)),
}
_HIDDEN_SHARE = 0.5
"""Share of the evidence that must be covered for a unit to be hidden."""
_LOST_SHARE = 0.5
"""Share of the face that must be covered for the tracker to lose it."""


def hidden(hands: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return what hands hide.

    Args:
        hands: `[frames, 5]`, see `hand.cover`.

    Returns:
        Which of `PAPER_AUS` cannot be seen, bool `[frames, 12]`; whether most of the face is
        covered, bool `[frames]`. Where the face is lost no unit can be seen.
    """
    units = np.zeros((len(hands), len(PAPER_AUS)), bool)
    lost = np.zeros(len(hands), bool)
    near = np.flatnonzero(hands[:, 0] > hand.ABSENT[0])
    if len(near):
        evidence, face = _points()
        # One shape for any number of frames, so that nothing is compiled again.
        for start in range(0, len(near), 64):
            chunk = near[start : start + 64]
            padded = np.resize(hands[chunk], (64, 5))
            covered = np.asarray(_covered(padded, np.concatenate([evidence, face])))[: len(chunk)]
            by_unit = covered[:, : len(evidence)].reshape(len(chunk), len(PAPER_AUS), -1)
            units[chunk] = by_unit.mean(axis=2) >= _HIDDEN_SHARE
            lost[chunk] = covered[:, len(evidence) :].mean(axis=1) >= _LOST_SHARE
    return units | lost[:, None], lost


@jax.jit
def _covered(hands: jax.Array, points: jax.Array) -> jax.Array:
    return jax.vmap(lambda one: hand.cover(points, one)[0] < 0.0)(hands)


@functools.cache
def _points() -> tuple[np.ndarray, np.ndarray]:
    """Return points that show each unit `[12 * 6, 2]`, and points all over the face `[p, 2]`."""
    left = np.array([_EVIDENCE[au] for au in PAPER_AUS], np.float32)
    right = left * [-1.0, 1.0] + [200.0, 0.0]
    evidence = np.concatenate([left, right], axis=1).reshape(-1, 2).astype(np.float32)
    grid = np.stack(np.meshgrid(np.arange(30, 175, 12), np.arange(15, 195, 12)), -1).reshape(-1, 2)
    jaw = np.interp(grid[:, 1], MEAN_SHAPE[:9, 1], MEAN_SHAPE[:9, 0])
    inside = (grid[:, 0] > jaw) & (grid[:, 0] < 200.0 - jaw)
    return evidence, grid[inside].astype(np.float32)
