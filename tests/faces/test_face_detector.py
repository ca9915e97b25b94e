import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from skimage import data

from au_jax.faces.face_detector import (
    FaceDetector,
    _starts,
    decode,
    make_anchors,
    merge_overlapping,
    overlap,
)

FACE = np.array([170.0, 66.0, 275.0, 174.0])  # box of the face of scikit-image's astronaut, by eye


def test_anchors_are_the_centres_of_two_grids():
    anchors = make_anchors()
    assert anchors.shape == (896, 2) and anchors.dtype == np.float32
    first, second = anchors[:512].reshape(16, 16, 2, 2), anchors[512:].reshape(8, 8, 6, 2)
    for grid in (first, second):
        cells = len(grid)
        for row in range(cells):
            for column in range(cells):
                centre = ((column + 0.5) / cells, (row + 0.5) / cells)
                np.testing.assert_allclose(grid[row, column], [centre] * grid.shape[2])


def test_decoding_counts_from_the_anchor_in_pixels_of_the_input():
    anchors = make_anchors()
    regressors, logits = np.zeros((896, 16), np.float32), np.full(896, -200, np.float32)
    regressors[700] = [12.8, -6.4, 25.6, 51.2, *range(12)]
    logits[700], logits[701] = 2, -0.01
    with np.errstate(all="raise"):
        scores, places = decode(regressors, logits, anchors)
    np.testing.assert_allclose(scores, [1 / (1 + np.exp(-2))], rtol=1e-6)
    x, y = anchors[700] + [0.1, -0.05]
    np.testing.assert_allclose(places[0, 0], [x - 0.1, y - 0.2], rtol=1e-5)
    np.testing.assert_allclose(places[0, 1], [x + 0.1, y + 0.2], rtol=1e-5)
    points = anchors[700] + np.arange(12).reshape(6, 2) / 128
    np.testing.assert_allclose(places[0, 2:], points, rtol=1e-5)


def boxes_strategy():
    place, side = st.floats(0, 1), st.floats(0.1, 0.5)
    return st.lists(st.tuples(place, place, side, side, st.floats(0.5, 1)), max_size=12)


def naive_overlap(a, b):
    width = max(0, min(a[1, 0], b[1, 0]) - max(a[0, 0], b[0, 0]))
    height = max(0, min(a[1, 1], b[1, 1]) - max(a[0, 1], b[0, 1]))
    areas = [(box[1, 0] - box[0, 0]) * (box[1, 1] - box[0, 1]) for box in (a, b)]
    return width * height / (sum(areas) - width * height)


@given(boxes_strategy())
def test_merging_is_that_of_the_naive_algorithm(boxes):
    scores = np.array([box[4] for box in boxes], np.float32)
    places = np.zeros((len(boxes), 8, 2), np.float32)
    for place, (x, y, w, h, _) in zip(places, boxes, strict=True):
        place[:] = [(x, y), (x + w, y + h), *[(x + w / 2, y + h / 3)] * 6]
    left, expected = sorted(range(len(boxes)), key=lambda i: -scores[i]), []
    while left:
        group = [i for i in left if i == left[0] or naive_overlap(places[left[0]], places[i]) > 0.3]
        mean = sum(scores[i] * places[i] for i in group) / sum(scores[i] for i in group)
        expected.append((scores[left[0]], mean))
        left = [i for i in left if i not in group]
    merged_scores, merged = merge_overlapping(scores, places)
    assert merged.shape == (len(expected), 8, 2)
    np.testing.assert_allclose(merged_scores, [score for score, _ in expected])
    if expected:
        np.testing.assert_allclose(merged, [mean for _, mean in expected], atol=1e-5)


def test_overlap_of_known_boxes():
    unit = np.array([(0.0, 0.0), (1.0, 1.0)])
    others = np.array([unit, unit + np.array([0.5, 0]), unit + 2, unit * 2])
    np.testing.assert_allclose(overlap(unit, others), [1, 1 / 3, 0, 1 / 4])


@given(st.integers(1, 3000), st.integers(1, 3000))
def test_squares_cover_a_length_and_overlap_by_half(length, side):
    side = min(length, side)
    starts = _starts(length, side)
    assert starts[0] == 0 and starts[-1] == length - side
    assert max(np.diff(starts), default=0) <= side / 2 + 1
    assert len(starts) == 1 or length > side


def intersection_over_union(found, expected):
    return naive_overlap(np.reshape(found, (2, 2)), np.reshape(expected, (2, 2)))


@pytest.mark.usefixtures("landmark_models")
def test_face_is_found_where_it_is():
    found = FaceDetector()(data.astronaut())
    assert len(found) == 1 and found.scores[0] > 0.8
    assert intersection_over_union(found.boxes[0], FACE) > 0.6
    (left_eye, right_eye, nose, mouth), _ = np.split(found.points[0], [4])
    assert left_eye[0] < nose[0] < right_eye[0] and left_eye[1] < nose[1] < mouth[1]


@pytest.mark.usefixtures("landmark_models")
@pytest.mark.parametrize("place", [(0, 0), (417, 150), (600, 280)])
def test_small_face_is_found_by_searching(place):
    picture = np.full((480, 800, 3), 90, np.uint8)
    small = np.asarray(Image.fromarray(data.astronaut()).resize((200, 200)))
    x, y = place
    picture[y : y + 200, x : x + 200] = small
    detector = FaceDetector()
    found = detector.search(picture)
    assert len(found) == 1
    expected = FACE * 200 / 512 + [x, y, x, y]
    assert intersection_over_union(found.boxes[0], expected) > 0.5
    assert len(detector(picture)) == 0 or detector(picture).scores[0] < found.scores[0]


@pytest.mark.usefixtures("landmark_models")
def test_no_face_is_found_where_none_is():
    detector = FaceDetector()
    for picture in (data.coffee(), data.chelsea(), np.zeros((40, 700, 3), np.uint8)):
        found = detector.search(picture)
        assert len(found) == 0 and found.boxes.shape == (0, 4) and found.points.shape == (0, 6, 2)
