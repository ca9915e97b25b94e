import numpy as np
import pytest

from au_jax.datasets.raw.label_csv import NO_LABELS, read_label_csv
from au_jax.errors import InputError


def write(tmp_path, text):
    path = tmp_path / "labels.csv"
    path.write_text(text)
    return path


def test_codes_and_columns_in_any_order(tmp_path):
    track = read_label_csv(
        write(tmp_path, "AU12, frame ,au1,4\n1,3,0,9\n0,4,,1\n1.0,7,0.0,9.0\n,9,1,0\n")
    )
    assert track.aus == (12, 1, 4)
    np.testing.assert_array_equal(
        track.at(np.array([1, 3, 4, 5, 7, 9, 10]), [1, 4, 6, 12]),
        [
            [0, 0, 0, 0],
            [-1, 0, 0, 1],
            [0, 1, 0, -1],
            [0, 0, 0, 0],
            [-1, 0, 0, 1],
            [1, -1, 0, 0],
            [0, 0, 0, 0],
        ],
    )
    assert track.at(np.array([3]), [1]).dtype == np.int8


def test_no_labels_are_missing_labels():
    np.testing.assert_array_equal(NO_LABELS.at(np.array([1, 2]), [1, 12]), np.zeros((2, 2)))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("frame,AU01\n1,0\n2,2\n", "line 3: '2' in column 'AU01'; allowed are 1"),
        ("frame,AU01\n1,-1\n", "line 2: '-1' in column 'AU01'"),
        ("frame,AU01\n1,0.5\n", "line 2: '0.5' in column 'AU01'"),
        ("frame,AU01\n1,yes\n", "line 2: 'yes' in column 'AU01' is not a number"),
        ("frame,AU99\n1,0\n", "line 1: column 'AU99' is no action unit"),
        ("frame,smile\n1,0\n", "line 1: column 'smile' is no action unit"),
        ("frame,AU01_r\n1,0\n", "line 1: column 'AU01_r' is no action unit"),
        ("frame,AU01,1\n1,0,0\n", "line 1: there are two columns of AU 1"),
        ("frame\n1\n", "line 1: there is no column of an action unit"),
        ("Frames,AU01\n1,0\n", "line 1: there is no column 'frame'"),
        ("frame,AU01\n1,0\n1,1\n", "line 3: frame 1 comes after frame 1"),
        ("frame;AU01\n1;0\n", "separate columns by commas"),
    ],
)
def test_mistakes_are_told_with_file_and_line(tmp_path, text, message):
    path = write(tmp_path, text)
    with pytest.raises(InputError, match=message) as caught:
        read_label_csv(path)
    assert str(path) in str(caught.value)
