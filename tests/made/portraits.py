"""Pictures of a real person, scikit-image's astronaut, as cameras would take them."""

import functools

import numpy as np
from scipy import ndimage
from skimage import data

from au_jax.faces.video import VideoFrame
from tests.made.videos import apply, similarity

HEIGHT, WIDTH = 360, 640
CENTRE = np.array([223.5, 126.0])
"""Middle of the astronaut's face."""


def frame(image, number=1):
    return VideoFrame(number, (number - 1) / 25, image)


def camera(scale, degrees, x=WIDTH / 2, y=HEIGHT / 2):
    """A transform that puts the middle of the astronaut's face at (x, y)."""
    transform = similarity(scale, np.radians(degrees), 0, 0)
    transform[:, 2] = [x, y] - apply(transform, CENTRE[None])[0]
    return transform


@functools.cache
def splines(blur):
    """Coefficients of cubic splines through the astronaut's picture."""
    picture = ndimage.gaussian_filter(data.astronaut().astype(float), (blur, blur, 0))
    return [ndimage.spline_filter(picture[..., c], mode="nearest") for c in range(3)]


def photograph(transform, height=HEIGHT, width=WIDTH):
    """The astronaut's picture warped by a transform, by cubic interpolation."""
    inverse = np.linalg.inv(np.vstack([transform, [0, 0, 1]]))[:2]
    shrink = np.sqrt(np.abs(np.linalg.det(inverse[:, :2])))
    y, x = np.mgrid[:height, :width]
    places = np.einsum("ij,jhw->ihw", inverse, np.stack([x, y, np.ones_like(x)]))[::-1]
    warped = [
        ndimage.map_coordinates(channel, places, order=3, mode="nearest", prefilter=False)
        for channel in splines(0.4 * shrink if shrink > 1.01 else 0)
    ]
    return np.clip(np.round(np.stack(warped, axis=-1)), 0, 255).astype(np.uint8)
