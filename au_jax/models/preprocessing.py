"""From stored faces to the input of the CNN: size, contrast, mean image, crop.

The paper (section 4.2) crops 200×200 faces to 176×176 and, after its group's code, subtracts a mean
image. Local contrast normalisation is an addition for few subjects: it removes skin tone and
light, which tell people apart and not action units.
"""

import jax
import jax.numpy as jnp
import numpy as np

from au_jax.settings import FaceInputConfig

CONTRAST_FLOOR = 4.0
"""Grey levels added to the local standard deviation, so that noise of flat skin stays small."""


_CONTRAST_RANGE = (-3.0, 3.0)
"""Of 10,000 pixels of built-in faces two lie outside after contrast normalisation."""


def value_range(face_input: FaceInputConfig) -> tuple[float, float]:
    """Return the lowest and the highest value of a pixel of normalised faces."""
    return _CONTRAST_RANGE if face_input.local_contrast else (0.0, 255.0)


def normalise_faces(faces: jax.Array, face_input: FaceInputConfig) -> jax.Array:
    """Resize faces and, if asked for, normalise their contrast.

    Args:
        faces: uint8 `[n, height, width, channel]`, grey levels 0–255.
        face_input: what is asked for.

    Returns:
        float32 `[n, size, size, channel]`, with one channel after contrast normalisation.
    """
    resized = resize_faces(faces, face_input.face_size)
    return _local_contrast(resized) if face_input.local_contrast else resized


def centre_faces(faces: jax.Array, mean_face: jax.Array, face_input: FaceInputConfig) -> jax.Array:
    """Return normalised faces less the mean of the training faces, scaled.

    Args:
        faces: uint8 `[n, height, width, channel]`, grey levels 0–255.
        mean_face: float32 `[size, size, channel]`, mean of the normalised training faces.
        face_input: size, contrast and scale.

    Returns:
        float32 `[n, size, size, channel]`.
    """
    return (normalise_faces(faces, face_input) - mean_face[None]) * face_input.pixel_scale


def network_input(faces: jax.Array, mean_face: jax.Array, face_input: FaceInputConfig) -> jax.Array:
    """Return the middle of centred faces, float32 `[n, crop, crop, channel]`; as `centre_faces`."""
    return centre_crop(centre_faces(faces, mean_face, face_input), face_input.crop)


def visible_faces(faces: jax.Array, face_input: FaceInputConfig) -> jax.Array:
    """Return the part of stored faces that a network sees, in grey levels.

    Args:
        faces: uint8 `[n, height, width, channel]`.
        face_input: size and crop.

    Returns:
        float32 `[n, crop, crop, channel]`, 0–255, neither normalised nor centred.
    """
    return centre_crop(resize_faces(faces, face_input.face_size), face_input.crop)


def resize_faces(faces: jax.Array, size: int) -> jax.Array:
    """Resize faces to `size`×`size` pixels, antialiased.

    Args:
        faces: uint8 or float `[n, height, width, channel]`.
        size: height and width of the result.

    Returns:
        float32 `[n, size, size, channel]`, grey levels as before.
    """
    values = faces.astype(jnp.float32)
    n, height, width, channels = faces.shape
    if (height, width) == (size, size):
        return values
    if height % size == 0 and width % size == 0:
        # Whole blocks: their mean, at a tenth of the cost of the general filter.
        blocks = values.reshape(n, size, height // size, size, width // size, channels)
        return blocks.mean(axis=(2, 4))
    return jax.image.resize(values, (n, size, size, channels), "linear", antialias=True)


def centre_crop(faces: jax.Array, crop: int) -> jax.Array:
    """Return the middle `crop`×`crop` pixels of faces `[n, height, width, channel]`."""
    top, left = (faces.shape[1] - crop) // 2, (faces.shape[2] - crop) // 2
    return faces[:, top : top + crop, left : left + crop]


def _local_contrast(faces: jax.Array) -> jax.Array:
    """Subtract a Gaussian neighbourhood's mean and divide by its standard deviation.

    After Jarrett et al., "What is the best multi-stage architecture for object recognition?",
    ICCV 2009, section 2; the neighbourhood's radius is 6 % of the face.
    """
    grey = faces.mean(axis=3)
    blur = jnp.asarray(gaussian_matrix(faces.shape[1]))

    def smooth(picture: jax.Array) -> jax.Array:
        return jnp.einsum("ij,njk,lk->nil", blur, picture, blur)

    detail = grey - smooth(grey)
    deviation = jnp.sqrt(smooth(detail**2))
    return (detail / (deviation + CONTRAST_FLOOR))[..., None]


def gaussian_matrix(size: int, deviation: float | None = None) -> np.ndarray:
    """Return a matrix whose rows are Gaussian weights that sum to one, float32 `[size, size]`.

    Args:
        size: pixels along a side.
        deviation: of the Gaussian, in pixels; None for that of local contrast, 6 % of the side.
    """
    distance = np.arange(size)[:, None] - np.arange(size)
    spread = 0.06 * size if deviation is None else deviation
    weights = np.exp(-0.5 * (distance / spread) ** 2)
    return (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)
