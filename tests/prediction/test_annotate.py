"""A video in which one sees what was found."""

import av
import numpy as np
import pytest
from av.codec.codec import Codec, UnknownCodecError
from etils import epath

from au_jax.datasets.raw.pictures import VideoPictures
from au_jax.errors import InputError
from au_jax.faces.video import Video
from au_jax.prediction import video_writer
from au_jax.prediction.annotate import write_annotated_video
from au_jax.prediction.panels import lay_out
from au_jax.prediction.person_curves import person_curves
from tests.made.predictions import (
    portrait_video,
    prediction,
    scored_frames,
    without_person,
)

COUNT = 12


def read(path):
    with Video(path) as video:
        found = list(video)
    return np.stack([f.image for f in found]).astype(int), np.array([f.time for f in found])


def annotated(folder, frames, pictures):
    file = epath.Path(folder / "annotated.mp4")
    write_annotated_video(file, prediction(frames), frames, pictures)
    return read(file)


def change(before, after, box):
    left, top, width, height = np.round(box).astype(int)
    part = np.s_[top : top + height, left : left + width]
    return np.abs(before[part] - after[part]).mean()


def test_faces_are_marked_and_frames_without_one_are_not(tmp_path):
    frames = scored_frames(COUNT, people=2, size=(240, 320), lost=(5,))
    frames = without_person(frames, 1, [8])
    pictures = portrait_video(tmp_path / "portrait.mp4", COUNT, (240, 320))
    before, times = read(pictures.path)
    after, new_times = annotated(tmp_path, frames, pictures)
    assert after.shape == before.shape
    np.testing.assert_allclose(new_times, times, atol=1e-3)
    boxes = frames.boxes()
    assert change(before[2], after[2], boxes[2, 0]) > 2 * change(before[5], after[5], boxes[2, 0])
    assert change(before[8], after[8], boxes[2, 1]) < change(before[2], after[2], boxes[2, 1]) / 2
    assert np.abs(before[5, 30:] - after[5, 30:]).mean() < 3
    # The corner says that there is no face.
    assert np.abs(before[5, :20, :50] - after[5, :20, :50]).mean() > 10
    with av.open(str(tmp_path / "annotated.mp4")) as container:
        stream = container.streams.video[0]
        assert stream.codec_context.name in ("h264", "vp9", "av1", "libdav1d")
        assert stream.format.name == "yuv420p" and not container.streams.audio
    assert not list(tmp_path.glob(".*.tmp"))


def test_times_that_are_not_regular_stay(tmp_path):
    milliseconds = np.cumsum([0, 40, 40, 200, 10, 33, 34, 33, 500, 40, 40, 40])
    pictures = portrait_video(tmp_path / "portrait.mkv", COUNT, times=milliseconds)
    _, times = read(pictures.path)
    assert np.ptp(np.diff(times)) > 0.4
    frames = scored_frames(COUNT, times=times)
    _, new_times = annotated(tmp_path, frames, pictures)
    np.testing.assert_allclose(new_times - new_times[0], times - times[0], atol=1e-3)


def test_a_video_of_odd_size_gets_another_row_and_column(tmp_path):
    pictures = portrait_video(tmp_path / "portrait.mkv", 4, (145, 193))
    frames = scored_frames(4, size=(145, 193), lost=(1,))
    before, _ = read(pictures.path)
    after, _ = annotated(tmp_path, frames, pictures)
    assert after.shape == (4, 146, 194, 3)
    assert np.abs(before[1, 40:] - after[1, 40:145, :193]).mean() < 5


@pytest.mark.parametrize("size", [(240, 320), (1080, 1920), (120, 160)])
@pytest.mark.parametrize("people", [1, 2, 5])
@pytest.mark.parametrize("aus", [(12,), (1, 2, 4, 6, 7, 10, 12, 14, 15, 17, 23, 24)])
def test_panels_lie_in_the_picture_and_beside_a_single_face(size, people, aus):
    frames = scored_frames(2, people=people, size=size, aus=aus)
    curves = person_curves(prediction(frames, aus=aus), frames)
    panels = lay_out(curves, aus, size)
    assert len(panels) == people
    for panel in panels:
        assert panel.left >= 0 and panel.left + panel.width <= size[1]
        assert panel.top >= 0 and panel.top + panel.height <= size[0]
        assert panel.letters >= 11
    if size[0] < 240:
        return
    if people == 1:
        left, _, width, _ = frames.boxes()[0, 0]
        assert panels[0].left > left + width or panels[0].width < left
    assert len({(panel.left, panel.top) for panel in panels}) == people


def test_an_encoder_that_is_missing_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(video_writer, "_ENCODERS", {"no_such_encoder": {}})
    pictures = portrait_video(tmp_path / "portrait.mp4", 2)
    frames = scored_frames(2)
    with pytest.raises(InputError, match="no_such_encoder"):
        annotated(tmp_path, frames, pictures)
    assert not (tmp_path / "annotated.mp4").exists()


def test_every_encoder_that_is_here_writes_what_can_be_read(tmp_path, monkeypatch):
    pictures: VideoPictures = portrait_video(tmp_path / "portrait.mp4", 6)
    frames = scored_frames(6)
    for name, options in video_writer._ENCODERS.items():
        try:
            Codec(name, "w")
        except UnknownCodecError:
            continue
        monkeypatch.setattr(video_writer, "_ENCODERS", {name: options})
        after, _ = annotated(tmp_path, frames, pictures)
        assert len(after) == 6, name
