import sys

import numpy as np
import pytest
from PIL import Image

from au_jax.errors import InputError
from au_jax.faces.video import Video
from tests.made.videos import (
    destroy_packets,
    packets_of,
    pictures,
    place_of,
    write_video,
)


def read(path):
    with Video(path) as video:
        frames = list(video)
    return frames, video.report


def summarise(path):
    with Video(path) as video:
        return video.summarise()


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("a.mp4", "mpeg4"),
        ("a.avi", "mpeg4"),
        ("a.mkv", "mpeg4"),
        ("b.mp4", "libx264"),
        ("b.mkv", "libx264"),
        ("b.ts", "libx264"),
        ("b.avi", "libx264"),
    ],
)
def test_every_frame_comes_once_with_its_number_and_time(tmp_path, name, codec):
    path = write_video(tmp_path / name, pictures(30), codec=codec)
    frames, report = read(path)
    assert [frame.number for frame in frames] == list(range(1, 31))
    assert [place_of(frame.image) for frame in frames] == list(range(1, 31))
    np.testing.assert_allclose([frame.time for frame in frames], np.arange(30) / 25, atol=1e-3)
    assert report.messages() == [] and not any(frame.damaged for frame in frames)
    summary = summarise(path)
    assert (summary.frames, summary.declared_frames) == (30, 30)
    assert summary.frames_per_second == pytest.approx(25)


def test_colours_are_rgb(tmp_path):
    image = np.zeros((1, 48, 64, 3), np.uint8)
    image[:, :, :, 0] = 200
    frames, _ = read(write_video(tmp_path / "red.mov", image, codec="png"))
    np.testing.assert_array_equal(frames[0].image, image[0])
    assert frames[0].image.dtype == np.uint8 and frames[0].image.flags.c_contiguous


@pytest.mark.parametrize(("name", "codec"), [("grey.mkv", "ffv1"), ("alpha.mov", "png")])
def test_grey_and_alpha_become_rgb(tmp_path, name, codec):
    frames, _ = read(write_video(tmp_path / name, pictures(3), codec=codec))
    assert [frame.image.shape for frame in frames] == [(48, 64, 3)] * 3
    np.testing.assert_allclose([frame.image.mean() for frame in frames], [10, 15, 20], atol=2)


def test_variable_frame_rate_keeps_times(tmp_path):
    times = np.array([0, 40, 55, 300, 310, 900])
    path = write_video(tmp_path / "v.mkv", pictures(6), times=times, rate=30)
    frames, _ = read(path)
    np.testing.assert_allclose([frame.time for frame in frames], times / 1000, atol=1.5e-3)
    assert [frame.number for frame in frames] == [1, 2, 3, 4, 5, 6]


def rotate_mp4(path, matrix):
    """Write a display matrix into the track header of an mp4 file."""
    data = bytearray(path.read_bytes())
    header = data.index(b"tkhd") + 4
    start = header + 4 + 20 + 8 + 8  # version and flags; times, id, duration; reserved; layer …
    assert data[start : start + 4] == (1 << 16).to_bytes(4, "big")
    for i, value in enumerate(matrix):
        data[start + 4 * i : start + 4 * i + 4] = value.to_bytes(4, "big", signed=True)
    path.write_bytes(data)


ONE, UNIT = 1 << 16, 1 << 30


@pytest.mark.parametrize(
    ("matrix", "turn_clockwise", "mirrored"),
    [
        ((ONE, 0, 0, 0, ONE, 0, 0, 0, UNIT), 0, False),
        ((0, ONE, 0, -ONE, 0, 0, 0, 0, UNIT), 1, False),  # what a phone held upright writes
        ((-ONE, 0, 0, 0, -ONE, 0, 0, 0, UNIT), 2, False),
        ((0, -ONE, 0, ONE, 0, 0, 0, 0, UNIT), 3, False),
        ((-ONE, 0, 0, 0, ONE, 0, 0, 0, UNIT), 0, True),  # a mirrored selfie
        ((ONE, 0, 0, 0, -ONE, 0, 0, 0, UNIT), 2, True),
        ((0, ONE, 0, ONE, 0, 0, 0, 0, UNIT), 1, True),  # x and y change places
        ((0, -ONE, 0, -ONE, 0, 0, 0, 0, UNIT), 3, True),
    ],
)
def test_turns_and_mirroring_in_the_file_are_applied(tmp_path, matrix, turn_clockwise, mirrored):
    image = np.zeros((2, 48, 64, 3), np.uint8)
    image[:, :24, :32] = 220  # bright corner top left as stored
    image[:, 30:, :20] = 120
    path = write_video(tmp_path / "phone.mp4", image)
    rotate_mp4(path, matrix)
    frames, _ = read(path)
    expected = np.rot90(image[0], -turn_clockwise)
    expected = expected[:, ::-1] if mirrored else expected
    assert frames[0].image.shape == expected.shape
    assert np.abs(frames[0].image.astype(int) - expected).mean() < 4


