import jax.numpy as jnp
import numpy as np
import pytest
from PIL import Image

from au_jax.models.preprocessing import (
    CONTRAST_FLOOR,
    centre_crop,
    centre_faces,
    normalise_faces,
    resize_faces,
)
from au_jax.settings import FaceInputConfig


def face_input(size, **options):
    return FaceInputConfig(face_size=size, crop=size, **options)


def random_faces(n=2, size=40, channels=3):
    return np.random.default_rng(0).integers(0, 256, (n, size, size, channels), dtype=np.uint8)


def test_mean_image_is_subtracted_and_scaled():
    faces = random_faces(size=10)
    mean = np.random.default_rng(1).uniform(0, 255, (10, 10, 3)).astype(np.float32)
    centred = centre_faces(jnp.asarray(faces), jnp.asarray(mean), face_input(10, pixel_scale=0.5))
    np.testing.assert_allclose(centred, (faces - mean) * 0.5, rtol=1e-6)


@pytest.mark.parametrize("size", [20, 24])
def test_resizing_agrees_with_pillow(size):
    # Pillow's bilinear filter is antialiased too; it rounds to whole grey levels.
    faces = random_faces(n=1)
    resized = np.asarray(resize_faces(jnp.asarray(faces), size))[0]
    if size == 20:
        expected = faces[0].reshape(20, 2, 20, 2, 3).mean(axis=(1, 3))
        np.testing.assert_allclose(resized, expected, rtol=1e-6)
    else:
        picture = Image.fromarray(faces[0]).resize((size, size), Image.Resampling.BILINEAR)
        np.testing.assert_allclose(resized, np.asarray(picture), atol=1.1)


def test_local_contrast_equals_its_definition_in_loops():
    faces = random_faces(n=1, size=20)
    result = np.asarray(normalise_faces(jnp.asarray(faces), face_input(20, local_contrast=True)))[
        0, :, :, 0
    ]
    grey = faces[0].mean(axis=2)
    rows, columns = np.mgrid[:20, :20]

    def neighbourhood_mean(picture, row, column):
        distance = (rows - row) ** 2 + (columns - column) ** 2
        weights = np.exp(-0.5 * distance / (0.06 * 20) ** 2)
        return (weights * picture).sum() / weights.sum()

    def smooth(picture):
        values = [[neighbourhood_mean(picture, r, c) for c in range(20)] for r in range(20)]
        return np.array(values)

    detail = grey - smooth(grey)
    expected = detail / (np.sqrt(smooth(detail**2)) + CONTRAST_FLOOR)
    np.testing.assert_allclose(result, expected, atol=1e-4)


def test_local_contrast_ignores_skin_tone_and_light():
    face = random_faces(n=1, size=30).astype(np.float32)
    light = np.linspace(0.0, 3.0, 30)[None, None, :, None]
    darker = 0.5 * face + 40 + light
    asked = face_input(30, local_contrast=True)
    first, second = (normalise_faces(jnp.asarray(f, jnp.float32), asked) for f in (face, darker))
    assert np.corrcoef(np.ravel(first), np.ravel(second))[0, 1] > 0.99


def test_centre_crop_takes_the_middle():
    faces = random_faces(n=1, size=10)
    np.testing.assert_array_equal(centre_crop(jnp.asarray(faces), 6), faces[:, 2:8, 2:8])
