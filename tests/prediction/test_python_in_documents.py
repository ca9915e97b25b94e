"""The Python in the documents that applies a detector runs as it stands."""

import pathlib
import re

import numpy as np
import pytest

import au_jax
from au_jax.detector.bundle import Description
from au_jax.metrics.calibration import uncalibrated
from tests.made.detectors import AUS, random_cnn
from tests.made.portraits import camera, photograph
from tests.made.videos import write_video

pytestmark = pytest.mark.usefixtures("landmark_models")

ROOT = pathlib.Path(__file__).parents[2]
DETECTOR, VIDEO = "runs/synthetic_3fold/detector", "clip.mp4"
PROGRAMS = [
    (name, block)
    for name in ("README.md", "docs/models.md", "docs/output_formats.md")
    for block in re.findall(r"```python\n(.*?)```", (ROOT / name).read_text(), re.DOTALL)
    if DETECTOR in block
]


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A folder with the detector and the video that the documents speak of."""
    folder = tmp_path_factory.mktemp("home")
    about = Description(AUS, (32, 32, 3), {"method": "cnn"})
    detector = au_jax.Detector(random_cnn(), about, uncalibrated(len(AUS)))
    detector.save(folder / DETECTOR)
    write_video(folder / VIDEO, np.stack([photograph(camera(1.0, turn)) for turn in range(4)]))
    return folder


def test_there_are_programs():
    assert len(PROGRAMS) == 4


@pytest.mark.parametrize("number", range(len(PROGRAMS)))
def test_a_program_runs(home, monkeypatch, number, capsys):
    name, program = PROGRAMS[number]
    if "to_pandas" in program:
        pytest.importorskip("pandas")
    monkeypatch.chdir(home)
    # Where a test has imported the command of that name, it hides the function.
    monkeypatch.delitem(vars(au_jax), "predict", raising=False)
    exec(compile(program, name, "exec"), {})
    assert capsys.readouterr().out
