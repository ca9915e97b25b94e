"""Hair of the head, eyebrows and beard, painted over the skin on the canonical plane."""

import jax
import jax.numpy as jnp
import numpy as np

from au_jax.synthetic.primitives.bumps import MIDLINE
from au_jax.synthetic.primitives.colour import coloured, over
from au_jax.synthetic.primitives.smoothing import grain, white_noise
from au_jax.synthetic.subject import mouth
from au_jax.synthetic.subject.identity import Identity
from au_jax.synthetic.subject.skin import tone

# Middle line of the eyebrow and half its height, by distance from the midline.
_BROW_SIDE = np.array([11.0, 16.0, 24.0, 32.0, 42.0, 52.0, 60.0, 67.0, 73.0])
_BROW_Y = np.array([35.0, 33.6, 31.6, 30.2, 29.3, 30.2, 32.8, 37.2, 43.0])
_BROW_HALF = np.array([2.6, 4.0, 4.4, 4.3, 3.9, 3.3, 2.6, 1.9, 1.0])
# Where hair begins on the forehead and temples, relative to the hairline at the midline.
_LINE_SIDE = np.array([0.0, 30.0, 48.0, 60.0, 68.0, 74.0, 79.0, 83.0, 86.0])
_LINE_Y = np.array([0.0, 0.0, 2.0, 7.0, 16.0, 34.0, 56.0, 84.0, 102.0])


def eyebrows(points: jax.Array, identity: Identity) -> jax.Array:
    """Return how much brow hair covers the skin, 0 to 1, for the fine grid's `points` `[p, 2]`."""
    side, down = jnp.abs(points[:, 0] - MIDLINE), points[:, 1]
    middle = jnp.interp(side, _BROW_SIDE, _BROW_Y)
    half = jnp.interp(side, _BROW_SIDE, _BROW_HALF) * identity.brow_thickness
    noise = white_noise(jax.random.fold_in(identity.key, 2), 2)
    hairs = grain(noise[0], 1.3, 0.6)
    ragged = grain(noise[1], 0.8, 1.2)
    edge = half - jnp.abs(down - middle) + 0.30 * ragged
    ends = jax.nn.sigmoid((side - 12.0) / 0.9) * jax.nn.sigmoid((72.0 - side) / 1.5)
    cover = jax.nn.sigmoid((edge + 0.2) / 0.75) * ends
    return cover * jnp.clip(identity.brow_density * (0.94 + 0.08 * hairs), 0.0, 0.97)


def beard(points: jax.Array, identity: Identity) -> jax.Array:
    """Return how much facial hair covers the skin, 0 to 1, for the fine grid's `points`."""
    side, down = jnp.abs(points[:, 0] - MIDLINE), points[:, 1]
    cheek_line = jnp.interp(
        side, np.array([0.0, 26, 40, 60, 80]), np.array([163.0, 150, 146, 138, 92])
    )
    jaw = jax.nn.sigmoid((down - cheek_line) / 3.0)
    lip = jax.nn.sigmoid((down - 122.0 - 0.05 * side) / 1.5) * jax.nn.sigmoid((37.0 - side) / 2.0)
    lip *= jax.nn.sigmoid((162.0 - down) / 2.0)
    round_mouth = lip * jnp.maximum(
        jax.nn.sigmoid((139.0 - down) / 2.0), jax.nn.sigmoid((side - 31.0) / 1.5)
    )
    bare = 1.0 - mouth.red_part(points, identity)
    noise = white_noise(jax.random.fold_in(identity.key, 3), 2)
    strands = grain(noise[0], 0.6, 1.6)
    dots = grain(noise[1], 0.6, 0.6)
    dense = jnp.maximum(jaw * identity.beard, round_mouth * identity.moustache)
    dense = dense * jnp.clip(0.84 + 0.12 * strands, 0.0, 1.0)
    short = jnp.maximum(jaw, round_mouth) * identity.stubble * jnp.clip(0.30 + 0.10 * dots, 0, 1)
    return bare * (1.0 - (1.0 - dense) * (1.0 - short))


def head_hair(
    points: jax.Array, inside: jax.Array, identity: Identity
) -> tuple[jax.Array, jax.Array]:
    """Draw the hair of the head.

    Args:
        points: the fine grid on the mean face, `[p, 2]`.
        inside: how far the points lie inside the outline of the face, `[p]`.
        identity: whose hair.

    Returns:
        Cover 0 to 1 `[p]` and linear RGB `[p, 3]`.
    """
    side, down = jnp.abs(points[:, 0] - MIDLINE), points[:, 1]
    noise = white_noise(jax.random.fold_in(identity.key, 4), 3)
    waves = identity.hair_noise * grain(noise[0], 4.0, 11.0)
    strands = grain(noise[1], 1.0, 9.0)
    fine = grain(noise[2], 0.7, 4.0)
    line = identity.hairline + jnp.interp(side, _LINE_SIDE, _LINE_Y)
    top = jax.nn.sigmoid((line - down + 1.7 * strands + 1.5 * waves) / 1.2)
    width = 91.0 + 2.0 * identity.hair_noise + 0.06 * jnp.maximum(60.0 - down, 0.0)
    top *= jax.nn.sigmoid((width + 1.2 * waves - side) / 1.0)
    length = identity.hair_length
    long_inner = jnp.interp(
        down, np.array([0.0, 40, 90, 150, 210]), np.array([79.0, 82, 84, 79, 72])
    )
    reach = jax.nn.sigmoid((40.0 + 260.0 * length - down) / 6.0)
    long = jax.nn.sigmoid((side - long_inner + 4.0 * length + 1.5 * waves) / 1.2) * reach
    long *= jax.nn.sigmoid((92.0 + 22.0 * length + 3.0 * waves - side) / 1.5)
    long *= jax.nn.sigmoid((length - 0.2) / 0.03)
    brightness = jnp.exp(
        0.33 * strands + 0.25 * fine + 0.22 * waves - 0.02 * jnp.maximum(-inside, 0)
    )
    return jnp.maximum(top, long), coloured(brightness, identity.hair)


def paint(albedo: jax.Array, points: jax.Array, identity: Identity) -> tuple[jax.Array, jax.Array]:
    """Paint brows and beard over skin `[p, 3]`; return the albedo and the total cover `[p]`."""
    brow = eyebrows(points, identity)
    face_hair = beard(points, identity)
    shadow = 0.55 * identity.brow + 0.18 * tone(identity)
    albedo = over(over(albedo, shadow, face_hair), identity.brow, brow)
    return albedo, jnp.maximum(brow, face_hair)
