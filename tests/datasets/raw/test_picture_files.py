import io
import pickle
import zipfile

import numpy as np
import pytest
from etils import epath
from PIL import Image

from au_jax.datasets.raw.picture_files import number_pictures, open_zip, picture_folder
from au_jax.errors import InputError
from tests.made.videos import pictures, place_of


def png(picture):
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "PNG")
    return buffer.getvalue()


def files(count):
    return {f"{number}.png": png(picture) for number, picture in enumerate(pictures(count), 1)}


def in_folder(tmp_path, content):
    for name, data in content.items():
        (tmp_path / name).write_bytes(data)
    return number_pictures(tmp_path, list(content), 25.0)


def in_zip(tmp_path, content):
    path = tmp_path / "p.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in content.items():
            archive.writestr(f"F001/T1/{name}", data)
    with open_zip(path) as archive:
        entries = archive.infolist()
    names = [entry.filename for entry in entries]
    return number_pictures(path, names, 25.0, [entry.CRC for entry in entries])


WAYS = pytest.mark.parametrize("way", [in_folder, in_zip])


def read(source):
    with source.open() as opened:
        frames = list(opened)
        return frames, opened.report


@WAYS
def test_pictures_come_by_number_whatever_their_names_look_like(tmp_path, way):
    content = files(12)
    content["0002.png"] = content.pop("2.png")
    content |= {"1.obj": b"mesh", "cover.png": content["3.png"], "x1.png": content["3.png"]}
    source = pickle.loads(pickle.dumps(way(tmp_path, content)))
    frames, report = read(source)
    assert [frame.number for frame in frames] == list(range(1, 13))
    assert [place_of(frame.image) for frame in frames] == list(range(1, 13))
    np.testing.assert_allclose([frame.time for frame in frames], np.arange(12) / 25)
    assert report.messages() == []
    assert source.count().numbers.tolist() == list(range(1, 13))


@WAYS
def test_only_the_block_asked_for_is_read(tmp_path, way):
    source = way(tmp_path, files(9)).between(4, 6)
    assert [frame.number for frame in read(source)[0]] == [4, 5, 6]
    assert len(way(tmp_path, files(9)).between(20, 30).names) == 0


@WAYS
def test_picture_that_does_not_decode_keeps_its_number(tmp_path, way):
    content = files(5)
    content["2.png"] = content["2.png"][:40]
    content["4.png"] = b"no picture"
    frames, report = read(way(tmp_path, content))
    assert [frame.number for frame in frames] == [1, 3, 5]
    assert report.lost == [(2, 1 / 25), (4, 3 / 25)]
    assert "2 frames could not be decoded" in report.messages()[0]


@WAYS
def test_no_picture_that_decodes_is_an_error(tmp_path, way):
    with pytest.raises(InputError, match="not one of 2 pictures can be decoded"):
        read(way(tmp_path, {"1.png": b"a", "2.png": b"b"}))


def test_zip_with_a_damaged_picture_gives_the_others(tmp_path):
    source = in_zip(tmp_path, files(3))
    data = bytearray((tmp_path / "p.zip").read_bytes())
    with open_zip(tmp_path / "p.zip") as archive:
        start = archive.getinfo("F001/T1/2.png").header_offset
    data[start + 60 : start + 80] = b"\xff" * 20
    (tmp_path / "p.zip").write_bytes(data)
    frames, report = read(source)
    assert [frame.number for frame in frames] == [1, 3] and report.lost == [(2, 1 / 25)]


def test_zip_that_is_cut_off_or_missing_is_told(tmp_path):
    source = in_zip(tmp_path, files(3))
    path = tmp_path / "p.zip"
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(InputError, match=r"p\.zip: cannot be read as a zip .*copy it again"):
        read(source)
    path.unlink()
    with pytest.raises(InputError, match="cannot be read"):
        read(source)


@WAYS
def test_what_they_are_made_from_changes_with_them(tmp_path, way):
    content = files(3)
    before = way(tmp_path, content).made_from()
    assert before == way(tmp_path, content).made_from()
    content["4.png"] = content["1.png"]
    assert way(tmp_path, content).made_from() != before
    if way is in_zip:
        content = files(3)
        content["1.png"] = content["2.png"]
        assert way(tmp_path, content).made_from() != before


def test_two_pictures_of_one_frame_are_told(tmp_path):
    with pytest.raises(InputError, match=r"1\.jpg and 001\.png are both the picture of one frame"):
        number_pictures(tmp_path, ["1.jpg", "001.png"], 25.0)


def test_counting_from_zero_and_nothing_to_count(tmp_path):
    for first in (0, 1):
        found = number_pictures(tmp_path, [f"{first}.jpg", f"{first + 1}.jpg"], 25.0)
        assert found is not None and found.numbers == (first, first + 1)
        assert found.counted_from_one().numbers == (1, 2)
    assert number_pictures(tmp_path, ["a.jpg", "1.txt", "²  .jpg"], 25.0) is None


def in_user_folder(tmp_path, content):
    for name, data in content.items():
        (tmp_path / name).write_bytes(data)
    return picture_folder(epath.Path(tmp_path))


def test_numbers_at_the_end_of_names_count_whatever_their_length(tmp_path):
    names = ["1001.png", "999.png", "1000.png", "1004.jpg", "x_0998.bmp", "a2_0997.PNG"]
    content = dict(zip(names, files(6).values(), strict=True))
    content |= {"Thumbs.db": b"x", "._1.png": b"x", "notes.txt": b"x"}
    source = in_user_folder(tmp_path, content)
    frames, report = read(source)
    assert [frame.number for frame in frames] == [997, 998, 999, 1000, 1001, 1004]
    assert [place_of(frame.image) for frame in frames] == [6, 5, 2, 3, 1, 4]
    np.testing.assert_allclose(
        [frame.time for frame in frames], np.array([996, 997, 998, 999, 1000, 1003]) / 25
    )
    assert report.messages() == [] and not any(frame.damaged for frame in frames)
    count = source.count()
    assert count.numbers.tolist() == [997, 998, 999, 1000, 1001, 1004] and count.declared == 1004


def test_folder_numbered_from_0_is_shifted_and_told(tmp_path):
    content = {f"f{number}.png": png(pictures(1)[0]) for number in (0, 1, 3)}
    frames, report = read(in_user_folder(tmp_path, content))
    assert [frame.number for frame in frames] == [1, 2, 4]
    assert report.messages() == ["the pictures are numbered from 0; number 0 became frame 1"]


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ([], "there are no pictures in this folder"),
        (["1.png", "face.png"], r"face\.png: the name of a picture must end with the number"),
        (["f1.png", "01.jpg"], r"01\.jpg and f1\.png are both the picture of one frame"),
    ],
)
def test_folders_that_cannot_be_numbered_are_refused(tmp_path, names, message):
    with pytest.raises(InputError, match=message) as caught:
        in_user_folder(tmp_path, dict.fromkeys(names, b""))
    assert str(tmp_path) in str(caught.value)
