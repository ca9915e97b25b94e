"""Several faces in one picture: pictures of a real person side by side, and real videos."""

import functools
import pathlib
import pickle

import numpy as np
import pytest

from au_jax.errors import InputError
from au_jax.faces.alignment import FaceAligner
from au_jax.faces.face_tracker import FaceTracker
from au_jax.faces.followed_face import PATIENCE, FollowedFace, are_of_one_face
from au_jax.faces.people_tracker import SEARCH_EVERY, PeopleState, PeopleTracker
from au_jax.faces.picture_crop import Square
from au_jax.faces.video import Video
from tests.made.portraits import HEIGHT, camera, frame, photograph

pytestmark = pytest.mark.usefixtures("landmark_models")

REAL = pathlib.Path(__file__).parents[3] / "shared/datasets/real_faces"
needs_real = pytest.mark.skipif(not REAL.exists(), reason="the real videos are not here")
PATIENT_FRAMES = round(PATIENCE * 25)


def side_by_side(*pictures):
    return np.concatenate(pictures, axis=1)


@functools.cache
def portrait(scale=1.0, x=150.0, degrees=0.0, width=300):
    return photograph(camera(scale, degrees, x, 200), HEIGHT, width)


def hidden(picture):
    return np.full_like(picture, 120)


def track(images, people, block=16):
    frames = [frame(image, number) for number, image in enumerate(images, 1)]
    tracker = PeopleTracker(people)
    parts = [tracker(frames[i : i + block]) for i in range(0, len(frames), block)]
    points, confidence = (np.concatenate(part) for part in zip(*parts, strict=True))
    found = confidence > 0
    assert points.dtype == confidence.dtype == np.float32
    assert (confidence[found] > 0.5).all() and (confidence <= 1).all()
    np.testing.assert_array_equal(np.isfinite(points).all(axis=(2, 3)), found)
    assert_no_shared_face(points)
    return points, confidence


def assert_no_shared_face(points):
    """No two people's points of a frame lie in one place."""
    middles, heights = points.mean(axis=2), np.ptp(points[..., 1], axis=2)
    for one in range(points.shape[1]):
        for other in range(one):
            apart = np.linalg.norm(middles[:, one] - middles[:, other], axis=-1)
            assert not (apart < 0.5 * np.maximum(heights[:, one], heights[:, other])).any()


def columns_of(points, width=300):
    """In which picture of those side by side each person is; -1 for nowhere."""
    places = points[..., 0].mean(axis=-1) // width
    return np.where(np.isnan(places), -1, places).astype(int)


def test_five_faces_have_numbers_by_prominence():
    scales = (0.8, 1.3, 0.9, 1.2, 1.0)
    picture = side_by_side(*(portrait(scale) for scale in scales))
    points, confidence = track([picture] * 3, 5)
    assert confidence.all()
    places = columns_of(points)
    assert sorted(places[0]) == [0, 1, 2, 3, 4] and (places == places[0]).all()
    assert set(places[0, :2]) == {1, 3}
    two, confidence = track([picture] * 3, 2)
    assert confidence.all()
    np.testing.assert_array_equal(two, points[:, :2])


@needs_real
@pytest.mark.parametrize("people", [2, 5, 7])
def test_all_faces_of_a_real_picture_are_found_and_nothing_else(people):
    with Video(REAL / "multi_face.jpg") as picture:
        (image,) = (one.image for one in picture)
    _, confidence = track([image] * (SEARCH_EVERY + 2), people)
    expected = [True] * min(people, 5) + [False] * max(0, people - 5)
    assert ((confidence > 0) == expected).all()


def real_pair():
    """A real video beside itself, the right one mirrored and half a second later."""
    with Video(REAL / "single_face.mp4") as video:
        images = [one.image for one in video]
    pairs = zip(images, images[15:], strict=False)
    return [side_by_side(left, right[:, ::-1]) for left, right in pairs]


@needs_real
def test_two_moving_faces_of_real_videos_keep_their_numbers():
    points, confidence = track(real_pair(), 2)
    assert confidence.all()
    places = columns_of(points, 640)
    assert sorted(places[0]) == [0, 1] and (places == places[0]).all()


def test_numbers_stay_while_faces_move():
    # They swap their sizes, and so their prominence, on the way.
    steps = np.linspace(-1, 1, 24)
    images = [
        side_by_side(
            portrait(1.1 + 0.2 * step, 150 + 40 * step, 15 * step),
            portrait(1.1 - 0.2 * step, 150 + 40 * step),
        )
        for step in steps
    ]
    points, confidence = track(images, 2)
    assert confidence.all() and (columns_of(points) == [1, 0]).all()


@pytest.mark.parametrize("away", [5, PATIENT_FRAMES + 10])
@pytest.mark.parametrize("who", [0, 1])
def test_who_comes_back_gets_the_same_number(away, who):
    left, right = portrait(1.3), portrait(0.9)
    there = side_by_side(left, right)
    gone = side_by_side(hidden(left), right) if who == 0 else side_by_side(left, hidden(right))
    points, _ = track([there, there, *[gone] * away, *[there] * (SEARCH_EVERY + 1)], 2)
    places = columns_of(points)
    assert (places[:, 1 - who] == 1 - who).all()
    assert (places[:2, who] == who).all() and (places[2 : 2 + away, who] == -1).all()
    assert places[-1, who] == who
    back = places[2 + away :, who]
    assert (back[np.argmax(back >= 0) :] == who).all()


