import numpy as np
import pytest

from au_jax.errors import InputError
from au_jax.faces.landmarks import read_landmark_array, read_landmark_file, read_openface_csv
from au_jax.faces.mean_shape import STABLE_POINTS
from au_jax.faces.video import VideoFrame
from tests.made.videos import landmark_header, write_landmarks


def frames(*numbers):
    return [VideoFrame(number, 0.0, np.zeros((4, 4, 3), np.uint8)) for number in numbers]


def test_points_come_back_by_frame_number(tmp_path):
    points = np.random.default_rng(0).uniform(0, 500, (4, 68, 2))
    path = write_landmarks(tmp_path / "l.csv", points, [1, 1, 0, 1], frames=[2, 3, 5, 9])
    track = read_openface_csv(path)
    found, confidence = track(frames(1, 2, 3, 4, 5, 9, 10))
    expected = np.array([0, 0.9, 0.9, 0, 0, 0.9, 0], np.float32)
    np.testing.assert_array_equal(confidence, expected, strict=True)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found[[1, 2, 5]], points[[0, 1, 3]], atol=1e-3)


def test_columns_may_be_spaced_reordered_and_more(tmp_path):
    header = landmark_header()
    order = np.random.default_rng(0).permutation(len(header))
    cells = ["7", "0.9", "1", *(str(i) for i in range(136))]
    text = ", ".join(["face_id", *(header[i] for i in order), "AU01_r"]) + "\n"
    text += ", ".join(["0", *(cells[i] for i in order), "oops"]) + "\n"
    (tmp_path / "l.csv").write_text(text)
    track = read_openface_csv(tmp_path / "l.csv")
    assert track.frames.tolist() == [7] and track.success.all()
    np.testing.assert_array_equal(track.points[0, :, 0], np.arange(68))
    np.testing.assert_array_equal(track.points[0, :, 1], np.arange(68, 136))


@pytest.mark.parametrize("cell", ["", "nan", "inf", "1e300", "-nan(ind)"])
def test_row_with_a_missing_coordinate_has_no_success(tmp_path, cell):
    rows = [["1", "0.9", "1", *["5"] * 136], ["2", "0.9", "1", *["5"] * 136]]
    rows[1][70] = cell
    (tmp_path / "l.csv").write_text("\n".join(",".join(row) for row in [landmark_header(), *rows]))
    np.testing.assert_array_equal(read_openface_csv(tmp_path / "l.csv").success, [True, False])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda rows: rows[0].__setitem__(5, "x_02"), "line 1: there is no column 'x_2'"),
        (lambda rows: rows[0].__setitem__(2, "ok"), "line 1: there is no column 'success'"),
        (lambda rows: rows[2].__setitem__(9, "left"), "line 3: 'left' in column 'x_6'"),
        (
            lambda rows: rows[2].__setitem__(2, "2"),
            "line 3: '2' in column 'success'; allowed are 1",
        ),
        (
            lambda rows: rows[2].__setitem__(1, "98"),
            "line 3: '98' in column 'confidence'; allowed are numbers from 0 to 1",
        ),
        (lambda rows: rows[2].__setitem__(0, "1"), "line 3: frame 1 comes after frame 1"),
        (lambda rows: rows[2].pop(), "line 3: 138 cells"),
    ],
)
def test_mistakes_are_told_with_file_and_line(tmp_path, change, message):
    rows = [landmark_header(), *(["1", "0.9", "1", *["5"] * 136] for _ in range(2))]
    rows[2][0] = "2"
    change(rows)
    path = tmp_path / "l.csv"
    path.write_text("\n".join(",".join(row) for row in rows))
    with pytest.raises(InputError, match=message) as caught:
        read_openface_csv(path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    ("cell", "success", "expected"),
    [("0.25", 1, 0.25), ("", 1, 1), ("nan", 1, 1), ("0", 1, 0.001), ("0.9", 0, 0), ("-1", 0, 0)],
)
def test_confidence_is_0_where_there_is_no_success_and_nowhere_else(
    tmp_path, cell, success, expected
):
    rows = [landmark_header(), ["1", cell, str(success), *["5"] * 136]]
    (tmp_path / "l.csv").write_text("\n".join(",".join(row) for row in rows))
    _, confidence = read_openface_csv(tmp_path / "l.csv")(frames(1))
    assert confidence[0] == np.float32(expected)


def test_without_a_column_for_it_success_is_the_confidence(tmp_path):
    header = ["" if name == "confidence" else name for name in landmark_header()]
    rows = [header, *([str(number), "", "1", *["5"] * 136] for number in (1, 3))]
    (tmp_path / "l.csv").write_text("\n".join(",".join(row) for row in rows))
    _, confidence = read_openface_csv(tmp_path / "l.csv")(frames(1, 2, 3))
    assert confidence.tolist() == [1, 0, 1]


def test_empty_track_finds_nothing(tmp_path):
    (tmp_path / "l.csv").write_text(",".join(landmark_header()) + "\n")
    points, confidence = read_openface_csv(tmp_path / "l.csv")(frames(1, 2))
    assert points.shape == (2, 68, 2) and confidence.tolist() == [0, 0]


def test_arrays_are_read_by_frame_from_1(tmp_path):
    points = np.random.default_rng(0).uniform(0, 500, (3, 68, 2))
    points[1, 67, 0] = np.nan
    np.save(tmp_path / "l.npy", points)
    found, confidence = read_landmark_file(tmp_path / "l.npy")(frames(1, 2, 3))
    np.testing.assert_array_equal(confidence, np.array([1, 0, 1], np.float32), strict=True)
    np.testing.assert_array_equal(found[[0, 2]], points[[0, 2]].astype(np.float32))


def test_49_points_go_to_their_places(tmp_path):
    points = np.random.default_rng(0).integers(0, 500, (2, 49, 2))
    np.save(tmp_path / "l.npy", points)
    found, confidence = read_landmark_array(tmp_path / "l.npy")(frames(1, 2, 3))
    assert confidence.tolist() == [1, 1, 0]
    np.testing.assert_array_equal(found[:2, STABLE_POINTS], points)
    others = np.setdiff1d(np.arange(68), STABLE_POINTS)
    assert others.tolist() == [*range(17), 60, 64] and np.isnan(found[:, others]).all()


@pytest.mark.parametrize(
    "array",
    [np.zeros((3, 68)), np.zeros((3, 66, 2)), np.zeros((3, 68, 2), complex), np.array("x")],
)
def test_arrays_of_other_shapes_are_refused(tmp_path, array):
    np.save(tmp_path / "l.npy", array)
    with pytest.raises(InputError, match=r"l\.npy: holds .*\(frames, 68, 2\) or \(frames, 49, 2\)"):
        read_landmark_array(tmp_path / "l.npy")


def test_files_that_are_no_arrays_are_told(tmp_path):
    np.save(tmp_path / "o.npy", np.array([{}], object))
    (tmp_path / "e.npy").write_bytes(b"")
    for name in ("o.npy", "e.npy", "missing.npy"):
        with pytest.raises(InputError, match=rf"{name}: cannot be read as a NumPy array"):
            read_landmark_array(tmp_path / name)
