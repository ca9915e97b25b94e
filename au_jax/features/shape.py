"""The shape of a face: its landmarks after alignment, without place, size and roll."""

import numpy as np


def shape_features(points: np.ndarray) -> np.ndarray:
    """Return landmarks with their mean taken away and scaled to unit spread.

    Alignment has taken out roll, place and size by a fit to the mean shape; what is left of place
    and size is taken out here, as in Procrustes analysis.

    Args:
        points: float `[frame, landmark, 2]` in pixels of the aligned face; NaN where there are
            none.

    Returns:
        float32 `[frame, 2 · landmark]`; 0 where there are no landmarks.
    """
    centred = points - points.mean(axis=1, keepdims=True)
    spread = np.sqrt((centred**2).sum(axis=(1, 2), keepdims=True) / points.shape[1])
    with np.errstate(invalid="ignore", divide="ignore"):
        features = (centred / spread).reshape(len(points), -1)
    return np.nan_to_num(features, nan=0.0, posinf=0.0, neginf=0.0).astype(np.float32)
