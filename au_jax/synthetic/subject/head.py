"""The shape of the mean head: a depth map with nose, sockets, lips and chin, and its outline.

Depths are canonical units towards the camera (about 0.8 mm); zero is the plane of the cheeks below
the eyes. The table holds the smooth part, rounded from the proportions of the canonical face model
of MediaPipe (https://github.com/google-ai-edge/mediapipe, Apache 2.0) and evened out by hand; what
is smaller than its spacing is drawn on top.
"""

import functools

import jax
import jax.numpy as jnp
import numpy as np

from au_jax.synthetic.primitives.bumps import MIDLINE, bell
from au_jax.synthetic.primitives.canonical import EXTENT, MARGIN, bilinear
from au_jax.synthetic.subject import eyes, mouth
from au_jax.synthetic.subject.identity import Identity

_ROWS = np.arange(-40, 241, 20)
_COLUMNS = np.arange(0, 121, 10)
# Rows from forehead to throat, columns from the midline to the side.
_DEPTHS = np.array(
    [
        (8, 7, 4, -1, -8, -18, -30, -44, -58, -66, -72, -76, -80),
        (14, 13, 11, 7, 2, -7, -19, -34, -50, -62, -70, -75, -80),
        (18, 17, 16, 13, 9, 3, -7, -21, -40, -58, -70, -76, -80),
        (21, 21, 20, 18, 14, 8, -1, -14, -34, -55, -70, -76, -80),
        (20, 20, 18, 16, 13, 8, 0, -14, -33, -55, -70, -76, -80),
        (15, 10, 4, 1, 0, -4, -10, -19, -35, -56, -70, -76, -80),
        (12, 10, 5, 1, -2, -5, -11, -21, -36, -57, -70, -76, -80),
        (13, 12, 8, 4, 1, -3, -10, -20, -38, -60, -72, -77, -80),
        (18, 16, 11, 6, 1, -5, -14, -27, -48, -66, -74, -78, -80),
        (19, 17, 11, 4, -3, -10, -20, -38, -58, -70, -76, -79, -82),
        (12, 10, 5, -2, -9, -17, -32, -54, -68, -75, -79, -82, -84),
        (7, 5, 1, -5, -14, -29, -48, -64, -74, -79, -82, -84, -86),
        (4, 1, -4, -14, -30, -48, -62, -72, -79, -83, -85, -87, -88),
        (-24, -25, -28, -36, -50, -62, -72, -79, -83, -86, -88, -89, -90),
        (-40, -41, -44, -50, -60, -70, -77, -82, -86, -88, -90, -91, -92),
    ],
    np.float64,
)
# Outline of the head seen from the front as (distance from the midline, y).
_OUTLINE = np.array(
    [
        (0, -80),
        (50, -62),
        (76, -20),
        (85, 20),
        (87.5, 60),
        (86.5, 86),
        (83.5, 109),
        (79.5, 132),
        (70.9, 158),
        (55, 180),
        (40, 192.5),
        (21, 200),
        (0, 202.5),
    ]
)
_CENTRE_Y = 105.0
# Height of the nose above the face and half of its width, from root to upper lip.
_NOSE_Y = np.array([38.0, 46, 54, 62, 70, 80, 90, 98, 105, 110, 114, 117, 120, 123, 127, 133])
_RIDGE_HEIGHT = np.array(
    [0.0, 0.2, 2, 7, 12.5, 18.5, 23, 25, 25.5, 25, 22.5, 18.5, 12.5, 6.5, 1.5, 0]
)
_RIDGE_WIDTH = np.array(
    [12.0, 11, 10.0, 9.2, 9.4, 10.2, 11.2, 12, 12.5, 12.5, 11.5, 9.5, 8.0, 7.5, 7, 7]
)


def depth(points: jax.Array, identity: Identity) -> jax.Array:
    """Return the depth of the mean head with this subject's lids and lips at `points` `[p, 2]`."""
    texel = (points + MARGIN)[None]
    smooth = bilinear(jnp.asarray(_smooth_depth())[..., None], texel)[0, :, 0]
    side = jnp.abs(points[:, 0] - MIDLINE)
    down = points[:, 1]
    return (
        smooth
        + _nose(side, down)
        + _brow_and_socket(side, down)
        + _chin(side, down)
        + eyes.lid_relief(points, identity)
        + mouth.lip_relief(points, identity)
    )


