import hashlib

import numpy as np
import pytest

from au_jax.errors import InputError
from au_jax.system.csv_rows import open_csv
from au_jax.system.frame_csv import read_frame_columns


def write(tmp_path, text):
    path = tmp_path / "table.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def read(path, *names):
    return read_frame_columns(path, lambda header: [header.index(name) for name in names])


def test_cells_are_found_by_header(tmp_path):
    table = read(write(tmp_path, "\ufeff Frame , b,a\r\n1,x, 2.5\r\n\r\n3, y ,\r\n"), "A")
    assert table.names == ("a",)
    np.testing.assert_array_equal(table.lines, [2, 4])
    np.testing.assert_array_equal(table.frames, [1, 3])
    np.testing.assert_array_equal(table.values, [[2.5], [np.nan]])


def test_windows_nan_is_no_number(tmp_path):
    table = read(write(tmp_path, "frame,a\n1,-nan(ind)\n2,nan\n3,1e3\n"), "a")
    np.testing.assert_array_equal(table.values[:, 0], [np.nan, np.nan, 1000])


@pytest.mark.parametrize("count", [1023, 1024, 1025, 5000])
def test_long_files_are_read_whole_and_their_bytes_told(tmp_path, count):
    path = write(tmp_path, "frame,a\n" + "".join(f"{n},{n / 4}\n" for n in range(1, count + 1)))
    digest = hashlib.sha256()
    table = read_frame_columns(path, lambda header: [header.index("a")], digest=digest)
    np.testing.assert_array_equal(table.values[:, 0], np.arange(1, count + 1) / 4)
    np.testing.assert_array_equal(table.lines, np.arange(2, count + 2))
    assert digest.hexdigest() == hashlib.sha256(path.read_bytes()).hexdigest()


def test_rows_are_read_as_they_are_asked_for(tmp_path):
    path = write(tmp_path, "frame\n1\n2\n3,4\n")
    with open_csv(path) as (_, rows):
        assert [next(rows).cells, next(rows).cells] == [["1"], ["2"]]
        with pytest.raises(InputError, match="line 4"):
            next(rows)


def test_refused_value_is_told_with_its_place(tmp_path):
    table = read(write(tmp_path, "frame,a,b\n1,0,1\n\n2,0,2.5\n"), "a", "b")
    with pytest.raises(InputError, match=r"line 4: '2.5' in column 'b'; allowed are 0 and 1"):
        table.refuse(table.values > 1, "0 and 1")
    table.refuse(table.values > 3, "less")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: there is no header"),
        ("\n\n", "line 1: there is no header"),
        ("frame,a,A\n1,2,3\n", "line 1: column 'a' comes twice"),
        ("frame,a\n1,2\n3\n", "line 3: 1 cells, but the header has 2"),
        ("frame,a\n1,2,3\n", "line 2: 3 cells"),
        (b"frame,a\n1,2\n2,\xff\xfe\n", "line 3: the text is not UTF-8"),
        ('frame,a\n1,"2\n', "line 2: cannot be read as CSV .unexpected end"),
    ],
)
def test_broken_tables_are_told_with_file_and_line(tmp_path, text, message):
    path = write(tmp_path, text)
    with pytest.raises(InputError, match=message) as caught:
        read(path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("fram,a\n1,2\n", "line 1: there is no column 'frame'; the header is 'fram, a'"),
        ("frame;a\n1;2\n", "separate columns by commas"),
        ("frame,a\n0,2\n", "line 2: frame is 0"),
        ("frame,a\n1,2\n1.5,2\n", "line 3: frame is 1.5"),
        ("frame,a\n,2\n", "line 2: frame is empty"),
        ("frame,a\nx,2\n", "line 2: 'x' in column 'frame' is not a number"),
        ("frame,a\n1,2\n\n1,2\n", "line 4: frame 1 comes after frame 1"),
        ("frame,a\n5,2\n4,2\n", "line 3: frame 4 comes after frame 5"),
        ("frame,a\n1e12,2\n", "line 2: frame is 1e[+]12"),
    ],
)
def test_wrong_frames_are_told_with_file_and_line(tmp_path, text, message):
    path = write(tmp_path, text)
    with pytest.raises(InputError, match=message) as caught:
        read(path)
    assert str(path) in str(caught.value)


def test_missing_file_is_told(tmp_path):
    with pytest.raises(InputError, match=r"nope.csv: there is no such file"):
        read(tmp_path / "nope.csv")
    with pytest.raises(InputError, match="cannot be read"):
        read(tmp_path)
