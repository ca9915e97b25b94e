"""Test recordings as a page holds them, read back."""

import base64
import io
import zlib

import numpy as np
import pytest
from PIL import Image

from au_jax.reporting.timeline import recordings as module
from au_jax.reporting.timeline.face_sheets import COLUMNS
from au_jax.reporting.timeline.recordings import (
    FACE_SIZE,
    GAP,
    LEVELS,
    TICKS,
    recordings_view,
    score_levels,
)
from au_jax.runs.scores import Scores
from tests.made.long_runs import long_dataset

AUS = (1, 12, 24)
DATA, ACTIVITY = long_dataset(240, subjects=3, tasks=2, aus=AUS)


def scores_of(rows, shift):
    table = DATA.frames
    values = (ACTIVITY[rows] + shift).astype(np.float32)
    return Scores(
        scores=values,
        tuned=values,
        probabilities=values,
        labels=table.labels[rows],
        frames=rows,
        recordings=np.array(table.recordings)[table.recording[rows]],
        subjects=np.array(table.subjects)[table.subject[rows]],
        aus=AUS,
    )


def folds():
    halves = {"fold 1": np.arange(120), "fold 2": np.arange(120, 240)}
    return {
        name: {"cnn": scores_of(rows, 0.0), "svm": scores_of(rows, 0.5)}
        for name, rows in halves.items()
    }


def read(view, methods):
    """Numbers, times, scores `[method, frame, au]` and labels, as the script of a page reads."""
    raw = zlib.decompress(base64.b64decode(view.values))
    whole = np.frombuffer(raw[: 8 * view.frames], "<i4").reshape(2, -1).cumsum(axis=1)
    planes = np.frombuffer(raw[8 * view.frames :], np.uint8).reshape(methods + 1, len(AUS), -1)
    planes = planes.cumsum(axis=2, dtype=np.uint8).transpose(0, 2, 1)
    return whole[0], whole[1], planes[:-1], planes[-1]


def test_every_recording_is_there_with_its_numbers():
    found = recordings_view(DATA, folds(), "F001_T2")
    assert found is not None and found.step == 1
    names = [one["name"] for one in found.about["recordings"]]
    assert names == list(DATA.frames.recordings)
    assert names[found.about["first"]] == "F001_T2"
    for place, view in enumerate(found.recordings):
        rows = np.flatnonzero(DATA.frames.recording == place)
        number, time, levels, labels = read(view, 2)
        np.testing.assert_array_equal(number, DATA.frames.frame[rows])
        np.testing.assert_allclose(time / TICKS, DATA.frames.time[rows], atol=1 / TICKS)
        coded = DATA.frames.labels[rows]
        np.testing.assert_array_equal(labels == 1, coded > 0)
        np.testing.assert_array_equal(labels == 2, coded == 0)
        for shift, plane in zip((0.0, 0.5), levels, strict=True):
            np.testing.assert_array_equal(plane > LEVELS / 2, ACTIVITY[rows] + shift > 0)


def test_levels_keep_decisions_and_are_fine_enough():
    scores = np.array([[-5.0, -1e-9], [0.0, 1e-9], [1.0, np.nan]])
    levels = score_levels(scores, np.array([2.0, 1.0]))
    assert levels.dtype == np.uint8 and levels[2, 1] == GAP
    np.testing.assert_array_equal((levels > LEVELS / 2) & (levels != GAP), scores > 0)
    assert levels[0, 0] == 0
    many = np.linspace(-1, 1, 1001)[:, None]
    back = score_levels(many, np.ones(1)) / (LEVELS / 2) - 1
    assert np.abs(back - many).max() < 1 / 126


def test_long_runs_are_thinned_to_the_budget(monkeypatch):
    whole = recordings_view(DATA, folds())
    assert whole is not None
    size = sum(len(view.values) for view in whole.recordings)
    monkeypatch.setattr(module, "_MOST_BYTES", int(0.7 * size))
    found = recordings_view(DATA, folds())
    assert found is not None and found.step > 1
    assert sum(len(view.values) for view in found.recordings) <= 0.7 * size
    number, *_ = read(found.recordings[0], 2)
    np.testing.assert_array_equal(number, np.arange(1, 41, found.step))
    assert found.recordings[0].step == found.step


def test_faces_are_those_of_their_frames(monkeypatch):
    monkeypatch.setattr(module, "_FACES", 18)
    found = recordings_view(DATA, folds())
    assert found is not None
    for place, view in enumerate(found.recordings):
        rows = np.flatnonzero(DATA.frames.recording == place)
        assert 1 < len(view.faces.frames) <= 3
        with Image.open(io.BytesIO(view.faces.jpeg)) as sheet:
            assert sheet.size == (min(COLUMNS, 3) * FACE_SIZE, FACE_SIZE)
            pixels = np.asarray(sheet).astype(float)
        for column, frame in enumerate(view.faces.frames):
            drawn = pixels[:, column * FACE_SIZE : (column + 1) * FACE_SIZE]
            face = DATA.faces[rows[frame : frame + 1]][0]
            expected = np.asarray(Image.fromarray(face).resize((FACE_SIZE, FACE_SIZE)))
            assert np.abs(drawn - expected).mean() < 20


def test_a_recording_tested_in_two_folds_names_them():
    again = {"a": folds()["fold 1"], "b": {"cnn": scores_of(np.arange(120), 1.0)}}
    found = recordings_view(DATA, again)
    assert found is not None
    assert [one["fold"] for one in found.about["recordings"]] == ["a", "b"] * 3
    # A method without scores in a fold leaves a gap.
    _, _, levels, _ = read(found.recordings[1], 2)
    assert (levels[1] == GAP).all() and (levels[0] != GAP).all()


@pytest.mark.parametrize("empty", [{}, {"fold 1": {}}])
def test_without_scores_there_is_nothing(empty):
    assert recordings_view(DATA, empty) is None