def test_number_of_a_hidden_face_is_kept_for_it_for_a_while():
    # Whoever comes elsewhere meanwhile waits, as all numbers are given out.
    one, two, three = portrait(1.3), portrait(1.1), portrait(1.0)
    both = side_by_side(hidden(three), two, one)
    other = side_by_side(three, two, hidden(one))
    points, _ = track([both, *[other] * (PATIENT_FRAMES + 2 * SEARCH_EVERY)], 2)
    places = columns_of(points)
    assert places[0].tolist() in ([1, 2], [2, 1])
    right = places[0].tolist().index(2)
    assert (places[:, 1 - right] == 1).all()
    assert (places[1 : 1 + PATIENT_FRAMES, right] == -1).all() and places[-1, right] == 0


def test_newcomer_gets_a_new_number():
    one, other = portrait(1.2), portrait(0.8)
    alone, both = side_by_side(one, hidden(other)), side_by_side(one, other)
    points, _ = track([*[alone] * 3, *[both] * 4 * SEARCH_EVERY], 3)
    places = columns_of(points)
    assert (places[:, 0] == 0).all() and (places[:3, 1] == -1).all() and places[-1, 1] == 1
    assert (places[:, 2] == -1).all()


def test_face_that_goes_behind_another_is_lost_and_the_other_keeps_its_number():
    front = portrait(1.2, 300, 0, 600)
    images = []
    for x in (*range(90, 300, 15), *[300] * 5):
        image = portrait(0.8, float(x), 0, 600).copy()
        image[:, 220:] = front[:, 220:]
        images.append(image)
    points, confidence = track(images, 2)
    assert confidence[:3].all()
    assert (confidence[:, 0] > 0).all() and not confidence[-3:, 1].any()
    middle = points[:, 0, :, 0].mean(axis=1)
    assert np.ptp(middle) < 5


def test_squares_of_one_face_overlap_much():
    face = Square(100, 100, 150)
    assert are_of_one_face(face, Square(130, 120, 120, 0.5))
    assert are_of_one_face(face, Square(100, 130, 30)) and are_of_one_face(Square(90, 90, 40), face)
    assert not are_of_one_face(face, Square(190, 100, 150))


def test_one_of_one_person_is_the_face_tracker():
    left, right = portrait(1.2), portrait(0.9)
    there, other = side_by_side(left, right), side_by_side(hidden(left), right)
    images = [hidden(there), there, other, there, *[other] * (PATIENT_FRAMES + 3), there]
    points, confidence = track(images, 1)
    tracker = FaceTracker()
    alone = tracker([frame(image, number) for number, image in enumerate(images, 1)])
    np.testing.assert_array_equal(points[:, 0], alone[0])
    np.testing.assert_array_equal(confidence[:, 0], alone[1])
    assert (confidence > 0).any() and not confidence.all()


@pytest.mark.parametrize("turn", [1, 3])
def test_head_turned_by_a_quarter_is_found_and_kept(turn):
    picture = np.ascontiguousarray(np.rot90(portrait(1.2), turn))
    points, confidence = FaceTracker()([frame(picture, number) for number in range(1, 5)])
    assert (confidence > 0.5).all()
    eyes = points[:, 36:42].mean(axis=1) - points[:, 42:48].mean(axis=1)
    assert (np.abs(eyes[:, 1]) > 5 * np.abs(eyes[:, 0])).all()


@pytest.mark.parametrize("half", [7, 20])
def test_stopped_tracker_goes_on_with_the_same_results(half):
    left, right = portrait(1.2), portrait(0.9)
    there, other = side_by_side(left, right), side_by_side(hidden(left), right)
    images = [there, there, *[other] * 15, *[there] * 10, *[other] * 3]
    frames = [frame(image, number) for number, image in enumerate(images, 1)]
    for make in (functools.partial(PeopleTracker, 2), FaceTracker):
        whole_tracker, first = make(), make()
        whole = whole_tracker(frames)
        before = first(frames[:half])
        second = make(pickle.loads(pickle.dumps(first.state)))
        after = second(frames[half:])
        for parts in zip(whole, before, after, strict=True):
            np.testing.assert_array_equal(parts[0], np.concatenate(parts[1:]))
        assert second.state == whole_tracker.state


def test_people_are_aligned_each_for_themselves():
    picture = side_by_side(portrait(1.2), portrait(0.9))
    frames = [frame(picture, number) for number in (1, 2)]
    points, confidence = PeopleTracker(2)(frames)
    faces = []
    for person in (0, 1):
        aligned, made = FaceAligner(100)(frames, points[:, person], confidence[:, person])
        faces.append(aligned.with_faces(made).faces[0].astype(float))
        assert aligned.tracked.all()
        np.testing.assert_array_equal(aligned.confidence, confidence[:, person])
    inside = np.abs(faces[0] - faces[1])[15:92, 18:82]
    assert inside.mean() < 8  # the same person, of two sizes


def test_numbers_of_people_that_make_no_sense_are_refused():
    with pytest.raises(InputError, match="0 people cannot be followed; give a number from 1"):
        PeopleTracker(0)
    state = PeopleState((FollowedFace(),) * 2)
    with pytest.raises(InputError, match=r"the state is of 2 people .* for 3; give the same"):
        PeopleTracker(3, state)
    with pytest.raises(InputError, match=r"the state is of 2 people .* for 1"):
        FaceTracker(state)
