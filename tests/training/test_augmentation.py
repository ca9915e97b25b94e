import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.ndimage

from au_jax.settings import AugmentationConfig, FaceInputConfig
from au_jax.training.augmentation import augment

KEY = jax.random.key(0)
PLAIN = {"flip": False, "rotation": 0.0, "scale": 0.0, "brightness": 0.0, "contrast": 0.0}


def faces_of(n, size=12, channels=3, seed=0):
    values = np.random.default_rng(seed).normal(size=(n, size, size, channels))
    return jnp.asarray(values, jnp.float32)


def changed(faces, crop, key=KEY, pixel_scale=1.0, **settings):
    # Only crop and scale count here: faces have their size already.
    face_input = FaceInputConfig(crop=crop, pixel_scale=pixel_scale)
    return augment(faces, AugmentationConfig(**settings), face_input, key)


def test_crops_are_cut_out_of_the_face_at_every_corner_that_fits():
    faces = faces_of(300)
    crops = np.asarray(changed(faces, crop=9, **PLAIN))
    corners = set()
    for face, crop in zip(np.asarray(faces), crops, strict=True):
        found = [
            (top, left)
            for top in range(4)
            for left in range(4)
            if np.array_equal(face[top : top + 9, left : left + 9], crop)
        ]
        assert len(found) == 1
        corners.update(found)
    assert len(corners) == 16


def test_half_of_the_faces_are_mirrored():
    faces = faces_of(400)
    crops = np.asarray(changed(faces, crop=12, **{**PLAIN, "flip": True}))
    same = np.array([np.array_equal(a, b) for a, b in zip(crops, faces, strict=True)])
    mirrored = [np.array_equal(a[:, ::-1], b) for a, b in zip(crops, faces, strict=True)]
    np.testing.assert_array_equal(same, ~np.array(mirrored))
    assert same.mean() == pytest.approx(0.5, abs=0.08)


def test_rotation_and_scale_agree_with_scipy_on_a_smooth_picture():
    rows, columns = np.mgrid[:41, :41] - 20.0
    picture = np.exp(-((rows - 4) ** 2 + (columns + 6) ** 2) / 40)[..., None]
    faces = jnp.asarray(np.repeat(picture[None], 20, 0), jnp.float32)
    settings = {**PLAIN, "rotation": 30.0, "scale": 0.2}
    turned = np.asarray(changed(faces, crop=41, **settings))[..., 0]
    centre = np.array([scipy.ndimage.center_of_mass(face) for face in turned]) - 20.0
    distance = np.hypot(*centre.T)
    angle = np.rad2deg(np.arctan2(centre[:, 0], centre[:, 1]) - np.arctan2(4, -6))
    angle = (angle + 180) % 360 - 180
    zoom = distance / np.hypot(4, 6)
    assert np.abs(angle).max() == pytest.approx(30, abs=6)
    assert np.abs(zoom - 1).max() == pytest.approx(0.2, abs=0.06)
    # The same similarity applied by SciPy gives the same picture.
    turn = np.deg2rad(angle[0])
    matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]) / zoom[0]
    expected = scipy.ndimage.affine_transform(
        picture[..., 0], matrix, offset=20 - matrix @ [20, 20], order=1, mode="nearest"
    )
    np.testing.assert_allclose(turned[0], expected, atol=0.02)


def test_brightness_and_contrast_stay_within_their_bounds():
    faces = jnp.ones((200, 8, 8, 3), jnp.float32)
    shift = np.asarray(changed(faces, crop=8, **{**PLAIN, "brightness": 0.1 / 255})) - 1
    assert np.ptp(shift, axis=(1, 2, 3)).max() < 1e-6
    assert np.abs(shift).max() == pytest.approx(0.1, rel=0.05)
    gain = np.asarray(changed(faces, crop=8, **{**PLAIN, "contrast": 0.2}))
    assert gain.min() >= 0.8**2
    assert gain.max() <= 1.2**2
    assert np.ptp(gain.mean(axis=(1, 2)), axis=1).max() > 0.1


def test_the_key_decides():
    settings = {**PLAIN, "flip": True}
    first = changed(faces_of(8), crop=9, **settings)
    np.testing.assert_array_equal(first, changed(faces_of(8), crop=9, **settings))
    other = changed(faces_of(8), crop=9, key=jax.random.key(1), **settings)
    assert not np.array_equal(first, other)


def test_strength_of_brightness_changes_is_in_the_units_of_the_input():
    faces = jnp.zeros((200, 8, 8, 3), jnp.float32)
    shift = changed(faces, crop=8, pixel_scale=0.5, **{**PLAIN, "brightness": 0.1})
    assert np.abs(shift).max() == pytest.approx(0.1 * 255 * 0.5, rel=0.05)
