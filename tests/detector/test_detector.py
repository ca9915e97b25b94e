"""A detector as a thing that lies in a folder: what it refuses, and what it needs."""

import json
import shutil

import jax
import numpy as np
import pytest

import au_jax
from au_jax.errors import InputError
from au_jax.methods.running import FoldMethods, run_methods
from au_jax.metrics.calibration import Threshold, fit_calibration
from au_jax.runs.scores import load_scores
from tests.made.folds import AUS, make_fold

METHODS = ("svm", "jpml", "cnn", "lstm", "hybrid", "lstm_pca_4")
SHORT = {"steps": 2, "evaluate_every": 2}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A finished fold."""
    settings = {"cnn": SHORT, "lstm": SHORT, "fusion": SHORT, "features": {"pca_components": 8}}
    jpml = {"alphas": (0.1,), "betas": (0.0,), "iterations": 10}
    fold_run = make_fold(tmp_path_factory.mktemp("run") / "fold_00", jpml=jpml, **settings)
    with jax.numpy_rank_promotion("raise"):
        run_methods(fold_run, METHODS)
    return fold_run


def frames_of(run):
    test = run.fold.test
    return run.dataset.faces[test], run.dataset.frames.recording[test]


@pytest.mark.parametrize("method", METHODS)
def test_a_copied_detector_gives_the_scores_of_the_run(run, tmp_path, method):
    expected = np.load(run.directory / method / "scores.npz")["scores"]
    au_jax.Detector.load(run.directory, method).save(tmp_path / "saved")
    shutil.move(tmp_path / "saved", tmp_path / "elsewhere")
    detector = au_jax.Detector.load(tmp_path / "elsewhere")
    detection = detector(*frames_of(run))
    np.testing.assert_array_equal(detection.scores, expected)
    np.testing.assert_array_equal(detection.decisions, expected > 0)
    of_run = load_scores(run.directory / method / "scores.npz")
    np.testing.assert_array_equal(detection.probabilities, of_run.probabilities)
    tuned = detector(*frames_of(run), threshold=Threshold.F1).decisions
    np.testing.assert_array_equal(tuned, of_run.tuned > 0)
    assert detector.aus == AUS and detector.face_shape == (32, 32, 3)
    assert detector.description.origin["method"] == method
    everything = b"".join(
        file.read_bytes() for file in tmp_path.rglob("*.json") if file.name == "detector.json"
    )
    assert str(run.directory.parent).encode() not in everything


@pytest.mark.parametrize("method", ["cnn", "hybrid", "svm"])
def test_calibration_rests_on_the_validation_subjects_alone(run, method):
    detector = au_jax.Detector.load(run.directory, method)
    rows, table = run.fold.validation, run.dataset.frames
    scores = detector.scores(run.dataset.faces[rows], table.recording[rows])
    expected = fit_calibration(table.labels[rows], scores)
    np.testing.assert_allclose(detector.calibration.slope, expected.slope, rtol=1e-4)
    for kind in Threshold:
        found = detector.calibration.thresholds[kind]
        np.testing.assert_allclose(found, expected.thresholds[kind], rtol=1e-4)


def test_a_calibration_of_something_else_is_refused(run, tmp_path):
    au_jax.Detector.load(run.directory, "cnn").save(tmp_path / "cnn")
    file = tmp_path / "cnn/calibration.json"
    content = json.loads(file.read_text())
    for wrong in ({**content, "slope": [1.0]}, {**content, "thresholds": {}}, {}, []):
        file.write_text(json.dumps(wrong))
        with pytest.raises(InputError, match="is not the calibration of a detector"):
            au_jax.Detector.load(tmp_path / "cnn")
    file.unlink()
    assert (au_jax.Detector.load(tmp_path / "cnn").calibration.slope == 1).all()


def test_saving_replaces_a_detector_and_nothing_else(run, tmp_path):
    au_jax.Detector.load(run.directory, "hybrid").save(tmp_path / "kept")
    au_jax.Detector.load(run.directory, "cnn").save(tmp_path / "kept")
    assert au_jax.Detector.load(tmp_path / "kept").description.origin["method"] == "cnn"
    assert [place.name for place in tmp_path.iterdir()] == ["kept"]
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/thesis.txt").write_text("years of work")
    with pytest.raises(InputError, match="holds other files"):
        au_jax.Detector.load(run.directory, "cnn").save(tmp_path / "mine")
    assert (tmp_path / "mine/thesis.txt").exists()


def test_the_strongest_of_a_fold_is_taken_unless_one_is_named(run):
    assert au_jax.Detector.load(run.directory).description.origin["method"] == "hybrid"
    named = au_jax.Detector.load(run.directory / "cnn")
    assert named.description.origin["method"] == "cnn"


def test_recordings_of_other_frames_change_no_score(run):
    faces, recordings = frames_of(run)
    detector = au_jax.Detector.load(run.directory, "hybrid")
    first = recordings == recordings[0]
    alone = detector.scores(faces[first])
    np.testing.assert_allclose(detector.scores(faces, recordings)[first], alone, atol=1e-6)
    # In one recording the state goes on, and the LSTM says something else.
    together = detector.scores(faces)
    assert (together[~first] != detector.scores(faces, recordings)[~first]).any()


def test_faces_of_another_size_are_refused(run):
    detector = au_jax.Detector.load(run.directory, "cnn")
    with pytest.raises(InputError, match="faces are 40 × 40 × 3, but the detector takes 32 × 32"):
        detector.scores(np.zeros((2, 40, 40, 3), np.uint8))


def test_a_part_of_a_copied_detector_says_that_it_is_one(run, tmp_path):
    au_jax.Detector.load(run.directory, "lstm").save(tmp_path)
    with pytest.raises(InputError, match="describes a part of a detector: it lacks"):
        au_jax.Detector.load(tmp_path / "inputs/0")


def test_what_is_not_there_is_said_with_what_is(run, tmp_path):
    with pytest.raises(InputError, match=r"no detector of the method 'forest' in .*; detectors"):
        au_jax.Detector.load(run.directory, "forest")
    with pytest.raises(InputError, match=r"there is no detector in .*: none. Give the folder"):
        au_jax.Detector.load(tmp_path)
    with pytest.raises(InputError, match="holds features and no detector"):
        au_jax.Detector.load(run.directory.parent / "features/hog_landmarks")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": 99}, "is of format 99, this version of au_jax .* reads 1"),
        ({"kind": "oracle"}, "describes a 'oracle'; this version of au_jax knows cnn, lstm"),
        ({"kind": None}, "it lacks kind"),
    ],
)
def test_a_description_of_another_kind_is_refused(run, tmp_path, change, message):
    folder = tmp_path / "cnn"
    shutil.copytree(run.directory / "cnn", folder)
    content = json.loads((folder / "detector.json").read_text()) | change
    content = {name: value for name, value in content.items() if value is not None}
    (folder / "detector.json").write_text(json.dumps(content))
    with pytest.raises(InputError, match=message):
        au_jax.Detector.load(folder)
    (folder / "detector.json").write_text("{")
    with pytest.raises(InputError, match="is not the description of a detector"):
        au_jax.Detector.load(folder)


def test_a_detector_whose_arrays_are_gone_is_trained_anew_by_a_run_and_refused_by_load(
    run, tmp_path
):
    shutil.copytree(run.directory / "cnn", tmp_path / "cnn")
    shutil.rmtree(tmp_path / "cnn/model")
    with pytest.raises(InputError, match="there is no detector of the method 'cnn'"):
        au_jax.Detector.load(tmp_path, "cnn")
    again = make_fold(tmp_path, cnn=SHORT)
    scores = FoldMethods(again).test_scores("cnn")
    np.testing.assert_allclose(
        scores, np.load(run.directory / "cnn/scores.npz")["scores"], atol=1e-6
    )
