import csv

import numpy as np
import pytest

from au_jax.datasets.raw.multi_label_csv import MinusOne, read_multi_label_csv
from au_jax.errors import InputError


def write(tmp_path, text):
    path = tmp_path / "labels.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_columns_of_labels_are_found_and_the_others_named_with_the_reason(tmp_path):
    table = read_multi_label_csv(
        write(
            tmp_path,
            "frame,subject,smile,AU04,never,time,rating\n"
            "0,Nancy,1,0,0,0.0,1\n"
            "1,Nancy,0,9,0,0.5,0\n"
            "2,9,,1,9,1.0,3\n",
        )
    )
    assert table.names == ("smile", "AU04")
    assert table.labels.dtype == np.int8
    assert table.labels.tolist() == [[1, -1], [-1, 0], [0, 1]]
    assert table.left_out == {
        "frame": "'2' in line 4",
        "subject": "'Nancy' in line 2",
        "never": "no 1 in it",
        "time": "'0.5' in line 3",
        "rating": "'3' in line 4",
    }


@pytest.mark.parametrize(
    "text",
    [
        "a,b\n1,0\n,1\n",
        "a,b\r\n1,0\r\n,1\r\n",
        "\ufeffa;b\r\n1;0\r\n;1\r\n",
        "a\tb\n1\t0\n\t1\n",
        '"a","b"\n"1","0"\n"","1"\n',
        "a,b\n1.0,0.0\nNaN,1.0\n",
        " a , b \n 1 , 0 \n nan , 1 \n",
        "a,b\n\n1,0\n\n\n9,1",
        "a,b\n1,0\nNA,1e0\n",
    ],
)
def test_the_many_ways_to_write_the_same_table(tmp_path, text):
    table = read_multi_label_csv(write(tmp_path, text))
    assert table.names == ("a", "b")
    assert table.labels.tolist() == [[1, -1], [0, 1]]


def test_quoted_names_may_hold_separators_and_columns_need_no_name(tmp_path):
    table = read_multi_label_csv(
        write(
            tmp_path,
            ',"brow; inner; left; up; down",b,"free\ntext"\n0,1,0,"x, ""y""\nz"\n1,0,1,w\n',
        )
    )
    assert table.names == ("column 1", "brow; inner; left; up; down", "b")
    assert table.labels.tolist() == [[-1, 1, -1], [1, -1, 1]]
    assert list(table.left_out) == ["free\ntext"]


def test_minus_one_is_asked_for_and_holds_for_the_whole_file(tmp_path):
    path = write(tmp_path, "id,a,b\n-7,1,1\n-8,0,0\n-9,-1,9\n")
    with pytest.raises(InputError, match=r"line 4: '-1' in column 'a'.*--minus_one=absent"):
        read_multi_label_csv(path)
    absent = read_multi_label_csv(path, minus_one=MinusOne.ABSENT)
    assert absent.labels.tolist() == [[1, 1], [0, 0], [-1, 0]]
    missing = read_multi_label_csv(path, minus_one=MinusOne.MISSING)
    assert missing.labels.tolist() == [[1, 1], [-1, -1], [0, 0]]
    assert missing.names == absent.names == ("a", "b")


def test_minus_one_in_a_column_that_is_no_label_does_not_matter(tmp_path):
    table = read_multi_label_csv(write(tmp_path, "yaw,a\n-1,1\n0.3,0\n1,1\n"))
    assert table.names == ("a",)


def test_minus_one_as_absent_in_a_file_without_it_is_refused(tmp_path):
    path = write(tmp_path, "a\n1\n0\n")
    with pytest.raises(InputError, match="leave --minus_one out"):
        read_multi_label_csv(path, minus_one=MinusOne.ABSENT)
    assert read_multi_label_csv(path, minus_one=MinusOne.MISSING).labels.tolist() == [[1], [-1]]


def test_columns_can_be_chosen_in_any_order_also_without_a_positive(tmp_path):
    path = write(tmp_path, "a,b,c\n1,0,1\n0,0,5\n")
    table = read_multi_label_csv(path, label_columns=["B", " a "])
    assert table.names == ("b", "a") and table.left_out == {}
    assert table.labels.tolist() == [[-1, 1], [-1, -1]]


def test_long_files_keep_rows_and_lines_together(tmp_path):
    rows = ["0,0,9", "1,1,", "0,0,1", "1,9,0"] * 5000 + ["2,1,1"]
    table = read_multi_label_csv(write(tmp_path, "\n".join(["n,a,b", *rows])))
    expected = np.tile([[-1, 0], [1, 0], [-1, 1], [0, -1]], (5000, 1))
    np.testing.assert_array_equal(table.labels, [*expected, [1, 1]])
    assert table.left_out == {"n": "'2' in line 20002"}


def test_many_rows_as_the_csv_module_reads_them(tmp_path):
    rng = np.random.default_rng(0)
    cells = rng.choice(["0", "1", "9", ""], (20_000, 3))
    text = "x,y,z\n" + "".join(",".join(row) + ",\n"[1:] for row in cells)
    path = write(tmp_path, text)
    with path.open(newline="") as file:
        rows = list(csv.reader(file))[1:]
    code = {"1": 1, "0": -1, "9": 0, "": 0}
    # A row of nothing but empty cells is left out.
    expected = [[code[cell] for cell in row] for row in rows if any(row)]
    assert read_multi_label_csv(path).labels.tolist() == expected


@pytest.mark.parametrize(
    ("text", "columns", "message"),
    [
        ("a,b\n1,0\n0,2\n", ["b"], r"line 3: '2' in column 'b'; allowed are 1 \(present\), 0"),
        ("a,b\n1,yes\n", ["a", "b"], "line 2: 'yes' in column 'b'"),
        ("a\n1\n", ["c"], "there is no column 'c'; the header is 'a'"),
        ("a\n1\n", ["a", "A"], "names column 'a' of .* twice"),
        ("a\n1\n", ["a", ""], "--label_columns is 'a,'"),
        ("a\n1\n", [], "--label_columns is ''"),
        ("a,b\n0,x\n", None, r"no column is a label.*a \(no 1 in it\), b \('x' in line 2\)"),
        ("a,b\n", None, "no row below the header"),
        ("", None, "there is no header"),
        ("a,b\n1\n", None, "line 2: 1 cells, but the header has 2 columns"),
        ("a,A\n1,1\n", None, "column 'a' comes twice"),
        ('a\n"1\n', None, "cannot be read as CSV"),
        (b"a\n1\n\xff\n", None, "line 3: the text is not UTF-8"),
    ],
)
def test_mistakes_are_told_with_file_and_line(tmp_path, text, columns, message):
    path = write(tmp_path, text)
    with pytest.raises(InputError, match=message) as caught:
        read_multi_label_csv(path, label_columns=columns)
    assert str(path) in str(caught.value)


def test_a_long_text_is_shortened_in_messages(tmp_path):
    with pytest.raises(InputError, match=f"'{'x' * 29}…' in column 'a'"):
        read_multi_label_csv(write(tmp_path, "a\n" + 500 * "x"), label_columns=["a"])


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match="there is no such file"):
        read_multi_label_csv(tmp_path / "nothing.csv")
