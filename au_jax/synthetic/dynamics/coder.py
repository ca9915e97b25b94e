"""What a human coder writes down: presence above a trace, with the errors coders make."""

import numpy as np

from au_jax.synthetic.dynamics.activity import runs
from au_jax.synthetic.dynamics.events import TRACE

_MISSED = 0.35
"""Probability that an event shorter than `_BRIEF_SECONDS` is overlooked."""
_BRIEF_SECONDS = 0.25
_BORDER_ERROR = 1.0
"""Standard deviation of the error of a border, in frames."""


def code(
    intensities: np.ndarray, generator: np.random.Generator, frames_per_second: float
) -> np.ndarray:
    """Return labels, int8 `[frames, units]`, 1 present and -1 absent.

    Args:
        intensities: `[frames, units]`, 0 absent to 1 full.
        generator: source of the coder's errors.
        frames_per_second: of the recording.
    """
    labels = np.full(intensities.shape, -1, np.int8)
    for unit in range(intensities.shape[1]):
        for first, end in runs(intensities[:, unit] > TRACE):
            brief = end - first < _BRIEF_SECONDS * frames_per_second
            if brief and generator.random() < _MISSED:
                continue
            errors = np.rint(_BORDER_ERROR * generator.standard_normal(2)).astype(int)
            # The ends of the recording are no borders.
            start = max(first + errors[0], 0) if first > 0 else 0
            stop = end + errors[1] if end < len(labels) else end
            labels[start : max(stop, start + 1), unit] = 1
    return labels
