import numpy as np
import pytest
from PIL import Image

from au_jax.errors import InputError
from au_jax.faces.image_folder import ImageFolder
from au_jax.faces.open_video import open_video, summarise_video, video_bytes
from tests.made.videos import pictures, place_of


def write(folder, names, first=0):
    folder.mkdir(exist_ok=True)
    for name, image in zip(names, pictures(first + len(names))[first:], strict=True):
        Image.fromarray(image).save(folder / name)
    return folder


def read(folder):
    with open_video(folder) as video:
        frames = list(video)
    return frames, video.report


def test_numbers_are_those_of_the_names_whatever_their_length(tmp_path):
    names = ["1001.png", "999.png", "1000.png", "1004.jpg", "x_0998.bmp"]
    frames, report = read(write(tmp_path / "a", names))
    assert [frame.number for frame in frames] == [998, 999, 1000, 1001, 1004]
    assert [place_of(frame.image) for frame in frames] == [5, 2, 3, 1, 4]
    np.testing.assert_allclose([f.time for f in frames], np.array([997, 998, 999, 1000, 1003]) / 25)
    assert report.messages() == [] and not any(frame.damaged for frame in frames)
    summary = summarise_video(tmp_path / "a")
    assert (summary.frames, summary.declared_frames) == (5, 1004)
    assert summary.frames_per_second == 25


def test_other_files_are_passed_over(tmp_path):
    folder = write(tmp_path / "a", ["1.png", "2.png"])
    (folder / "Thumbs.db").write_text("x")
    (folder / "._1.png").write_text("x")
    (folder / "notes.txt").write_text("x")
    frames, report = read(folder)
    assert [frame.number for frame in frames] == [1, 2] and report.messages() == []
    assert video_bytes(folder) == sum((folder / name).stat().st_size for name in ("1.png", "2.png"))


def test_pictures_numbered_from_0_are_told(tmp_path):
    frames, report = read(write(tmp_path / "a", ["f0.png", "f1.png", "f3.png"]))
    assert [frame.number for frame in frames] == [1, 2, 4]
    assert report.messages() == ["the pictures are numbered from 0; number 0 became frame 1"]


def test_grey_alpha_palette_16_bits_and_turned_pictures(tmp_path):
    folder = tmp_path / "a"
    folder.mkdir()
    colours = np.zeros((20, 30, 3), np.uint8)
    colours[:10, :15] = (200, 100, 50)
    image = Image.fromarray(colours)
    image.convert("L").save(folder / "1.png")
    image.convert("RGBA").save(folder / "2.png")
    image.quantize(4).save(folder / "3.png")
    Image.fromarray(colours[..., 0].astype(np.uint16) * 256).save(folder / "4.png")
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned clockwise
    image.save(folder / "5.png", exif=exif)
    frames, _ = read(folder)
    images = [frame.image for frame in frames]
    assert [image.shape for image in images] == [(20, 30, 3)] * 4 + [(30, 20, 3)]
    assert all(image.dtype == np.uint8 for image in images)
    assert images[0][0, 0].tolist() == [124] * 3  # 0.299 R + 0.587 G + 0.114 B
    np.testing.assert_array_equal(images[1], colours)
    np.testing.assert_allclose(images[2], colours, atol=8)
    assert images[3][0, 0].tolist() == [200] * 3
    np.testing.assert_array_equal(images[4], np.rot90(colours, -1))


def test_broken_pictures_are_left_out_and_told(tmp_path):
    folder = write(tmp_path / "a", [f"{n}.png" for n in range(1, 6)])
    (folder / "2.png").write_bytes(b"")
    whole = (folder / "4.png").read_bytes()
    (folder / "4.png").write_bytes(whole[: len(whole) // 2])
    frames, report = read(folder)
    assert [frame.number for frame in frames] == [1, 3, 5]
    assert report.lost == [(2, 1 / 25), (4, 3 / 25)]
    assert "2 frames could not be decoded" in report.messages()[0]
    for name in ("1", "3", "5"):
        (folder / f"{name}.png").write_bytes(b"no")
    with pytest.raises(InputError, match="not one of its pictures can be read"):
        read(folder)


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ([], "there are no pictures in this folder"),
        (["1.png", "face.png"], r"face\.png: the name of a picture must end with the number"),
        (["1.png", "01.jpg"], r"1\.png: there is also 01\.jpg, with the same number"),
    ],
)
def test_folders_that_cannot_be_numbered_are_refused(tmp_path, names, message):
    folder = write(tmp_path / "a", names)
    with pytest.raises(InputError, match=message) as caught:
        ImageFolder(folder)
    assert str(folder) in str(caught.value)
