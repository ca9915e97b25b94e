"""Where an action unit moves the face, and how much of an attribution lies there."""

import numpy as np

_SMOOTHING = 0.02
"""Standard deviation, as a share of the face: closes the gaps between edges that moved."""
_THRESHOLD = 0.1
"""Share of the largest change. Skin that bulges or folds changes by far less than the edge of a lip
or a lid that moves, and belongs to the unit all the same."""


def moved_region(neutral: np.ndarray, active: np.ndarray) -> np.ndarray:
    """Return where faces change when an action unit acts, as mean over people.

    Args:
        neutral: `[person, height, width, channel]`, grey levels of neutral faces.
        active: the same faces, in the same place and light, with the unit at full strength.

    Returns:
        bool `[height, width]`: where the change, smoothed, exceeds a tenth of its maximum; nowhere
        if there is none.
    """
    from scipy.ndimage import gaussian_filter

    difference = np.asarray(active, np.float64) - np.asarray(neutral, np.float64)
    change = np.abs(difference).mean(axis=(0, 3))
    smooth = gaussian_filter(change, _SMOOTHING * change.shape[0])
    return smooth > _THRESHOLD * smooth.max()


def share_inside(attribution: np.ndarray, region: np.ndarray) -> np.ndarray:
    """Return the share of each picture's attribution, as absolute value, inside a region.

    Args:
        attribution: `[n, height, width]`.
        region: bool `[height, width]`.

    Returns:
        float64 `[n]`; NaN where there is no attribution. Evenly spread attribution has the area of
        the region, `region.mean()`.
    """
    size = np.abs(np.asarray(attribution, np.float64))
    total = size.sum(axis=(1, 2))
    inside = (size * region[None]).sum(axis=(1, 2))
    return np.divide(inside, total, out=np.full(len(total), np.nan), where=total > 0)
