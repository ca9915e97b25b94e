"""The layers of a picture, from the background to a hand, and how they are laid over each other."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from au_jax.synthetic.primitives import canonical
from au_jax.synthetic.primitives.colour import coloured
from au_jax.synthetic.rendering import glasses, hand, light, pose
from au_jax.synthetic.rendering.face_maps import FaceMaps
from au_jax.synthetic.subject import eyes, mouth, skin

JAW_DROP = 14.0
"""How far the lower teeth go down with the jaw fully dropped, in canonical units."""

# Reddening takes green and blue from the light that skin returns, hardly any red.
_BLOOD = np.array([-0.02, -0.26, -0.22], np.float32)
_GROOVE_SHADE = 0.13
_HAND_TINT = np.array([0.95, 0.85, 0.82], np.float32)
# Channels of `FaceMaps.texture` after the three colours.
_COVER, _GLOSS, _SHADOW, _OPEN_SKY = 3, 4, 5, 6


class SkinLayer(NamedTuple):
    """Skin and hair per pixel.

    Attributes:
        texture: `[size, size, 7]`, the channels of `FaceMaps.texture`.
        blood: reddening `[size, size]`.
        shading: how light meets it.
    """

    texture: jax.Array
    blood: jax.Array
    shading: light.Shading


class HandLayer(NamedTuple):
    """A hand per pixel.

    Attributes:
        cover: where it is, 0 to 1, `[size, size]`.
        shadow: how much it darkens what lies behind `[size, size]`.
        shading: how light meets it.
    """

    cover: jax.Array
    shadow: jax.Array
    shading: light.Shading


class Layers(NamedTuple):
    """All that a picture is composed of.

    Attributes:
        background: linear RGB `[size, size, 3]`.
        openings: light from eyeballs and mouth, linear RGB `[size, size, 3]`.
        skin: skin and hair.
        on_skin: where skin is, and not an opening, `[size, size]`.
        glasses: see `glasses.draw`.
        hand: a hand before the face.
    """

    background: jax.Array
    openings: jax.Array
    skin: SkinLayer
    on_skin: jax.Array
    glasses: glasses.Glasses
    hand: HandLayer


def compose(maps: FaceMaps, layers: Layers, channel: jax.Array) -> jax.Array:
    """Lay the layers over each other in one colour, `[size, size]`."""
    scene = maps.scene
    texture = layers.skin.texture
    albedo = texture[..., channel] * jnp.exp(layers.skin.blood * jnp.asarray(_BLOOD)[channel])
    radiance = light.reflect(layers.skin.shading, albedo, scene, channel)
    behind = layers.openings[..., channel]
    radiance = behind + layers.on_skin * (radiance - behind)
    worn = layers.glasses
    frame = maps.identity.glasses_colour[channel] * light.diffuse_level(scene)[channel]
    radiance = radiance * (1.0 - worn.shadow) + worn.reflection * scene.sky_colour[channel]
    radiance = radiance + worn.frame * (frame - radiance)
    background = layers.background[..., channel]
    radiance = background + texture[..., _COVER] * (radiance - background)
    flesh = skin.tone(maps.identity)[channel] * jnp.asarray(_HAND_TINT)[channel]
    held = light.reflect(layers.hand.shading, flesh, scene, channel)
    radiance = radiance * (1.0 - layers.hand.shadow)
    return radiance + layers.hand.cover * (held - radiance)


def draw_skin(
    maps: FaceMaps, coefficients: jax.Array, position: jax.Array, turn: jax.Array, size: int
) -> SkinLayer:
    """Look up skin and hair at `position` `[size, size, 2]` on the face and light them.

    Args:
        maps: the subject.
        coefficients: `[fields]`, how far each field is carried out.
        position: which point of the face each pixel shows.
        turn: `[2]`, yaw and pitch in radians.
        size: pixels along a side.
    """
    texels = canonical.map_extent(size)
    surface = jnp.concatenate([jnp.ones(1), coefficients]) @ maps.surface
    at = canonical.to_texels(position, size)
    texture = canonical.bilinear(maps.texture, at)
    surface = canonical.bilinear(surface.reshape(texels, texels, 4), at)
    groove = jnp.maximum(surface[..., 3], 0.0)
    shading = light.meet(
        right=surface[..., 0] - jnp.sin(turn[0]),
        down=surface[..., 1] + jnp.sin(turn[1]),
        gloss=texture[..., _GLOSS],
        shadow=texture[..., _SHADOW],
        open_sky=texture[..., _OPEN_SKY] * jnp.exp(-_GROOVE_SHADE * groove),
        scene=maps.scene,
    )
    return SkinLayer(texture, surface[..., 2], shading)


def cover_of_skin(above: jax.Array, below: jax.Array, size: int) -> jax.Array:
    """Return where skin is, and not an opening, 0 to 1 with an edge about a pixel wide.

    Args:
        above: distance beyond the upper lid or lip, `[size, size]`.
        below: distance beyond the lower.
        size: pixels along a side.
    """
    softness = 0.35 + 0.2 * 100.0 / size
    return jnp.minimum(jax.nn.sigmoid(above / softness) + jax.nn.sigmoid(below / softness), 1.0)


def draw_eyes(
    maps: FaceMaps,
    view: jax.Array,
    above: jax.Array,
    below: jax.Array,
    gaze: jax.Array,
    turn: jax.Array,
) -> jax.Array:
    """Return the light from the eyeballs, linear RGB `[..., 3]`.

    Args:
        maps: the subject.
        view: `[..., 2]`, positions in the unaligned view.
        above: distance beyond the upper lid (negative in the opening), `[...]`.
        below: distance beyond the lower lid.
        gaze: `[2]`, offset of the irises to the right and down.
        turn: `[2]`, yaw and pitch in radians.
    """
    centres = pose.project(maps.eyes[:, :2], maps.eyes[:, 2], turn)
    offset, inwards = _from_nearer(view, centres)
    scene = maps.scene
    albedo, highlight = eyes.eyeball(
        offset,
        above,
        below,
        gaze=jnp.stack([gaze[0] * inwards, jnp.broadcast_to(gaze[1], inwards.shape)], axis=-1),
        light=jnp.stack(
            [scene.light[0] * inwards, jnp.broadcast_to(scene.light[1], inwards.shape)], axis=-1
        ),
        iris=maps.identity.iris,
    )
    level = jnp.broadcast_to(light.diffuse_level(scene), albedo.shape)
    return albedo * level + coloured(highlight, scene.light_colour)


def draw_mouth(
    maps: FaceMaps,
    view: jax.Array,
    above: jax.Array,
    below: jax.Array,
    jaw: jax.Array,
    turn: jax.Array,
) -> jax.Array:
    """Return the light from between the lips, linear RGB `[..., 3]`.

    Args:
        maps: the subject.
        view: `[..., 2]`, positions in the unaligned view.
        above: distance beyond the upper lip (negative in the opening), `[...]`.
        below: distance beyond the lower lip.
        jaw: how far the jaw is dropped, 0 to 1.
        turn: `[2]`, yaw and pitch in radians.
    """
    centre = pose.project(maps.mouth[:2], maps.mouth[2], turn)
    offset = view - jnp.broadcast_to(centre, view.shape)
    albedo = mouth.inside(offset, above, below, JAW_DROP * jaw)
    return albedo * jnp.broadcast_to(0.75 * light.diffuse_level(maps.scene), albedo.shape)


def draw_glasses(maps: FaceMaps, view: jax.Array, turn: jax.Array) -> glasses.Glasses:
    """Draw the glasses that the subject wears, if any, at `view` `[..., 2]`."""

    def worn() -> glasses.Glasses:
        lenses = pose.project(maps.eyes[:, :2], maps.eyes[:, 2] + glasses.DISTANCE, turn)
        offset, _ = _from_nearer(view, lenses)
        return glasses.draw(offset, maps.identity)

    def none() -> glasses.Glasses:
        nothing = jnp.zeros(view.shape[:-1])
        return glasses.Glasses(nothing, nothing, nothing)

    return jax.lax.cond(maps.identity.glasses > 0.0, worn, none)


def draw_hand(maps: FaceMaps, position: jax.Array, size: int) -> HandLayer:
    """Draw a hand; `position` `[5]` as in `hand.cover`."""
    points = jnp.asarray(canonical.picture_points(size))
    distance, right, down = hand.cover(points, position)
    edge = 1.0 - 0.35 * jnp.exp(jnp.minimum(distance, 0.0) / 1.2)
    return HandLayer(
        cover=jax.nn.sigmoid(-distance / 0.5),
        shadow=0.45 * jnp.exp(-jnp.maximum(distance, 0.0) / 5.0),
        shading=light.meet(right, down, 0.25, 1.0, edge, maps.scene),
    )


def draw_background(maps: FaceMaps, view: jax.Array, size: int) -> jax.Array:
    """Return the background at `view` `[size, size, 2]`, linear RGB `[size, size, 3]`."""
    return canonical.bilinear(maps.background, canonical.to_texels(view, size))


def _from_nearer(view: jax.Array, pair: jax.Array) -> tuple[jax.Array, jax.Array]:
    """Return positions relative to the nearer of two points, x to the nose, and that direction.

    Args:
        view: `[..., 2]`.
        pair: `[2, 2]`, the left and the right point.

    Returns:
        `[..., 2]`, and 1 left of the nose, -1 right of it, `[...]`.
    """
    x, y = view[..., 0], view[..., 1]
    left = x < jnp.mean(pair[:, 0])
    inwards = jnp.where(left, 1.0, -1.0)
    across = (x - jnp.where(left, pair[0, 0], pair[1, 0])) * inwards
    down = y - jnp.where(left, pair[0, 1], pair[1, 1])
    return jnp.stack([across, down], axis=-1), inwards
