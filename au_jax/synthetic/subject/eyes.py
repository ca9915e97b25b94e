"""Eyes: the margins of the lids, the relief of the lids, and the eyeball between them."""

import jax
import jax.numpy as jnp
import numpy as np

from au_jax.synthetic.primitives.bumps import MIDLINE, bell
from au_jax.synthetic.primitives.colour import coloured, over
from au_jax.synthetic.subject.identity import Identity

CENTRE_SIDE = MIDLINE - 61.6
"""Distance of the middle of the opening from the midline."""
CENTRE_Y = 61.5
MEAN_APERTURE = 10.4
"""Height of the opening for which the blink of `upper_face` closes the eye."""
_HALF_WIDTH = 16.2
_EYEBALL_RADIUS = 15.5
_IRIS_RADIUS = 7.3
_WHITE = np.array([0.64, 0.60, 0.57], np.float32)
_VEINS = np.array([0.06, 0.20, 0.20], np.float32)
_CARUNCLE = np.array([0.46, 0.20, 0.17], np.float32)


def along_opening(points: jax.Array, identity: Identity) -> jax.Array:
    """Return the position along the opening of the eye on that side: -1 outer, 1 inner corner."""
    side = jnp.abs(points[:, 0] - MIDLINE)
    return (CENTRE_SIDE - side) / (_HALF_WIDTH * identity.eye_width)


def window(points: jax.Array, identity: Identity) -> jax.Array:
    """Return how freely a lid can move at `points` `[p, 2]`: 1 in the middle, 0 at the corners."""
    return jnp.maximum(1.0 - along_opening(points, identity) ** 2, 0.0)


def beyond_margins(points: jax.Array, identity: Identity) -> tuple[jax.Array, jax.Array]:
    """Return how far `points` lie on the skin of the upper and of the lower lid.

    Both are negative between the lids. Beyond the corners the margins meet in one line, so that
    one is the negative of the other.

    Args:
        points: `[p, 2]` on the mean face.
        identity: whose eyes.

    Returns:
        Two arrays `[p]`: distance above the upper margin, distance below the lower margin.
    """
    along = jnp.clip(along_opening(points, identity), -1.0, 1.0)
    axis = 63.3 + 0.95 * along
    arch = 1.0 - along**2
    upper = axis - identity.upper_lid * arch * (1.0 + 0.16 * along**2 + 0.06 * along)
    lower = axis + identity.lower_lid * arch * (1.0 - 0.30 * along)
    return upper - points[:, 1], points[:, 1] - lower


def lid_relief(points: jax.Array, identity: Identity) -> jax.Array:
    """Return the height of lid folds, rims and bags at `points` `[p, 2]` on the mean face."""
    above, below = beyond_margins(points, identity)
    along = along_opening(points, identity)
    near = jnp.exp(-((along / 1.12) ** 6))
    fold_height = identity.crease * (0.55 + 0.45 * jnp.maximum(1 - (along + 0.1) ** 2, 0.0))
    double = jax.nn.sigmoid((identity.crease - 3.0) / 0.5)
    fold = double * (
        -2.4 * bell(above, fold_height, 1.0) + 1.3 * bell(above, fold_height + 3.0, 1.8)
    )
    single = (1.0 - double) * 1.5 * bell(above, 3.5, 3.0)
    rim = 0.9 * bell(below, 1.4, 0.9) + 0.5 * bell(above, 1.0, 0.8)
    roll = 0.7 * bell(below, 4.0, 1.8)
    bags = identity.bags * (1.7 * bell(below, 8.5, 3.0) - 1.6 * bell(below, 13.5, 2.0))
    wide = jnp.exp(-(((along - 0.1) / 1.05) ** 4))
    return near * (fold + single + rim) + wide * (roll + bags)


def lash_shade(points: jax.Array, identity: Identity) -> jax.Array:
    """Return how much lashes and lid crease darken the skin at `points`, 0 to 1, `[p]`."""
    above, below = beyond_margins(points, identity)
    along = along_opening(points, identity)
    near = jnp.exp(-(((along + 0.06) / 1.05) ** 8))
    upper = 0.85 * jnp.exp(-((jnp.maximum(above, 0.0) / 1.1) ** 2)) * (above > -2.0)
    lower = 0.30 * jnp.exp(-((jnp.maximum(below, 0.0) / 1.2) ** 2)) * (below > -2.0)
    fold_height = identity.crease * (0.55 + 0.45 * jnp.maximum(1 - (along + 0.1) ** 2, 0.0))
    double = jax.nn.sigmoid((identity.crease - 3.0) / 0.5)
    crease = 0.38 * double * bell(above, fold_height, 0.9)
    return near * jnp.clip(upper + lower + crease, 0.0, 1.0)


def eyeball(
    offset: jax.Array,
    above: jax.Array,
    below: jax.Array,
    gaze: jax.Array,
    iris: jax.Array,
    light: jax.Array,
) -> tuple[jax.Array, jax.Array]:
    """Draw what shows between the lids.

    Args:
        offset: `[..., 2]`, position relative to the centre of the eye, x towards the nose.
        above: `[...]`, signed distance beyond the upper lid's margin (negative in the opening).
        below: `[...]`, the same for the lower lid.
        gaze: `[..., 2]`, offset of the iris from the centre.
        iris: linear RGB `[3]`.
        light: `[..., 2]`, direction of the main light, x towards the nose.

    Returns:
        Albedo `[..., 3]` and added highlight `[...]`.
    """
    x, y = offset[..., 0], offset[..., 1]
    to_iris = offset - gaze
    radius = jnp.sqrt(jnp.sum(to_iris**2, axis=-1) + 1e-6)
    lid_shadow = 1.0 - 0.62 * jnp.exp(jnp.minimum(above, 0.0) / 2.6)
    lid_shadow *= 1.0 - 0.35 * jnp.exp(jnp.minimum(below, 0.0) / 1.5)
    roundness = jnp.clip(1.0 - (x**2 + y**2) / (1.5 * _EYEBALL_RADIUS**2), 0.3, 1.0)
    corner = jnp.clip((jnp.abs(x) - 9.0) / 7.0, 0.0, 1.0)
    white = coloured(jnp.ones_like(x), _WHITE) - coloured(corner, _VEINS)
    albedo = over(white, _CARUNCLE, jax.nn.sigmoid((x - 13.4) / 0.7))
    limbus = jax.nn.sigmoid((_IRIS_RADIUS - radius) / 0.5)
    pupil = jax.nn.sigmoid((2.9 - radius) / 0.4)
    ring = 1.0 - 0.65 * jnp.exp(-(((radius - _IRIS_RADIUS) / 1.3) ** 2))
    inner = 1.0 + 0.35 * jnp.exp(-(((radius - 4.2) / 1.4) ** 2))
    lower_glow = 1.0 + 0.05 * jnp.clip(to_iris[..., 1], -4.0, 6.0)
    iris_colour = coloured(ring * inner * lower_glow * (1.0 - pupil), iris) + 0.004
    albedo = over(albedo, iris_colour, limbus)
    albedo = albedo * (lid_shadow * roundness)[..., None]
    spot = jnp.sum((to_iris - 3.4 * light) ** 2, axis=-1)
    highlight = 0.55 * jnp.exp(-spot / 1.2) * jnp.where(above < -1.0, 1.0, 0.4)
    return albedo, highlight
