"""Landmarks of pictures of a real person, scikit-image's astronaut, and of real videos."""

import pathlib

import numpy as np
import pytest
from skimage import data

from au_jax.faces.alignment import align_video
from au_jax.faces.face_mesh import FaceMesh
from au_jax.faces.face_tracker import FaceTracker
from au_jax.faces.followed_face import PATIENCE
from au_jax.faces.mean_shape import MEAN_SHAPE, STABLE_POINTS
from au_jax.faces.people_tracker import SEARCH_EVERY
from au_jax.faces.picture_crop import Square
from au_jax.faces.video import Video
from tests.made.portraits import HEIGHT, WIDTH, camera, frame, photograph
from tests.made.videos import apply, write_video

pytestmark = pytest.mark.usefixtures("landmark_models")

SHARED = pathlib.Path(__file__).parents[3] / "shared/datasets"
MIRRORED = np.array(
    [int(np.abs(MEAN_SHAPE * [-1, 1] + [200, 0] - p).sum(axis=1).argmin()) for p in MEAN_SHAPE]
)
"""For each of the 68 points the one on the other side of the face."""


def find(image):
    points, confidence = FaceTracker()([frame(image)])
    return points[0], bool(confidence[0])


@pytest.fixture(scope="module")
def reference(landmark_models):
    """The astronaut's landmarks in the original picture."""
    points, found = find(data.astronaut())
    assert found
    return points


def eye_distance(points):
    return np.linalg.norm(points[36:42].mean(axis=0) - points[42:48].mean(axis=0))


def error(found, expected):
    """Mean distance over the 49 points, in distances of the eyes."""
    away = np.linalg.norm(found - expected, axis=1)[STABLE_POINTS].mean()
    return away / eye_distance(expected)


def test_landmarks_lie_where_they_belong(reference):
    # Corners of the eyes and of the mouth, tip of the nose and chin, read off the enlarged picture.
    by_eye = {
        36: (193, 101),
        39: (212, 103),
        42: (237, 105),
        45: (258, 104),
        48: (203, 140),
        54: (245, 141),
        30: (224, 127),
        8: (221, 178),
    }
    for point, place in by_eye.items():
        assert np.linalg.norm(reference[point] - place) < 4, point
    assert 40 < eye_distance(reference) < 50


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("scale", [0.5, 1, 2])
@pytest.mark.parametrize("degrees", [-30, 0, 30])
def test_landmarks_turn_grow_and_mirror_with_the_face(reference, scale, degrees, mirrored):
    transform = camera(scale, degrees)
    image, expected = photograph(transform), apply(transform, reference)
    if mirrored:
        image = np.ascontiguousarray(image[:, ::-1])
        expected = (expected * [-1, 1] + [WIDTH - 1, 0])[MIRRORED]
    points, found = find(image)
    assert found
    # A mirrored face is another face to the networks, which are not symmetric.
    assert error(points, expected) < (0.04 if mirrored else 0.02)


def test_aligned_faces_of_a_moving_face_agree(tmp_path, reference):
    count = 40
    cameras = [
        camera(
            1.35 + 0.35 * np.sin(i / 9),
            30 * np.sin(i / 6),
            180 + 60 * np.sin(i / 5),
            150 + 20 * np.cos(i / 7),
        )
        for i in range(count)
    ]
    images = np.array([photograph(transform, 300, 360) for transform in cameras])
    path = write_video(tmp_path / "moving.mov", images, codec="png")
    with Video(path) as video:
        blocks = list(align_video(video, FaceTracker()))
    assert np.concatenate([block.tracked for block in blocks]).all()
    faces = np.concatenate([block.faces for block in blocks]).astype(float)
    inside = faces[:, 30:185, 35:165]
    differences = np.abs(inside - np.median(inside, axis=0)).mean(axis=(1, 2, 3))
    assert differences.max() < 3 and differences.mean() < 1.5
    # Neither do the landmarks move within the aligned face.
    landmarks = np.concatenate([block.landmarks for block in blocks])
    assert landmarks.std(axis=0).mean() < 1


def test_the_same_frame_has_nearly_the_same_landmarks_whatever_came_before(reference):
    last = photograph(camera(1, 0))
    before = [photograph(camera(1.2, 20, 340, 190)), photograph(camera(1.1, 10, 330, 185))]
    points, _ = FaceTracker()([frame(image, n) for n, image in enumerate([*before, last], 1)])
    assert error(points[-1], find(last)[0]) < 0.01


