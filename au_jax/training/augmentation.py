"""Random changes of training faces. Labels stay as they are: AUs are coded without side."""

import jax
import jax.numpy as jnp

from au_jax.settings import AugmentationConfig, FaceInputConfig


def augment(
    faces: jax.Array, settings: AugmentationConfig, face_input: FaceInputConfig, key: jax.Array
) -> jax.Array:
    """Crop and change each face at random.

    Args:
        faces: float32 `[n, size, size, channel]`, mean image subtracted.
        settings: what may change.
        face_input: the size of the crop, and the scale of the values.
        key: decides all draws.

    Returns:
        float32 `[n, crop, crop, channel]`.
    """
    crop_key, flip_key, colour_key = jax.random.split(key, 3)
    if settings.rotation or settings.scale:
        cropped = _random_similarity(faces, settings, face_input.crop, crop_key)
    else:
        cropped = _random_crop(faces, face_input.crop, crop_key)
    if settings.flip:
        mirrored = jax.random.bernoulli(flip_key, 0.5, (len(faces), 1, 1, 1))
        cropped = jnp.where(mirrored, cropped[:, :, ::-1], cropped)
    if settings.brightness or settings.contrast:
        brightness = settings.brightness * 255 * face_input.pixel_scale
        cropped = _random_colour(cropped, brightness, settings.contrast, colour_key)
    return cropped


def _random_crop(faces: jax.Array, crop: int, key: jax.Array) -> jax.Array:
    room = jnp.array([faces.shape[1] - crop, faces.shape[2] - crop])
    corners = jax.random.randint(key, (len(faces), 2), jnp.zeros((1, 2), int), room[None] + 1)

    def cut(face: jax.Array, corner: jax.Array) -> jax.Array:
        start = (corner[0], corner[1], jnp.zeros((), corner.dtype))
        return jax.lax.dynamic_slice(face, start, (crop, crop, face.shape[2]))

    return jax.vmap(cut)(faces, corners)


def _random_similarity(
    faces: jax.Array, settings: AugmentationConfig, crop: int, key: jax.Array
) -> jax.Array:
    """Rotate and scale about the centre, shift as a random crop does, and sample bilinearly."""
    size = faces.shape[1]
    keys = jax.random.split(key, 3)
    n = len(faces)
    angle = jnp.deg2rad(settings.rotation) * jax.random.uniform(keys[0], (n,), minval=-1.0)
    zoom = 1.0 + settings.scale * jax.random.uniform(keys[1], (n,), minval=-1.0)
    shift = (size - crop) / 2 * jax.random.uniform(keys[2], (n, 2), minval=-1.0)
    offset = jnp.arange(crop, dtype=jnp.float32) - (crop - 1) / 2
    rows, columns = jnp.meshgrid(offset, offset, indexing="ij")

    def sample(face: jax.Array, angle: jax.Array, zoom: jax.Array, shift: jax.Array) -> jax.Array:
        cos, sin = jnp.cos(angle) / zoom, jnp.sin(angle) / zoom
        y = cos * rows - sin * columns + shift[0] + (size - 1) / 2
        x = sin * rows + cos * columns + shift[1] + (size - 1) / 2
        interpolate = jax.vmap(
            lambda channel: jax.scipy.ndimage.map_coordinates(channel, [y, x], 1, mode="nearest"),
            in_axes=2,
            out_axes=2,
        )
        return interpolate(face)

    return jax.vmap(sample)(faces, angle, zoom, shift)


def _random_colour(
    faces: jax.Array, brightness: float, contrast: float, key: jax.Array
) -> jax.Array:
    keys = jax.random.split(key, 3)
    n, channels = len(faces), faces.shape[3]
    gain = 1.0 + contrast * jax.random.uniform(keys[0], (n, 1, 1, 1), minval=-1.0)
    tint = 1.0 + contrast * jax.random.uniform(keys[1], (n, 1, 1, channels), minval=-1.0)
    shift = brightness * jax.random.uniform(keys[2], (n, 1, 1, 1), minval=-1.0)
    return faces * gain * tint + shift
