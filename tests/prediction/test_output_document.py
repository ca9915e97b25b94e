"""docs/output_formats.md names every column and key, and its programs read the files."""

import json
import pathlib
import re

import numpy as np
import pytest

from au_jax.detector.bundle import Description
from au_jax.detector.detector import Detector
from au_jax.metrics.calibration import Threshold, uncalibrated
from au_jax.prediction.formats import FORMATS
from au_jax.prediction.prediction import VideoFacts, make_prediction
from au_jax.prediction.scored_frames import ScoredFrames
from tests.made.detectors import AUS, random_cnn

DOCUMENT = (pathlib.Path(__file__).parents[2] / "docs/output_formats.md").read_text()


def program(title):
    section = re.split(rf"^### {title}\n", DOCUMENT, flags=re.MULTILINE)[1]
    found = re.search(r"```python\n(.*?)```", section, re.DOTALL)
    assert found is not None
    return found[1]


@pytest.fixture(scope="module")
def found():
    """Half a second of a person, who is away for two frames."""
    rng = np.random.default_rng(0)
    confidence = np.ones((12, 1), np.float32)
    confidence[4:6] = 0
    points = rng.uniform(50, 90, (12, 1, 49, 2)).astype(np.float32)
    scores = np.broadcast_to(np.array([-1, 1, 0.2], np.float32), (12, 1, len(AUS))).copy()
    frames = ScoredFrames(
        np.arange(1, 13, dtype=np.int32), np.arange(12) / 25, confidence, scores, points
    )
    about = Description(AUS, (32, 32, 3), {"method": "cnn", "drawn_faces": True})
    detector = Detector(random_cnn(), about, uncalibrated(len(AUS)))
    return make_prediction(frames, detector, VideoFacts("clip.mp4", 25.0), Threshold.DEFAULT)


@pytest.fixture
def results(found, tmp_path, monkeypatch):
    folder = tmp_path / "results"
    folder.mkdir()
    for name, one in FORMATS.items():
        if name != "parquet":
            (folder / f"clip{one.ending}").write_bytes(one.content(found))
    (folder / "clip.json").write_text(json.dumps({**found.about, "made_from": {}}))
    monkeypatch.chdir(tmp_path)
    return folder


@pytest.mark.parametrize("name", ["native", "openface", "pyfeat", "events"])
def test_every_column_is_described(results, name):
    header = (results / f"clip{FORMATS[name].ending}").read_text().splitlines()[0]
    for column in header.split(","):
        general = re.sub(r"AU(?!24_c)\d\d", "AU01", column)
        assert f"`{general}`" in DOCUMENT, column


def test_every_key_and_format_is_described(results):
    for key in json.loads((results / "clip.json").read_text()):
        assert f"`{key}`" in DOCUMENT, key
    for name, one in FORMATS.items():
        assert f"`--format={name}`" in DOCUMENT and f"`clip{one.ending}`" in DOCUMENT


def test_the_program_with_pandas_reads_them(results, capsys):
    pytest.importorskip("pandas")
    exec(compile(program("pandas"), "pandas", "exec"), {})
    printed = capsys.readouterr().out
    assert re.search(r"AU12_p +0\.73", printed) and "0.5" in printed.splitlines()[-1]


def test_the_program_with_py_feat_reads_them(results, capsys):
    pytest.importorskip("feat")
    exec(compile(program("py-feat"), "feat", "exec"), {})
    assert "AU12" in capsys.readouterr().out
