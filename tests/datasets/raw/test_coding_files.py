import numpy as np
import pytest

from au_jax.datasets.raw.coding_files import (
    TableLayout,
    counted_from_one,
    join_tracks,
    labels_of_codes,
    read_coding_table,
    read_intensity_pairs,
    track_sha256,
)
from au_jax.errors import InputError

STRICT = TableLayout("'0,1,2,…'")
TOLERANT = TableLayout(
    "'frame,AU1,…'", first_column=True, other_columns=True, other_codes=True, first_frame=0
)


def write(tmp_path, text):
    path = tmp_path / "codes.csv"
    path.write_text(text)
    return path


def test_columns_are_found_by_header_and_unknown_numbers_passed_over(tmp_path):
    text = "0,3,12,8,1,39\n7,1,0,1,1,9\n8,0,9,0,0,9\n9,0,-999,0,-1,0\n11,0,,0,1,0\n"
    track = read_coding_table(write(tmp_path, text), STRICT, None)
    assert track.aus == (12, 1)
    assert track.frames.tolist() == [7, 8, 9, 11]
    assert track.labels.tolist() == [[-1, 1], [0, -1], [0, 0], [0, 1]]


def test_tolerant_tables(tmp_path):
    text = "Nr,AU01,au12,Speech,4\n0,1,7,0.3,0\n1,0,-999,yes,1\n"
    path = write(tmp_path, text)
    track = read_coding_table(path, TOLERANT, None)
    assert track.aus == (1, 12, 4)
    assert track.frames.tolist() == [0, 1]
    assert track.labels.tolist() == [[1, 0, -1], [-1, 0, 1]]
    assert counted_from_one(track).frames.tolist() == [1, 2]
    with pytest.raises(InputError, match="unknown layout: it begins with 'Nr,AU01"):
        read_coding_table(path, STRICT, None)


def test_frame_column_may_stand_anywhere_if_it_is_named(tmp_path):
    track = read_coding_table(write(tmp_path, "AU1,Frame\n1,5\n0,6\n"), TOLERANT, None)
    assert (track.aus, track.frames.tolist()) == ((1,), [5, 6])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1,2,4\n1,0,0\n", "unknown layout: it begins with '1,2,4'; expected is '0,1,2"),
        ("0,AU1,smile\n1,0,0\n", "unknown layout: it begins with '0,AU1,smile'"),
        ("0,3,8\n1,0,0\n", "unknown layout"),
        ("0,1,AU01\n1,0,0\n", "unknown layout"),
        ("0,1\n1,2\n", r"line 2: '2' in column '1'; allowed are 0, 1, and 9 \(missing\)"),
        ("0,1\n1,0\n1,0\n", "frame 1 comes after frame 1"),
        ("0,1\n0,0\n", "frame is 0; frames are whole numbers and count from 1"),
        ("0,1\n1,x\n", "'x' in column '1' is not a number"),
        ("0,1\n1,0,0\n", "3 cells, but the header has 2"),
        ("", "there is no header"),
    ],
)
def test_mistakes_in_tables(tmp_path, text, message):
    path = write(tmp_path, text)
    with pytest.raises(InputError, match=message) as caught:
        read_coding_table(path, STRICT, None)
    assert str(path) in str(caught.value)


def test_tables_of_intensities(tmp_path):
    path = write(tmp_path, "0,6,12\n1,0,1\n2,2,5\n3,9,4\n")
    assert read_coding_table(path, STRICT, 2).labels.tolist() == [[-1, -1], [1, 1], [0, 1]]
    with pytest.raises(InputError, match="'2' in column '6'; allowed are 0, 1, and 9"):
        read_coding_table(path, STRICT, None)
    with pytest.raises(InputError, match="allowed are 0, 1, 2, 3, 4, 5, and 9"):
        read_coding_table(write(tmp_path, "0,6\n1,6\n"), STRICT, 1)


@pytest.mark.parametrize("positive_from", [None, 1, 2, 3, 4, 5])
def test_labels_of_all_codes(positive_from):
    codes = np.array([*range(-2, 10), -999, np.nan, 0.5])
    expected = []
    for code in codes:
        if positive_from is None:
            expected.append({0: -1, 1: 1}.get(code, 0))
        else:
            expected.append((1 if code >= positive_from else -1) if code in range(6) else 0)
    assert labels_of_codes(codes, positive_from).tolist() == expected


def test_pairs(tmp_path):
    track = read_intensity_pairs(write(tmp_path, "1,0\r\n2,3\n4,9\n5, 2\n6,\n\n"), 17, 3)
    assert track.aus == (17,)
    assert track.frames.tolist() == [1, 2, 4, 5, 6]
    assert track.labels[:, 0].tolist() == [-1, 1, 0, -1, 0]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("frame,AU06\n1,0\n", "line 1: unknown layout: it begins with 'frame,AU06'"),
        ("1,0,2\n", "line 1: unknown layout: it begins with '1,0,2'"),
        ("1,0\n\n2,0\n", "line 2: unknown layout"),
        ("", "unknown layout: it begins with ''"),
        ("1,0\n2,6\n", "line 2: '2,6'; intensities are 0 to 5, and 9"),
        ("1,0\n1,0\n", "line 2: '1,0'; there must be one line per frame"),
        ("1.5,0\n", "line 1: '1.5,0'; frames are whole numbers"),
        ("-1,0\n", "frames are whole numbers"),
        ("1,\x00\n", "unknown layout"),
    ],
)
def test_mistakes_in_pairs(tmp_path, text, message):
    path = write(tmp_path, text)
    with pytest.raises(InputError, match=message) as caught:
        read_intensity_pairs(path, 6, 2)
    assert str(path) in str(caught.value)


def test_pairs_that_are_no_text_or_not_there(tmp_path):
    path = tmp_path / "codes.csv"
    with pytest.raises(InputError, match="cannot be read"):
        read_intensity_pairs(path, 6, 2)
    path.write_bytes(b"\xff\xfe1\x00")
    with pytest.raises(InputError, match="no text"):
        read_intensity_pairs(path, 6, 2)


def test_joined_tracks_miss_what_one_of_them_lacks(tmp_path):
    first = read_intensity_pairs(write(tmp_path, "1,0\n2,3\n"), 6, 2)
    second = read_intensity_pairs(write(tmp_path, "2,5\n4,1\n"), 12, 2)
    joined = join_tracks([first, second])
    assert joined.aus == (6, 12)
    assert joined.frames.tolist() == [1, 2, 4]
    assert joined.labels.tolist() == [[-1, 0], [1, 1], [0, -1]]
    with pytest.raises(ValueError, match="same action unit"):
        join_tracks([first, first])


def test_digest_knows_action_units_frames_and_labels(tmp_path):
    digests = {
        track_sha256(read_intensity_pairs(write(tmp_path, text), au, 2))
        for text, au in (("1,0\n2,3\n", 6), ("1,0\n2,3\n", 7), ("1,0\n3,3\n", 6), ("1,0\n2,1\n", 6))
    }
    assert len(digests) == 4
