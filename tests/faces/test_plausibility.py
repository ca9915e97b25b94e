import numpy as np
import pytest

from au_jax.faces.mean_shape import MEAN_SHAPE, STABLE_POINTS
from au_jax.faces.plausibility import has_jumped, is_plausible
from au_jax.faces.similarity import fit_similarity, target_points
from tests.made.videos import apply, similarity

PICTURE = (480, 640)


def plausible(points, size=200, picture=PICTURE):
    transforms, residual = fit_similarity(points[None, STABLE_POINTS], target_points(size))
    return bool(is_plausible(transforms, residual, size, picture)[0])


FACE = apply(similarity(1.2, 0.1, 180, 100), MEAN_SHAPE)


@pytest.mark.parametrize("size", [100, 200])
def test_faces_are_plausible_and_other_points_are_not(size):
    rng = np.random.default_rng(0)
    assert plausible(FACE, size)
    assert plausible(FACE + rng.normal(0, 6, FACE.shape), size)
    upside_down = apply(similarity(1, np.pi, 640, 480), FACE)
    assert plausible(upside_down, size)
    mirrored = FACE * [-1, 1] + [640, 0]
    tiny = apply(similarity(0.09, 0, 200, 200), MEAN_SHAPE)
    outside = FACE + np.array([800, 0])
    larger_than_the_picture = apply(similarity(9, 0, -600, -600), MEAN_SHAPE)
    noise = rng.uniform(0, 480, FACE.shape)
    one_place = np.full_like(FACE, 200.0)
    missing = FACE.copy()
    missing[30] = np.nan
    huge = FACE * 1e200
    for points in (
        mirrored,
        tiny,
        outside,
        larger_than_the_picture,
        noise,
        one_place,
        missing,
        huge,
    ):
        assert not plausible(points, size)


def test_small_and_turned_faces_are_kept_up_to_the_stated_limits():
    def with_eyes_apart(distance):
        camera = similarity(distance / 80, 0, 0, 0)
        camera[:, 2] = [320, 240] - apply(camera, np.array([100.0, 90.0]))
        return apply(camera, MEAN_SHAPE)

    assert plausible(with_eyes_apart(8.01)) and not plausible(with_eyes_apart(7.99))
    assert plausible(with_eyes_apart(639)) and not plausible(with_eyes_apart(641))
    squeezed = [MEAN_SHAPE * [w, 1] + 100 for w in (0.8, 0.3)]
    assert [plausible(points) for points in squeezed] == [True, False]


def jumps(cameras, good=None, rate=25, size=200):
    points = np.stack([apply(camera, MEAN_SHAPE[STABLE_POINTS]) for camera in cameras])
    transforms, _ = fit_similarity(points, target_points(size))
    good = np.ones(len(points), bool) if good is None else np.array(good, bool)
    return has_jumped(transforms, good, np.arange(len(points)) / rate, size).tolist()


@pytest.mark.parametrize("size", [100, 200])
@pytest.mark.parametrize("scale", [0.3, 1, 4])
def test_face_may_move_by_the_distance_of_its_eyes(size, scale):
    def at(shares):
        return [similarity(scale, 0.3, 300 + 80 * scale * share, 200) for share in shares]

    assert jumps(at([0, 0.99, 0]), size=size) == [False] * 3
    assert jumps(at([0, 1.01, 0]), size=size) == [False, True, True]
    assert jumps(at([0, 0, 2, 2, 2]), size=size) == [False, False, True, False, False]
    # What was no face is not compared; over a longer gap the face may have moved farther.
    assert jumps(at([0, 9, 1.9]), [1, 0, 1], size=size) == [False] * 3
    assert jumps(at([0, 9, 2.1]), [1, 0, 1], size=size) == [False, False, True]
    assert jumps(at([0, 2.4]), rate=10, size=size) == [False, False]
    assert jumps(at([0, 2.6]), rate=10, size=size) == [False, True]
    assert jumps(at([0, 1.1]), rate=250, size=size) == [False, True]


def test_growing_and_shrinking_count_alike():
    small, large = similarity(1, 0, 100, 100), similarity(4, 0, -200, -200)
    assert jumps([small, large]) == jumps([large, small]) == [False, True]
    assert jumps([similarity(1, 0, 100, 100), similarity(1.5, 0, 60, 60)]) == [False, False]


def test_no_frames_and_no_faces_do_not_jump():
    assert jumps([similarity(1, 0, 0, 0)] * 2, [0, 0]) == [False, False]
    assert jumps([similarity(1, 0, 0, 0)]) == [False]
