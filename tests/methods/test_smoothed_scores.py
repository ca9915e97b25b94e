import dataclasses
import json

import numpy as np

from au_jax.detector.detector import Detector
from au_jax.methods.running import run_methods
from au_jax.metrics.smoothing import best_window, smoothed
from au_jax.runs.layout import MethodFolder
from au_jax.runs.scores import load_scores
from au_jax.settings import Smoothing
from tests.made.folds import AUS, left, make_fold, random_dataset


def steady_dataset(turned=()):
    """Recordings of which each AU is present in one half; of the rows `turned` the other half."""
    dataset = random_dataset()
    first_half = np.arange(len(dataset.frames)) % 8 < 4
    labels = np.where(first_half, 1, -1).astype(np.int8)[:, None].repeat(len(AUS), axis=1)
    labels[list(turned)] *= -1
    return dataclasses.replace(dataset, frames=dataclasses.replace(dataset.frames, labels=labels))


def run_on_flicker(directory, smoothing, **others):
    """A fold whose CNN is right but for single frames."""
    run = make_fold(directory, steady_dataset(**others), smoothing=smoothing)
    scores = steady_dataset().frames.labels.astype(np.float32)
    scores[1::4] *= -0.5
    left(run, "cnn", scores=scores)
    left(run, "lstm", scores=scores)
    run_methods(run, ["lstm"])
    folder = MethodFolder(run.directory / "cnn")
    return run, scores, load_scores(folder.test_scores), json.loads(folder.calibration.read_text())


def test_window_is_that_of_the_validation_people_and_smooths_the_scores_of_the_tested(tmp_path):
    run, scores, kept, calibration = run_on_flicker(tmp_path, Smoothing.VALIDATION)
    table, rows = run.dataset.frames, run.fold.validation
    seconds = best_window(table.labels[rows], scores[rows], table.time[rows], table.recording[rows])
    assert calibration["smoothing_seconds"] == seconds > 0
    test = run.fold.test
    over_time = table.time[test], table.recording[test]
    expected = smoothed(scores[test], *over_time, seconds)
    np.testing.assert_array_equal(kept.scores, expected)
    assert ((expected > 0) == (table.labels[test] > 0)).mean() > (scores[test] > 0).mean()
    # What is said of scores is said of smoothed ones.
    detector = Detector.load(run.directory, "cnn")
    detection = detector.detection(expected)
    np.testing.assert_array_equal(kept.probabilities, detection.probabilities)
    assert detector.calibration.smoothing == seconds


def test_what_tested_people_show_does_not_choose_the_window(tmp_path):
    test = make_fold(tmp_path / "any").fold.test
    calibrations = [
        run_on_flicker(tmp_path / str(number), Smoothing.VALIDATION, turned=turned)[-1]
        for number, turned in enumerate(((), tuple(test)))
    ]
    assert calibrations[0] == calibrations[1]


def test_without_the_setting_scores_are_as_the_method_gives_them(tmp_path):
    run, scores, kept, calibration = run_on_flicker(tmp_path, Smoothing.NONE)
    np.testing.assert_array_equal(kept.scores, scores[run.fold.test])
    assert calibration["smoothing_seconds"] == 0


def test_a_detector_smooths_where_times_are_given(tmp_path):
    run, _, _, _ = run_on_flicker(tmp_path, Smoothing.VALIDATION)
    detector = Detector.load(run.directory, "cnn")
    calls = []

    class Flickering:
        def scores(self, frames, rows):
            calls.append(rows)
            return np.tile([[1.0], [-1.0]], (len(rows) // 2, len(AUS))).astype(np.float32)

    detector = dataclasses.replace(detector, block=Flickering())
    faces, times = run.dataset.faces[np.arange(8)], np.arange(8) / 25
    plain, averaged = detector.scores(faces), detector.scores(faces, times=times)
    seconds = detector.calibration.smoothing
    np.testing.assert_array_equal(averaged, smoothed(plain, times, np.zeros(8), seconds))
    assert abs(averaged).max() < abs(plain).max() and len(calls) == 2


def test_an_older_calibration_smooths_nothing(tmp_path):
    run, _, _, calibration = run_on_flicker(tmp_path, Smoothing.VALIDATION)
    file = MethodFolder(run.directory / "cnn").calibration
    del calibration["smoothing_seconds"]
    file.write_text(json.dumps(calibration))
    assert Detector.load(run.directory, "cnn").calibration.smoothing == 0
