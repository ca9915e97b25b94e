"""The program of docs/webcam.md, with a video in place of the camera."""

import pathlib
import re
import subprocess
import sys

import numpy as np
import pytest

import au_jax
from au_jax.detector.bundle import Description
from au_jax.metrics.calibration import uncalibrated
from au_jax.prediction.video_prediction import predict
from tests.made.detectors import AUS, random_cnn, random_fusion, random_lstm
from tests.made.portraits import HEIGHT, WIDTH, camera, photograph
from tests.made.videos import write_video

pytestmark = pytest.mark.usefixtures("landmark_models")

DOCUMENT = pathlib.Path(__file__).parents[2] / "docs/webcam.md"
LINE = re.compile(r" *(\d+\.\d{3})  person (\d+) ((?: +AU\d\d \d\.\d\d)+)")
PICTURES, HIDDEN = 8, 3
"""The face is there in eight pictures, with none after the first three."""


def program():
    found = re.search(r"```python\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    assert found is not None
    return found[1]


@pytest.fixture(scope="module")
def video(tmp_path_factory):
    """A person who is away for two pictures."""
    faces = [photograph(camera(1.0, degrees)) for degrees in range(PICTURES)]
    away = [np.full((HEIGHT, WIDTH, 3), 120, np.uint8)] * 2
    images = np.stack([*faces[:HIDDEN], *away, *faces[HIDDEN:]])
    return write_video(tmp_path_factory.mktemp("webcam") / "camera.mp4", images)


def test_the_program_is_short():
    assert len(program().strip().splitlines()) <= 20


def test_the_program_prints_what_predict_finds(tmp_path, video):
    detector, script = tmp_path / "detector", tmp_path / "webcam.py"
    cnn = random_cnn()
    block = random_fusion(cnn, random_lstm(cnn))
    about = Description(AUS, (32, 32, 3), {"method": "hybrid"})
    au_jax.Detector(block, about, uncalibrated(len(AUS))).save(detector)
    script.write_text(program())
    done = subprocess.run(
        [sys.executable, str(script), str(detector), str(video)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    expected = predict(video, detector)
    seen = np.flatnonzero(expected.success)
    assert len(seen) >= PICTURES - 1 and not expected.success[HIDDEN]
    lines = [LINE.fullmatch(line) for line in done.stdout.splitlines()]
    assert len(lines) == len(seen)
    for row, line in zip(seen, lines, strict=True):
        assert line is not None
        assert float(line[1]) == pytest.approx(expected.timestamp[row], abs=1e-3)
        assert int(line[2]) == expected.face_id[row]
        said = dict(re.findall(r"AU(\d\d) (\d\.\d\d)", line[3]))
        assert tuple(map(int, said)) == expected.aus
        found = [float(value) for value in said.values()]
        np.testing.assert_allclose(found, expected.probabilities[row], atol=0.011)
