"""How colourful filters of a first layer are."""

import numpy as np


def colour_share(filters: np.ndarray) -> np.ndarray:
    """Return the share of each filter's energy that a grey picture cannot excite.

    The weights of a pixel are split into their mean over the channels, which answers to
    brightness, and the rest, which answers to colour: 0 is a filter that is the same in all
    channels, 1 one whose channels cancel out on grey. Independent random weights on three channels
    have 2/3 on average.

    Args:
        filters: float `[height, width, channel, filter]`.

    Returns:
        float64 `[filter]`, from 0 to 1; 0 for a filter without weights, or of one channel.
    """
    weights = np.asarray(filters, np.float64)
    energy = (weights**2).sum(axis=(0, 1, 2))
    grey = weights.shape[2] * (weights.mean(axis=2) ** 2).sum(axis=(0, 1))
    share = np.divide(energy - grey, energy, out=np.zeros_like(energy), where=energy > 0)
    return np.clip(share, 0.0, 1.0)