def inside_outline(points: jax.Array) -> jax.Array:
    """Return about how far `points` `[p, 2]` lie inside the outline of the face (negative: out)."""
    angles = np.arctan2(_OUTLINE[:, 1] - _CENTRE_Y, _OUTLINE[:, 0])
    radii = np.hypot(_OUTLINE[:, 0], _OUTLINE[:, 1] - _CENTRE_Y)
    dense_angles = np.linspace(angles[0], angles[-1], 256)
    dense = _catmull_rom(angles, radii, dense_angles)
    side, down = jnp.abs(points[:, 0] - MIDLINE), points[:, 1] - _CENTRE_Y
    angle = jnp.arctan2(down, side + 1e-6)
    return jnp.interp(angle, jnp.asarray(dense_angles), jnp.asarray(dense)) - jnp.hypot(side, down)


def _nose(side: jax.Array, down: jax.Array) -> jax.Array:
    ridge = _along_nose(down, _RIDGE_HEIGHT)
    width = _along_nose(down, _RIDGE_WIDTH)
    across = side / width
    bridge = ridge / (1.0 + across**2.8)
    tip = 7.5 * jnp.exp(-(((side / 11.0) ** 2 + ((down - 107.5) / 9.0) ** 2) ** 1.3))
    wing = 11.5 * jnp.exp(-((((side - 13.0) / 7.2) ** 2 + ((down - 112.5) / 8.0) ** 2) ** 1.5))
    body = bridge + tip
    joined = 0.5 * (body + wing + jnp.sqrt((body - wing) ** 2 + 25.0)) - 2.5
    alar_groove = -1.6 * bell(jnp.hypot((side - 11.0) / 1.0, down - 111.5), 11.2, 1.6)
    alar_groove *= jax.nn.sigmoid((side - 16.0) / 1.5)
    nostril = -4.0 * jnp.exp(-(((side - 7.6) / 3.8) ** 2 + ((down - 118.5) / 2.3) ** 2))
    return joined + alar_groove + nostril


def _along_nose(down: jax.Array, values: np.ndarray) -> jax.Array:
    rows = np.linspace(_NOSE_Y[0], _NOSE_Y[-1], 256)
    return jnp.interp(down, rows, jnp.asarray(_catmull_rom(_NOSE_Y, values, rows), jnp.float32))


def _brow_and_socket(side: jax.Array, down: jax.Array) -> jax.Array:
    ridge = 2.0 * bell(side, 38.0, 20.0) * bell(down, 35.0 + 0.002 * (side - 40.0) ** 2, 7.0)
    sulcus = -3.0 * bell(side, 30.0, 14.0) * bell(down, 50.0, 5.0)
    inner_corner = -5.0 * bell(side, 20.0, 6.0) * bell(down, 61.0, 8.0)
    eyeball = 4.0 * bell(side, 39.0, 13.0) * bell(down, 61.0, 8.5)
    return ridge + sulcus + inner_corner + eyeball


def _chin(side: jax.Array, down: jax.Array) -> jax.Array:
    boss = 3.0 * bell(side, 0.0, 15.0) * bell(down, 185.0, 9.0)
    sulcus = -3.0 * bell(side, 0.0, 18.0) * bell(down, 168.0, 4.5)
    return boss + sulcus


@functools.cache
def _smooth_depth() -> np.ndarray:
    """Return the table interpolated to the fine grid, float32 `[EXTENT, EXTENT]`."""
    axis = -MARGIN + np.arange(EXTENT, dtype=np.float64)
    by_row = np.stack([_catmull_rom(_ROWS, column, axis) for column in _DEPTHS.T], axis=1)
    # Mirror one column so that the midline is smooth.
    columns = np.concatenate([[-_COLUMNS[1]], _COLUMNS])
    rows = np.concatenate([by_row[:, 1:2], by_row], axis=1)
    side = np.abs(axis - MIDLINE)
    return np.stack([_catmull_rom(columns, row, side) for row in rows]).astype(np.float32)


def _catmull_rom(knots: np.ndarray, values: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Interpolate with a cubic Hermite spline whose slopes are central differences."""
    slopes = np.gradient(values, knots)
    i = np.clip(np.searchsorted(knots, at) - 1, 0, len(knots) - 2)
    step = knots[i + 1] - knots[i]
    u = np.clip((at - knots[i]) / step, 0.0, 1.0)
    return (
        (2 * u**3 - 3 * u**2 + 1) * values[i]
        + (u**3 - 2 * u**2 + u) * step * slopes[i]
        + (3 * u**2 - 2 * u**3) * values[i + 1]
        + (u**3 - u**2) * step * slopes[i + 1]
    )
