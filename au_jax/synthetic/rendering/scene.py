"""The circumstances of one recording: light, background and camera."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np

from au_jax.synthetic.primitives.canonical import EXTENT
from au_jax.synthetic.primitives.colour import coloured
from au_jax.synthetic.primitives.smoothing import grain, white_noise


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class Scene:
    """Light, background and camera of a recording; float32 arrays.

    Attributes:
        light: `[3]`, unit vector towards the main light (right, down, towards the camera).
        light_colour: linear RGB `[3]` of the main light.
        sky_colour: linear RGB `[3]` of the ambient light from above.
        ground_colour: linear RGB `[3]` of the ambient light from below.
        background: linear RGB `[2, 3]`, at the left and at the right of the picture.
        background_key: random key of the shapes in the background.
        exposure: gain of the camera, `[]`.
        white_balance: `[3]`.
        contrast: exponent of the tone curve relative to the standard, `[]`.
        noise: standard deviation of the sensor's noise, `[]`.
    """

    light: jax.Array
    light_colour: jax.Array
    sky_colour: jax.Array
    ground_colour: jax.Array
    background: jax.Array
    background_key: jax.Array
    exposure: jax.Array
    white_balance: jax.Array
    contrast: jax.Array
    noise: jax.Array


def sample_scene(generator: np.random.Generator) -> Scene:
    """Draw the circumstances of a recording."""

    def normal(mean: float, spread: float, low: float, high: float) -> float:
        return float(np.clip(generator.normal(mean, spread), low, high))

    azimuth = normal(0.0, 0.5, -1.1, 1.1)
    elevation = generator.uniform(0.1, 0.85)
    light = (
        np.sin(azimuth) * np.cos(elevation),
        -np.sin(elevation),
        np.cos(azimuth) * np.cos(elevation),
    )
    warm = normal(0.0, 0.06, -0.13, 0.13)
    share = generator.uniform(0.38, 0.68)
    wall = generator.uniform(0.75, 1.25, 3) * generator.uniform(0.03, 0.6)
    values = {
        "light": light,
        "light_colour": 1.75 * share * (1.0 + warm * np.array([1.0, 0.1, -1.2])),
        "sky_colour": 1.25 * (1.0 - share) * (1.0 + warm * np.array([-0.5, 0.0, 0.5])),
        "ground_colour": 0.62 * (1.0 - share) * (1.0 + warm * np.array([0.5, 0.0, -0.5])),
        "background": wall * np.array([[1.0], [generator.uniform(0.6, 1.4)]]),
        "exposure": normal(1.0, 0.12, 0.72, 1.3),
        "white_balance": generator.normal(1.0, 0.035, 3),
        "contrast": normal(1.0, 0.06, 0.86, 1.14),
        "noise": generator.uniform(0.004, 0.016),
    }
    arrays = {name: jnp.asarray(value, jnp.float32) for name, value in values.items()}
    return Scene(**arrays, background_key=jax.random.key(generator.integers(2**31)))


def backdrop(scene: Scene) -> jax.Array:
    """Return what is behind the head, linear RGB `[EXTENT * EXTENT, 3]`."""
    noise = white_noise(scene.background_key, 2)
    broad, fine = grain(noise[0], 25.0, 40.0), grain(noise[1], 3.0, 3.0)
    share = jnp.tile(jnp.linspace(0.0, 1.0, EXTENT), EXTENT)
    wall = coloured(1.0 - share, scene.background[0]) + coloured(share, scene.background[1])
    return wall * jnp.exp(0.25 * broad + 0.05 * fine)[:, None]
