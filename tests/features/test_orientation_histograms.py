import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage.feature import hog as reference_hog

from au_jax.features import orientation_histograms as hog

CELL = 4
PATCH = CELL * hog.CELLS


def pictures(seed, n=2, height=40, width=48):
    rng = np.random.default_rng(seed)
    smooth = np.cumsum(np.cumsum(rng.normal(size=(n, height, width)), axis=1), axis=2)
    return (smooth / np.abs(smooth).max()).astype(np.float32)


def reference(picture, cell, cells):
    return reference_hog(
        picture,
        orientations=hog.ORIENTATIONS,
        pixels_per_cell=(cell, cell),
        cells_per_block=(cells, cells),
        block_norm="L2",
        feature_vector=False,
    )


@pytest.mark.parametrize(("height", "width"), [(40, 48), (41, 51)])
def test_face_histograms_are_those_of_scikit_image(height, width):
    faces = pictures(0, height=height, width=width)
    found = np.asarray(hog.face_histograms(faces, cell=8))
    whole = faces[:, : height // 8 * 8, : width // 8 * 8]
    # scikit-image takes gradients before it drops what is left of the last cell; so do we.
    expected = np.array([reference(face, 8, 2).ravel() for face in faces])
    assert whole.shape[1:] == (40, 48)
    # Pixels whose orientation lies on the border of two bins may fall on either side.
    assert np.mean(np.abs(found - expected) < 1e-4) > 0.99
    np.testing.assert_allclose(found, expected, atol=0.02)


def test_patches_are_those_of_scikit_image_cut_out_of_the_face():
    faces = pictures(1)
    corners = np.array([[4, 8], [12, 20], [20, 4]])  # x and y of the top left pixel
    points = np.broadcast_to(corners + PATCH // 2 - 0.5, (2, 3, 2)).astype(np.float32)
    found = np.asarray(hog.landmark_histograms(faces, points, cell=CELL)).reshape(2, 3, -1)
    for face, by_patch in zip(faces, found, strict=True):
        for (x, y), values in zip(corners, by_patch, strict=True):
            # One more cell on each side, so that gradients at the border see their neighbours.
            around = face[y - CELL : y + PATCH + CELL, x - CELL : x + PATCH + CELL]
            expected = reference(around, CELL, hog.CELLS)[1, 1]
            expected = expected / np.sqrt((expected**2).sum() + 1e-10)
            np.testing.assert_allclose(values, expected.ravel(), atol=0.02)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.floats(-60, 120), st.floats(-60, 120))
def test_patches_against_a_naive_loop_wherever_the_landmark_is(seed, x, y):
    face = pictures(seed, n=1, height=32, width=32)
    found = hog.landmark_histograms(face, np.array([[[x, y]]], np.float32), cell=CELL)
    channels = np.asarray(hog.gradient_channels(jnp.asarray(face)))[0]
    left, top = (int(np.round(np.float32(v) + np.float32(0.5))) - PATCH // 2 for v in (x, y))
    expected = np.zeros((hog.CELLS, hog.CELLS, hog.ORIENTATIONS))
    for row in range(PATCH):
        for column in range(PATCH):
            i, j = top + row, left + column
            if 0 <= i < 32 and 0 <= j < 32:
                expected[row // CELL, column // CELL] += channels[i, j]
    expected /= np.sqrt((expected**2).sum() + 1e-10)
    np.testing.assert_allclose(np.asarray(found)[0], expected.ravel(), atol=1e-4)


def test_sizes_and_norms():
    found = np.asarray(
        hog.landmark_histograms(pictures(2), np.full((2, 49, 2), 20.0, np.float32), cell=CELL)
    )
    assert found.shape == (2, 49 * 128)
    np.testing.assert_allclose(np.linalg.norm(found.reshape(2, 49, 128), axis=2), 1, rtol=1e-4)
    flat = hog.landmark_histograms(
        np.ones((1, 40, 40), np.float32), np.full((1, 1, 2), 20.0, np.float32), cell=CELL
    )
    assert not np.asarray(flat).any()


def test_an_edge_falls_into_the_bin_of_its_gradient():
    picture = np.zeros((1, 32, 32), np.float32)
    picture[:, :, 16:] = 1.0  # brighter to the right: the gradient has 0 degrees
    channels = np.asarray(hog.gradient_channels(jnp.asarray(picture))).sum(axis=(0, 1, 2))
    assert channels[0] > 0 and not channels[1:].any()
    turned = jnp.asarray(picture.transpose(0, 2, 1))
    across = np.asarray(hog.gradient_channels(turned)).sum(axis=(0, 1, 2))
    assert across[4] > 0 and not np.delete(across, 4).any()  # 90 of 180 degrees


def test_blocks_are_numbered_like_the_values():
    groups = hog.face_blocks(40, 48, 8)
    found = np.asarray(hog.face_histograms(pictures(3), cell=8))
    assert len(groups) == found.shape[1]
    assert np.array_equal(np.bincount(groups), np.full(4 * 5, 4 * hog.ORIENTATIONS))


def test_lengths_scale_with_the_face():
    assert [hog.scaled_pixels(8, size) for size in (200, 100, 50, 10)] == [8, 4, 2, 1]
