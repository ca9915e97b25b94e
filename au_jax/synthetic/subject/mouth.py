"""The mouth: the line between the lips, their red parts and relief, teeth and the dark inside."""

import jax
import jax.numpy as jnp
import numpy as np

from au_jax.synthetic.primitives.bumps import MIDLINE, bell
from au_jax.synthetic.primitives.colour import coloured, over
from au_jax.synthetic.subject.identity import Identity

HALF_WIDTH = 34.0
SEAM_Y = 146.5
"""Height of the line between the lips at the midline."""

_ENAMEL = np.array([0.66, 0.60, 0.51], np.float32)
_TONGUE = np.array([0.16, 0.05, 0.05], np.float32)
_DARK = np.array([0.020, 0.008, 0.007], np.float32)


def window(points: jax.Array) -> jax.Array:
    """Return how freely a lip can move at `points` `[p, 2]`: 1 in the middle, 0 at the corners."""
    along = (points[:, 0] - MIDLINE) / HALF_WIDTH
    return jnp.maximum(1.0 - along**2, 0.0)


def _lines(points: jax.Array, identity: Identity) -> tuple[jax.Array, jax.Array, jax.Array]:
    """Return y of the upper border, of the line between the lips, of the lower border, `[p]`."""
    along = jnp.clip((points[:, 0] - MIDLINE) / HALF_WIDTH, -1.0, 1.0)
    arch = 1.0 - along**2
    seam = 146.4 - 0.7 * arch + 0.9 * jnp.exp(-((along / 0.2) ** 2))
    bow = identity.cupid * (
        jnp.exp(-((along / 0.13) ** 2)) - 0.35 * jnp.exp(-(((jnp.abs(along) - 0.3) / 0.16) ** 2))
    )
    upper = seam - identity.upper_lip * arch**0.75 + bow * jnp.minimum(1.0, arch)
    lower = seam + identity.lower_lip * arch**0.7 * (1.0 - 0.08 * jnp.exp(-((along / 0.2) ** 2)))
    return upper, seam, lower


def beyond_seam(points: jax.Array, identity: Identity) -> tuple[jax.Array, jax.Array]:
    """Return how far `points` `[p, 2]` lie above and below the line between the lips, `[p]`."""
    _, seam, _ = _lines(points, identity)
    return seam - points[:, 1], points[:, 1] - seam


def red_part(points: jax.Array, identity: Identity) -> jax.Array:
    """Return where the red part of the lips is, 0 to 1, `[p]`."""
    upper, _, lower = _lines(points, identity)
    down = points[:, 1]
    ends = jax.nn.sigmoid((0.97 - jnp.abs(points[:, 0] - MIDLINE) / HALF_WIDTH) / 0.02)
    return ends * jax.nn.sigmoid((down - upper) / 0.7) * jax.nn.sigmoid((lower - down) / 0.8)


def seam_shade(points: jax.Array, identity: Identity) -> jax.Array:
    """Return how dark the line between the lips is, 0 to 1, `[p]`."""
    _, seam, _ = _lines(points, identity)
    along = (points[:, 0] - MIDLINE) / HALF_WIDTH
    fade = jnp.exp(-((along / 1.02) ** 10))
    sharp = jnp.exp(-(((points[:, 1] - seam) / 0.9) ** 2))
    soft = jnp.exp(-(((points[:, 1] - seam) / 2.6) ** 2))
    return fade * (0.62 * sharp + 0.22 * soft)


def lip_relief(points: jax.Array, identity: Identity) -> jax.Array:
    """Return the height of lips, philtrum and corners at `points` `[p, 2]` on the mean face."""
    upper, seam, lower = _lines(points, identity)
    down = points[:, 1]
    side = jnp.abs(points[:, 0] - MIDLINE)
    along = side / HALF_WIDTH
    fade = jnp.exp(-((along / 0.93) ** 6))
    above = (seam - down) / jnp.maximum(seam - upper, 2.0)
    below = (down - seam) / jnp.maximum(lower - seam, 2.0)
    fullness_above = 1.2 + 0.13 * identity.upper_lip
    fullness_below = 1.4 + 0.17 * identity.lower_lip
    rolls = fullness_above * bell(above, 0.45, 0.34) + fullness_below * bell(below, 0.45, 0.36)
    tubercle = 0.8 * bell(side, 0.0, 4.0) * bell(above, 0.3, 0.3)
    border = 0.5 * bell(down, upper - 0.6, 1.0) + 0.3 * bell(down, lower + 0.6, 1.2)
    groove = -2.4 * bell(down, seam, 1.4)
    corners = -2.2 * bell(along, 1.0, 0.09) * bell(down, seam, 4.0)
    philtrum = bell(down, 128.5, 5.0) * (0.8 * bell(side, 5.5, 2.0) - 1.2 * bell(side, 0.0, 2.8))
    return fade * (rolls + tubercle + border + groove) + corners + philtrum


def inside(offset: jax.Array, above: jax.Array, below: jax.Array, jaw: jax.Array) -> jax.Array:
    """Draw teeth, tongue and the dark between parted lips.

    Args:
        offset: `[..., 2]`, position relative to where the lips meet at rest, canonical units.
        above: `[...]`, signed distance beyond the edge of the upper lip (negative in the opening).
        below: `[...]`, the same for the lower lip.
        jaw: how far the lower teeth have gone down.

    Returns:
        Albedo with the shade of the lips, `[..., 3]`.
    """
    x, y = offset[..., 0], offset[..., 1]
    curve = 0.003 * x**2
    upper_edge = 3.8 - curve
    lower_edge = 5.0 + jaw - 0.6 * curve
    row = jax.nn.sigmoid((27.0 - jnp.abs(x)) / 1.5)
    upper_teeth = row * jax.nn.sigmoid((upper_edge - y) / 0.5)
    lower_teeth = row * jax.nn.sigmoid((y - lower_edge) / 0.5) * jax.nn.sigmoid(24 - jnp.abs(x))
    tongue = jax.nn.sigmoid((y - lower_edge + 3.0) / 1.5) * jnp.exp(-((x / 18.0) ** 4))
    gap_upper = _gaps(x, 10.4, 8.4)
    gap_lower = _gaps(x, 6.6, 7.0)
    side_shade = 1.0 - 0.65 * jnp.minimum((x / 30.0) ** 2, 1.0)
    colour = coloured(jnp.ones_like(x), _DARK) + coloured(tongue, _TONGUE)
    colour = over(colour, coloured(0.62 * side_shade * gap_lower, _ENAMEL), lower_teeth)
    colour = over(colour, coloured(side_shade * gap_upper, _ENAMEL), upper_teeth)
    lips = (1.0 - 0.65 * jnp.exp(jnp.minimum(above, 0.0) / 2.2)) * (
        1.0 - 0.45 * jnp.exp(jnp.minimum(below, 0.0) / 1.8)
    )
    return colour * lips[..., None]


def _gaps(x: jax.Array, first: float, width: float) -> jax.Array:
    """Return the brightness of a row of teeth, darker in the gaps between them."""
    side = jnp.abs(x)
    beyond = jnp.abs(jnp.mod(side - first + 0.5 * width, width) - 0.5 * width)
    distance = jnp.minimum(jnp.where(side < first - 0.5 * width, 99.0, beyond), side)
    return 1.0 - 0.38 * jnp.exp(-((distance / 0.8) ** 2))
