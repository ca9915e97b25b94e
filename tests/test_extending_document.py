"""The sketches of docs/extending.md do what they are said to do."""

import functools
import json
import pathlib
import re
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from etils import epath

import au_jax
from au_jax.analysis.attribution import grad_cam
from au_jax.datasets.raw.raw_dataset import ReaderOptions, prepare_raw
from au_jax.datasets.raw.recording_landmarks import LandmarkFolder
from au_jax.detector import cnn as cnn_model
from au_jax.detector.bundle import Description
from au_jax.errors import InputError
from au_jax.methods import cnn as cnn_method
from au_jax.methods import registry
from au_jax.methods.running import run_methods
from au_jax.metrics.calibration import Threshold, uncalibrated
from au_jax.prediction.prediction import VideoFacts, make_prediction
from au_jax.prediction.scored_frames import ScoredFrames
from au_jax.runs.scores import load_scores
from au_jax.settings import SamplingStrategy
from au_jax.settings.fields import check_settings
from tests.made.detectors import AUS, random_cnn
from tests.made.folds import make_fold, random_dataset
from tests.made.results import made_results
from tests.made.videos import write_folder

DOCUMENT = (pathlib.Path(__file__).parents[1] / "docs/extending.md").read_text()


@functools.cache
def sketch(title):
    """What the first program below a heading defines."""
    section = DOCUMENT.split(f"\n## {title}\n")[1].split("\n## ")[0]
    found = re.search(r"```python\n(.*?)```", section, re.DOTALL)
    assert found is not None
    names: dict[str, Any] = {"__name__": f"sketch_{title.replace(' ', '_').lower()}"}
    exec(compile(found[1], title, "exec"), names)
    return names


def test_setting():
    config = sketch("A setting")["NoiseConfig"]
    check_settings(config(pixels=0.5))
    with pytest.raises(InputError, match="pixels"):
        check_settings(config(pixels=1.5))


def test_variant():
    run = make_fold("unused")
    assert registry.resolve("cnn", run.experiment).variant is None
    run.experiment.variants = (sketch("A variant")["wide"],)
    found = registry.resolve("cnn_wide", run.experiment)
    assert found.method.name == "cnn" and found.experiment.cnn.network.width == 1.5


def test_data_set(tmp_path):
    source = write_folder(tmp_path / "source", recordings=3)
    options = ReaderOptions(LandmarkFolder(epath.Path(source / "landmarks")), face_size=32)
    raw = sketch("A data set")["read_mine"](source, options)
    dataset = prepare_raw(raw, tmp_path / "mine", "mine")
    assert dataset.frames.subjects == ("r0", "r1", "r2") and dataset.aus == (1, 12)
    assert (dataset.frames.labels != 0).any()


def test_method(tmp_path, monkeypatch):
    ridge = sketch("A method")["RIDGE"]
    for known in (registry.METHODS, registry.STAGES):
        monkeypatch.setitem(known, "ridge", ridge)
    run = make_fold(tmp_path / "fold_00", features={"pca_components": 8})
    run_methods(run, ["ridge"])
    kept = load_scores(run.directory / "ridge/scores.npz")
    detector = au_jax.Detector.load(run.directory, "ridge")
    test = run.fold.test
    faces, recordings = run.dataset.faces[test], run.dataset.frames.recording[test]
    np.testing.assert_array_equal(detector.scores(faces, recordings), kept.scores)


def test_backbone(tmp_path, monkeypatch):
    network = sketch("A backbone")["SmallNet"]
    for module in (cnn_model, cnn_method):
        monkeypatch.setattr(module, "frame_network", lambda config, aus: network(aus, config))
    run = make_fold(tmp_path / "fold_00", cnn={"steps": 2, "evaluate_every": 2})
    run_methods(run, ["cnn"])
    scores = load_scores(run.directory / "cnn/scores.npz").scores
    assert np.isfinite(scores).all() and scores.std() > 0
    params = network(3).init(jax.random.key(0), jnp.zeros((1, 28, 28, 3)), train=False)
    images = jax.random.normal(jax.random.key(1), (2, 28, 28, 3))
    _, features = network(3).apply(params, images, train=False)
    np.testing.assert_allclose(np.linalg.norm(features, axis=-1), 1, rtol=1e-5)
    units, given = jnp.array([0, 2]), {"network": network(3), "average_mirrored": False}
    assert grad_cam(params["params"], images, units, **given).any()


def test_way_of_sampling():
    labels = random_dataset().frames.labels
    plan = sketch("A way of sampling")["TurnsPlan"](labels, 9, seed=0)
    batch = plan[5]
    np.testing.assert_array_equal(batch, plan[5])
    assert not np.array_equal(batch, plan[6])
    for place, frame in enumerate(batch):
        assert labels[frame, place % labels.shape[1]] > 0
    assert "turns" not in [strategy.value for strategy in SamplingStrategy]


def test_metric():
    labels = np.array([[1, 1, 0], [1, -1, 0], [-1, 1, 0], [-1, -1, 0], [0, 1, 0]], np.int8)
    scores = np.array([[1, 1, 1], [1, 1, 1], [-1, 1, 1], [-1, -1, 1], [-1, -1, 1]], np.float32)
    found = sketch("A metric")["matthews"](labels, scores)
    expected = (2 * 1 - 1 * 1) / np.sqrt((2 + 1) * (2 + 1) * (1 + 1) * (1 + 1))
    np.testing.assert_allclose(found, [1, expected, np.nan])


def test_table_and_figure(tmp_path):
    results = made_results()
    section = sketch("A table or a figure")["means_section"](epath.Path(tmp_path), results)
    assert section.figure is not None and section.figure.startswith('<figure class="drawn">')
    assert section.table is not None and len(section.table.rows) == len(results.methods)


def test_output_format():
    scores = np.array([[[1, 0, -1]], [[np.nan] * 3]], np.float32)
    confidence, points = np.array([[1], [0]], np.float32), np.ones((2, 1, 49, 2), np.float32)
    frames = ScoredFrames(np.array([1, 2]), np.array([0, 0.04]), confidence, scores, points)
    about = Description(AUS, (32, 32, 3), {"method": "cnn"})
    detector = au_jax.Detector(random_cnn(), about, uncalibrated(len(AUS)))
    found = make_prediction(frames, detector, VideoFacts("clip.mp4", 25.0), Threshold.DEFAULT)
    lines = sketch("An output format")["JSON_LINES"].content(found).decode().splitlines()
    first, second = map(json.loads, lines)
    assert first["AU01_c"] == 1 and second["AU01_p"] is None and second["frame"] == 2
