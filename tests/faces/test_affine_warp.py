import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage

from au_jax.faces.affine_warp import invert_transforms, warp_faces

SIZE = 40


def similarity(scale, angle, x, y):
    c, s = scale * np.cos(angle), scale * np.sin(angle)
    return np.array([[c, -s, x], [s, c, y]])


def smooth_picture(height=90, width=120, seed=0):
    noise = np.random.default_rng(seed).uniform(0, 255, (height, width, 3))
    return ndimage.gaussian_filter(noise, (3, 3, 0)).astype(np.uint8)


def reference(picture, transform, size):
    """Bilinear sampling with repeated edges by scipy."""
    inverse = np.linalg.inv(np.vstack([transform, [0, 0, 1]]))[:2]
    y, x = np.mgrid[:size, :size]
    places = np.einsum("ij,jhw->ihw", inverse, np.stack([x, y, np.ones_like(x)]))[::-1]
    colours = [picture[..., c].astype(float) for c in range(3)]
    return np.stack(
        [ndimage.map_coordinates(c, places, order=1, mode="nearest") for c in colours], axis=-1
    )


@given(
    st.floats(1.0, 3.0),
    st.floats(-np.pi, np.pi),
    st.floats(-100, 100),
    st.floats(-100, 100),
    st.integers(0, 5),
)
def test_enlarging_is_bilinear_sampling(scale, angle, x, y, seed):
    picture = smooth_picture(seed=seed)
    transform = similarity(scale, angle, x, y)
    face = np.asarray(warp_faces([picture], transform[None], SIZE))[0]
    assert np.abs(face - reference(picture, transform, SIZE)).max() <= 0.51


def test_shift_by_whole_pixels_copies_and_repeats_the_edges():
    picture = np.random.default_rng(0).integers(0, 256, (30, 50, 3), dtype=np.uint8)
    face = np.asarray(warp_faces([picture], similarity(1, 0, 5, 20)[None], SIZE))[0]
    rows = np.clip(np.arange(SIZE) - 20, 0, 29)
    columns = np.clip(np.arange(SIZE) - 5, 0, 49)
    np.testing.assert_array_equal(face, picture[rows][:, columns])


@pytest.mark.parametrize("halvings", [1, 2, 3])
def test_halving_is_sampling_of_the_halved_picture(halvings):
    picture = np.random.default_rng(0).integers(0, 256, (320, 320, 3), dtype=np.uint8)
    factor = 2**halvings
    scale = 1 / factor
    # Pixel (0, 0) of the face covers the first factor × factor pixels of the picture.
    transform = similarity(scale, 0, scale / 2 - 0.5, scale / 2 - 0.5)
    face = np.asarray(warp_faces([picture], transform[None], SIZE))[0]
    means = picture[: SIZE * factor, : SIZE * factor].reshape(SIZE, factor, SIZE, factor, 3)
    assert np.abs(face - means.mean(axis=(1, 3))).max() <= 0.51


def test_fine_patterns_do_not_flicker_when_the_face_is_large():
    grid = np.indices((400, 400)).sum(axis=0) % 2 * 255
    picture = np.repeat(grid[..., None], 3, axis=-1).astype(np.uint8)
    middle = [20, 20] - similarity(0.2, 0.3, 0, 0)[:, :2] @ [200, 200]
    transforms = np.stack([similarity(0.2, 0.3, *(middle + d)) for d in (0.0, 0.1, 0.2)])
    faces = np.asarray(warp_faces([picture] * 3, transforms, SIZE))
    assert np.abs(faces.astype(float) - 127.5).max() < 8
    plain = reference(picture, transforms[0], SIZE)
    assert np.abs(plain - 127.5).max() > 100  # what the halving protects from


def test_sharpness_changes_smoothly_with_size():
    picture = np.random.default_rng(0).integers(0, 256, (400, 400, 3), dtype=np.uint8)
    scales = np.linspace(0.2, 1.2, 60)
    transforms = np.stack([similarity(s, 0.2, 20 - 200 * s, 20 - 200 * s) for s in scales])
    deviation = np.asarray(warp_faces([picture] * 60, transforms, SIZE)).std(axis=(1, 2, 3))
    assert np.abs(np.diff(deviation)).max() < 6
    assert deviation[0] < 25 < 40 < deviation[-1]


def test_face_does_not_depend_on_its_neighbours():
    rng = np.random.default_rng(0)
    images = [smooth_picture(80 + 9 * i, 200 - 7 * i, seed=i) for i in range(7)]
    transforms = np.stack(
        [similarity(s, a, 20, -10) for s, a in rng.uniform((0.3, -1), (2, 1), (7, 2))]
    )
    together = np.asarray(warp_faces(images, transforms, SIZE))
    alone = [
        np.asarray(warp_faces([image], transform[None], SIZE))[0]
        for image, transform in zip(images, transforms, strict=True)
    ]
    # The place of the window decides the last bits of the positions.
    assert np.abs(together.astype(int) - np.stack(alone)).max() <= 1


def test_without_a_cpu_backend_the_accelerator_does_it(monkeypatch):
    transforms = similarity(1.5, 0.2, 0, 0)[None]
    usual = np.asarray(warp_faces([smooth_picture()], transforms, SIZE))

    def no_such_backend(backend):
        raise RuntimeError(f"Unknown backend {backend}")

    monkeypatch.setattr("jax.local_devices", no_such_backend)
    face = np.asarray(warp_faces([smooth_picture()], transforms, SIZE))
    np.testing.assert_array_equal(face, usual)


def test_face_wholly_outside_the_picture_repeats_the_nearest_pixels():
    picture = smooth_picture()
    face = np.asarray(warp_faces([picture], similarity(1, 0, 5000, 5000)[None], SIZE))[0]
    np.testing.assert_array_equal(face, np.broadcast_to(picture[0, 0], face.shape))


@given(st.floats(0.1, 10), st.floats(-3, 3), st.floats(-99, 99), st.floats(-99, 99))
def test_inverse_undoes_the_transform(scale, angle, x, y):
    transform = similarity(scale, angle, x, y)
    inverse = invert_transforms(transform[None])[0]
    point = np.array([3.0, -7.0, 1.0])
    np.testing.assert_allclose(inverse @ [*(transform @ point), 1], point[:2], atol=1e-8)
