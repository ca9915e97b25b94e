import numpy as np
import pytest

from au_jax.faces.similarity import target_points
from au_jax.features.face_features import feature_extractor, grey
from au_jax.settings import FeatureKind


@pytest.mark.parametrize(
    ("kind", "sizes"),
    [
        (FeatureKind.HOG_LANDMARKS, {200: 6272, 100: 6272}),
        (FeatureKind.HOG_FACE, {200: 11 * 11 * 32, 100: 11 * 11 * 32}),
        (FeatureKind.GABOR, {200: 5760, 100: 5760}),
        (FeatureKind.SHAPE, {200: 98, 100: 98}),
    ],
)
def test_every_kind_gives_as_many_values_as_groups(kind, sizes):
    for size, count in sizes.items():
        extractor = feature_extractor(kind, (size, size, 3))
        faces = np.random.default_rng(0).integers(0, 256, (2, size, size, 3), np.uint8)
        points = np.broadcast_to(target_points(size), (2, 49, 2)).astype(np.float32)
        found = extractor.extract(faces, points)
        assert found.shape == (2, count) and len(extractor.group) == count
        assert np.isfinite(found).all()
        groups = np.unique(extractor.group)
        assert np.array_equal(groups, np.arange(len(groups)))


def test_a_landmark_sees_its_own_patch_only():
    extractor = feature_extractor(FeatureKind.HOG_LANDMARKS, (200, 200, 1))
    points = target_points(200).astype(np.float32)[None]
    faces = np.full((1, 200, 200, 1), 100, np.uint8)
    faces[0, 140:150, 95:105] = 200  # between the lips
    seen = np.flatnonzero(extractor.extract(faces, points)[0])
    landmarks = np.unique(extractor.group[seen])
    distance = np.abs(points[0, landmarks] - np.array([100.0, 145.0])).max(axis=1)
    assert 0 < len(landmarks) < 25 and (distance < 16 + 6 + 1).all()


def test_grey_weighs_colours_like_the_eye_and_lies_in_0_to_1():
    faces = np.zeros((3, 4, 4, 3), np.uint8)
    faces[0, ..., 0], faces[1, ..., 1], faces[2, ..., 2] = 255, 255, 255
    np.testing.assert_allclose(np.asarray(grey(faces))[:, 0, 0], [0.299, 0.587, 0.114], rtol=1e-5)
    one = np.full((1, 8, 8, 1), 51, np.uint8)
    np.testing.assert_allclose(np.asarray(grey(one, 4)), np.full((1, 4, 4), 0.2), rtol=1e-5)