def two_faces(left_scale, right_scale, hide_left=False):
    """Two faces side by side, turned a little apart to tell them."""
    left = photograph(camera(left_scale, 0, 160, 200), HEIGHT, 320)
    right = photograph(camera(right_scale, 0, 160, 200), HEIGHT, 320)
    if hide_left:
        left = np.full_like(left, 120)
    return np.concatenate([left, right], axis=1)


def side_of(points):
    return "left" if points[:, 0].mean() < 320 else "right"


@pytest.mark.parametrize(("scales", "side"), [((1.2, 0.9), "left"), ((0.9, 1.2), "right")])
def test_largest_face_is_taken_and_kept(scales, side):
    frames = [frame(two_faces(*scales), 1), frame(two_faces(*scales[::-1]), 2)]
    points, confidence = FaceTracker()(frames)
    assert (confidence > 0.5).all() and [side_of(p) for p in points] == [side, side]


def test_more_central_of_equal_faces_is_taken():
    image = np.concatenate(
        [
            photograph(camera(1, 0, 100, 200), HEIGHT, 200),
            photograph(camera(1, 0, 130, 200), HEIGHT, 300),
        ],
        axis=1,
    )
    points, success = find(image)
    assert success and points[:, 0].mean() > 200


def test_nobody_takes_over_while_the_face_is_hidden_for_a_moment():
    there, hidden = two_faces(1.2, 0.9), two_faces(1.2, 0.9, hide_left=True)
    patience = round(PATIENCE * 25)
    images = [there, *[hidden] * 6, there, *[hidden] * (patience + 2)]
    points, confidence = FaceTracker()([frame(image, n) for n, image in enumerate(images, 1)])
    found = [side_of(p) if ok else "" for p, ok in zip(points, confidence, strict=True)]
    assert found[:8] == ["left", *[""] * 6, "left"]
    assert found[8 : 8 + patience] == [""] * patience
    assert found[-1] == "right"  # nobody comes back: the other is taken


def test_small_face_is_found_within_a_few_frames():
    # An eleventh of the picture's height, where the detector alone sees none.
    small = photograph(camera(0.38, 0), 480, 800)
    empty = np.full_like(small, 90)
    picture = empty.copy()
    picture[100:260, 240:400] = small[100:260, 240:400]
    images = [empty, *[picture] * (SEARCH_EVERY + 1)]
    _, confidence = FaceTracker()([frame(image, n) for n, image in enumerate(images, 1)])
    assert not confidence[0] and confidence[-2:].all()


def test_pictures_without_a_face_have_no_landmarks():
    for image in (data.coffee(), np.zeros((30, 500, 3), np.uint8), np.full((2, 2, 3), 9, np.uint8)):
        points, found = find(image)
        assert not found and np.isnan(points).all()


def test_mesh_is_less_sure_where_no_face_is():
    image = photograph(camera(1, 0))
    mesh = FaceMesh()
    found = mesh.settle(image, Square(320, 180, 190))
    assert found is not None and 0.9 < found[1] <= 1
    assert mesh.settle(np.full_like(image, 100), Square(320, 180, 190)) is None
    for square in (Square(5000, 180, 190), Square(320, 180, 1e9), Square(320, np.nan, 190)):
        assert mesh.settle(image, square) is None


REAL = {"single_face.mp4": (72, 72), "no_face.mp4": (95, 0), "face_noface.mov": (169, 72)}


@pytest.mark.skipif(not (SHARED / "real_faces").exists(), reason="the real videos are not here")
@pytest.mark.parametrize("name", [*REAL, "multi_face.jpg"])
def test_faces_of_real_videos_are_found_and_nothing_else(name):
    with Video(SHARED / "real_faces" / name) as video:
        blocks = list(align_video(video, FaceTracker(), 64))
    tracked = np.concatenate([block.tracked for block in blocks])
    frames, faces = REAL.get(name, (1, 1))
    assert tracked.tolist() == [True] * faces + [False] * (frames - faces)
    confidence = np.concatenate([block.confidence for block in blocks])
    assert (confidence[:faces] > 0.5).all() and (confidence <= 1).all()
    assert not confidence[faces:].any()
