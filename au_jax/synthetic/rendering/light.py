"""Light on skin: what lies in shadow, and how a surface of given slope shines."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from au_jax.synthetic.primitives.canonical import EXTENT, bilinear
from au_jax.synthetic.primitives.smoothing import smoothed
from au_jax.synthetic.rendering.scene import Scene

# Light that enters skin leaves it elsewhere; red travels farthest and softens the shade most.
_SOFTENING = np.array([0.34, 0.19, 0.15], np.float32)


def openness(depth: jax.Array) -> jax.Array:
    """Return how much of the ambient light reaches each point of a relief, 1 on a plane.

    Args:
        depth: `[EXTENT, EXTENT]`.
    """
    relief = jnp.maximum(depth, -60.0)
    sunk = sum(
        weight * (smoothed(relief, spread) - relief)
        for weight, spread in ((0.05, 3.0), (0.03, 8.0), (0.008, 20.0))
    )
    return jnp.clip(jnp.exp(-1.25 * jnp.maximum(sunk, -0.1)), 0.28, 1.12)


def sunlit(depth: jax.Array, light: jax.Array) -> jax.Array:
    """Return how much of the main light reaches each point of a relief, between 0.28 and 1.

    Args:
        depth: `[EXTENT, EXTENT]`.
        light: `[3]`, direction of the light.
    """
    surface = smoothed(depth, 1.5)
    axis = jnp.arange(EXTENT, dtype=jnp.float32)
    x, y = jnp.meshgrid(axis, axis)

    def nearer(seen: jax.Array, distance: jax.Array) -> tuple[jax.Array, None]:
        towards = jnp.stack([x + light[0] * distance, y + light[1] * distance], axis=-1)
        height = bilinear(surface[..., None], towards)[..., 0]
        clearance = surface + light[2] * distance + 1.5 - height
        return jnp.minimum(seen, clearance / (0.22 * distance + 2.0)), None

    start = jnp.ones_like(surface)
    seen, _ = jax.lax.scan(nearer, start, jnp.asarray(np.arange(3.0, 60.0, 3.0), jnp.float32))
    return 0.28 + 0.72 * smoothed(jnp.clip(seen, 0.0, 1.0), 2.5)


class Shading(NamedTuple):
    """How light meets a surface, per pixel and alike for all colours; arrays of one shape.

    Attributes:
        towards: cosine of the angle to the main light.
        main: share of the main light that arrives.
        ambient: share of the ambient light that arrives.
        upwards: 1 for surfaces that face the sky, 0 for those that face the ground.
        highlight: mirrored share of the main light.
    """

    towards: jax.Array
    main: jax.Array
    ambient: jax.Array
    upwards: jax.Array
    highlight: jax.Array


def meet(
    right: jax.Array,
    down: jax.Array,
    gloss: jax.Array | float,
    shadow: jax.Array | float,
    open_sky: jax.Array,
    scene: Scene,
) -> Shading:
    """Return how light meets a surface.

    Args:
        right: change of depth to the right.
        down: change of depth downwards.
        gloss: strength of highlights.
        shadow: share of the main light that is not blocked.
        open_sky: share of the ambient light that is not blocked.
        scene: light sources.
    """
    facing = jax.lax.rsqrt(1.0 + right**2 + down**2)
    x, y = -right * facing, -down * facing
    light = scene.light
    half = light + jnp.array([0.0, 0.0, 1.0])
    half = half / jnp.linalg.norm(half)
    mirror = jnp.maximum(x * half[0] + y * half[1] + facing * half[2], 0.0)
    mirror2 = mirror * mirror
    mirror8 = mirror2 * mirror2 * mirror2 * mirror2
    return Shading(
        towards=x * light[0] + y * light[1] + facing * light[2],
        main=shadow * (0.4 + 0.6 * open_sky),
        ambient=open_sky * (0.55 + 0.45 * facing),
        upwards=0.5 - 0.5 * y,
        highlight=gloss * shadow * open_sky * mirror8 * (0.035 + 0.09 * mirror8 * mirror8),
    )


def reflect(shading: Shading, albedo: jax.Array, scene: Scene, channel: jax.Array) -> jax.Array:
    """Return the light that skin sends to the camera in one colour.

    Args:
        shading: how light meets it.
        albedo: in this colour, of the same shape.
        scene: light sources.
        channel: 0 red, 1 green, 2 blue.
    """
    softening = jnp.asarray(_SOFTENING)[channel]
    soft = jnp.maximum((shading.towards + softening) / (1.0 + softening), 0.0)
    sky, ground = scene.sky_colour[channel], scene.ground_colour[channel]
    ambient = (ground + (sky - ground) * shading.upwards) * shading.ambient
    main = scene.light_colour[channel]
    return albedo * (soft * shading.main * main + ambient) + shading.highlight * main


def diffuse_level(scene: Scene) -> jax.Array:
    """Return the light on a surface that faces the camera, roughly, linear RGB `[3]`."""
    return 0.55 * scene.light_colour + 0.5 * (scene.sky_colour + scene.ground_colour)