@pytest.mark.parametrize(("orientation", "clockwise"), [(1, 0), (6, 1), (3, 2), (8, 3)])
def test_single_picture_is_a_video_of_one_frame_upright(tmp_path, orientation, clockwise):
    image = np.zeros((48, 64, 3), np.uint8)
    image[:24, :32] = 220
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(image).save(tmp_path / "p.jpg", exif=exif, quality=95)
    frames, report = read(tmp_path / "p.jpg")
    assert [frame.number for frame in frames] == [1] and report.messages() == []
    expected = np.rot90(image, -clockwise)
    assert frames[0].image.shape == expected.shape
    assert np.abs(frames[0].image.astype(int) - expected).mean() < 4


def test_frames_behind_lost_ones_keep_their_numbers(tmp_path):
    every_ten = {"g": "10", "keyint_min": "10", "sc_threshold": "0", "bf": "0"}
    path = write_video(tmp_path / "a.mp4", pictures(40), codec="libx264", options=every_ten)
    destroy_packets(path, range(13, 17))
    frames, report = read(path)
    assert [lost[0] for lost in report.lost] == [14, 15, 16, 17]
    np.testing.assert_allclose([lost[1] for lost in report.lost], np.arange(13, 17) / 25)
    numbers = [frame.number for frame in frames]
    assert numbers == [n for n in range(1, 41) if not 14 <= n <= 17]
    # Between the lost frames and the next key frame pictures are not to be trusted.
    assert [frame.number for frame in frames if frame.damaged] == [18, 19, 20]
    assert all(place_of(f.image) == f.number for f in frames if not f.damaged)
    assert any("4 frames could not be decoded" in message for message in report.messages())


def test_cut_off_file_gives_what_is_there_and_says_so(tmp_path):
    path = write_video(tmp_path / "a.mkv", pictures(40))
    end = packets_of(path)[24][0]
    path.write_bytes(path.read_bytes()[:end])
    frames, report = read(path)
    assert [frame.number for frame in frames] == list(range(1, len(frames) + 1))
    assert 20 <= len(frames) <= 25
    assert any(f"{40 - len(frames)} of them are not in it" in m for m in report.messages())
    summary = summarise(path)
    assert (summary.frames, summary.declared_frames) == (len(frames), 40)


def test_file_is_read_as_a_stream(tmp_path):
    path = write_video(tmp_path / "a.mp4", pictures(40))
    with Video(path) as video:
        frames = iter(video)
        first = next(frames)
        assert video.report.decoded == 1
    assert first.number == 1


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"", "empty"), (b"frame,AU01\n1,0\n" * 100, "cannot be read"), (bytes(5000), "cannot be")],
)
def test_what_is_no_video_is_told(tmp_path, content, reason):
    path = tmp_path / "x.mp4"
    path.write_bytes(content)
    with pytest.raises(InputError, match=reason) as caught:
        Video(path)
    assert str(path) in str(caught.value)


def test_missing_file_folder_and_sound_are_told(tmp_path):
    with pytest.raises(InputError, match=r"nope.mp4: there is no such video"):
        Video(tmp_path / "nope.mp4")
    with pytest.raises(InputError, match="cannot be read as a video"):
        Video(tmp_path)
    import av

    with av.open(str(tmp_path / "sound.wav"), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=8000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 800), np.int16), layout="mono")
        frame.sample_rate = 8000
        container.mux(stream.encode(frame))
    with pytest.raises(InputError, match="no video in this file"):
        Video(tmp_path / "sound.wav")


def test_video_without_a_decodable_frame_is_told(tmp_path):
    path = write_video(tmp_path / "a.mp4", pictures(5))
    destroy_packets(path, range(5))
    with pytest.raises(InputError, match="not one frame can be decoded"):
        read(path)


def test_unknown_coding_is_told(tmp_path):
    path = write_video(tmp_path / "a.mkv", pictures(5))
    path.write_bytes(path.read_bytes().replace(b"V_MPEG4/", b"V_ZZZZ4/"))
    with pytest.raises(InputError, match="coded in a way that this FFmpeg does not know"):
        Video(path)


def test_missing_library_is_told(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(InputError, match=r'pip install "au_jax\[video\]"'):
        Video(tmp_path / "a.mp4")
