import numpy as np
import pytest
from PIL import Image

from au_jax.errors import InputError
from au_jax.faces.picture_decoding import decode_picture


def decode(path):
    with path.open("rb") as file:
        return decode_picture(file, path.name)


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
    images = [decode(folder / f"{number}.png") for number in range(1, 6)]
    assert [image.shape for image in images] == [(20, 30, 3)] * 4 + [(30, 20, 3)]
    assert all(image.dtype == np.uint8 for image in images)
    assert images[0][0, 0].tolist() == [124] * 3  # 0.299 R + 0.587 G + 0.114 B
    np.testing.assert_array_equal(images[1], colours)
    np.testing.assert_allclose(images[2], colours, atol=8)
    assert images[3][0, 0].tolist() == [200] * 3
    np.testing.assert_array_equal(images[4], np.rot90(colours, -1))


def test_what_is_no_whole_picture_is_told(tmp_path):
    path = tmp_path / "1.png"
    Image.fromarray(np.zeros((40, 40, 3), np.uint8)).save(path)
    whole = path.read_bytes()
    for content in (b"", b"no", whole[: len(whole) // 2]):
        path.write_bytes(content)
        with pytest.raises(InputError, match=r"1\.png: cannot be read as a picture"):
            decode(path)
