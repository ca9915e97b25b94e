"""From activity to intensity: onset, apex and offset of each event."""

import math

import numpy as np

from au_jax.synthetic.dynamics.activity import active_runs, smooth_process

TRACE = 0.15
"""Intensity at which a unit becomes visible to a coder, between A and B of the FACS scale."""

_ONSET_SECONDS = (0.2, 0.6)
_OFFSET_SECONDS = (0.35, 1.1)


def intensities(
    drive: np.ndarray, generator: np.random.Generator, frames_per_second: float
) -> np.ndarray:
    """Return how strong each unit is, `[frames, units]`, 0 absent to 1 full.

    A unit exceeds `TRACE` while it is active. Each event rises within 0.2 to 0.6 s, stays around
    its peak and falls more slowly; both are shortened where the event is short.

    Args:
        drive: `[frames, units]`, see `activity.drive`.
        generator: source of peaks and ramps.
        frames_per_second: of the recording.
    """
    frames, units = drive.shape
    # Just below the threshold a unit already shows a trace that no coder counts.
    strength = 0.8 * TRACE / (1.0 + np.exp(-(drive + 0.25) / 0.12))
    wobble = smooth_process(generator, frames, units, 0.35 * frames_per_second)
    for unit in range(units):
        for first, end in active_runs(drive[:, unit], frames_per_second):
            start, envelope = _event(first, end, generator, frames_per_second)
            covered = slice(max(start, 0), min(start + len(envelope), frames))
            shown = envelope[covered.start - start : covered.stop - start]
            shown = shown * (1.0 + 0.12 * wobble[covered, unit] * (shown > TRACE))
            floor = np.where((shown > 0.0) & _within(covered, first, end), 1.05 * TRACE, 0.0)
            shown = np.maximum(shown, floor)
            strength[covered, unit] = np.maximum(strength[covered, unit], shown)
    return np.clip(strength, 0.0, 1.0).astype(np.float32)


def _within(covered: slice, first: int, end: int) -> np.ndarray:
    frames = np.arange(covered.start, covered.stop)
    return (frames >= first) & (frames < end)


def _event(
    first: int, end: int, generator: np.random.Generator, frames_per_second: float
) -> tuple[int, np.ndarray]:
    """Return the first frame and the intensities of an event above `TRACE` from `first` to `end`.

    Ramps are raised cosines. The part of a ramp below `TRACE` lies outside the event.
    """
    length = end - first
    ample = 0.55 + 0.45 * min(1.0, length / frames_per_second)
    peak = 0.22 + 0.78 * ample * generator.beta(1.5, 1.7)
    hidden = math.acos(1.0 - 2.0 * TRACE / peak) / math.pi
    longest = 0.45 * length / (1.0 - hidden)
    onset = min(generator.uniform(*_ONSET_SECONDS) * frames_per_second, longest)
    offset = min(generator.uniform(*_OFFSET_SECONDS) * frames_per_second, longest)
    before, after = math.ceil(onset * hidden), math.ceil(offset * hidden)
    frame = np.arange(-before, length + after)
    rising = np.clip((frame + 0.5 + onset * hidden) / max(onset, 1e-6), 0.0, 1.0)
    falling = np.clip((length - frame - 0.5 + offset * hidden) / max(offset, 1e-6), 0.0, 1.0)
    ramp = 0.5 - 0.5 * np.cos(np.pi * np.minimum(rising, falling))
    return first - before, peak * ramp
