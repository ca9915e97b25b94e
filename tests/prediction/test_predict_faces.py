"""The command on real faces, found by the program itself: several people, one of whom is away."""

import csv
import functools

import numpy as np
import pytest

from au_jax.faces.people_tracker import SEARCH_EVERY
from au_jax.prediction import command_line
from au_jax.system.command import DONE
from tests.made.detectors import random_detector
from tests.made.portraits import camera, photograph
from tests.made.videos import write_video

pytestmark = pytest.mark.usefixtures("landmark_models")

SCALES = (0.8, 1.3, 0.9, 1.2, 1.0)
AWAY = slice(6, 12)
"""Frames, from 0, in which the middle person is not seen."""
FRAMES = AWAY.stop + SEARCH_EVERY + 2
WIDTH = 300


@functools.cache
def portrait(scale):
    return photograph(camera(scale, 0.0, WIDTH / 2, 180), 360, WIDTH)


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    """Rows of the native format, for a video of five people that starts at 5 s."""
    home = tmp_path_factory.mktemp("faces")
    random_detector("hybrid").save(home / "model")
    there = np.concatenate([portrait(scale) for scale in SCALES], axis=1)
    without = there.copy()
    without[:, 2 * WIDTH : 3 * WIDTH] = 120
    images = np.stack([there] * FRAMES)
    images[AWAY] = without
    times = 5000 + np.cumsum([0, *np.where(np.arange(FRAMES - 1) % 3, 40, 80)])
    write_video(home / "five.mkv", images, times=times)
    model, video, out = f"--model={home / 'model'}", f"--video={home / 'five.mkv'}", home / "out"
    assert command_line.run(["predict", model, video, f"--out={out}", "--faces=5"]) == DONE
    found = list(csv.DictReader((out / "five.csv").open()))
    first_of_frame = {int(row["frame"]): float(row["timestamp"]) for row in found}
    assert list(first_of_frame) == list(range(1, FRAMES + 1))
    seconds = list(first_of_frame.values())
    np.testing.assert_allclose(seconds, (times - times[0]) / 1000, atol=2e-3)
    return found


def faces_of(rows, frames):
    """The numbers of the people in each of some frames, from 0."""
    return [
        {int(row["face_id"]) for row in rows if int(row["frame"]) == 1 + frame} for frame in frames
    ]


def test_a_person_who_was_away_comes_back_under_the_same_number(rows):
    everybody = {0, 1, 2, 3, 4}
    assert faces_of(rows, range(AWAY.start)) == [everybody] * AWAY.start
    (lost,) = {frozenset(everybody - seen) for seen in faces_of(rows, range(FRAMES)[AWAY])}
    assert len(lost) == 1
    after = faces_of(rows, range(AWAY.stop, FRAMES))
    assert all(seen | lost == everybody for seen in after) and after[-1] == everybody


def test_a_row_holds_a_face_with_all_values(rows):
    columns = [name for name in rows[0] if name.startswith("AU")]
    assert columns
    for row in rows:
        assert row["success"] == "1" and all(row[name] for name in columns)
        assert 0.5 < float(row["confidence"]) <= 1
