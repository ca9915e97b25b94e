"""The page about a video as a file: what is in it."""

import base64
import dataclasses
import html.parser
import io
import json
import re

import numpy as np
import pytest
from etils import epath
from PIL import Image

from au_jax.prediction import page_data as data_module
from au_jax.prediction.events import events_of
from au_jax.prediction.page import write_page
from au_jax.prediction.page_data import GAP, LEVELS, TICKS, page_data
from au_jax.prediction.person_curves import person_curves
from au_jax.prediction.thumbnails import SIZE, choose_frames
from au_jax.reporting.timeline.face_sheets import COLUMNS
from tests.made.predictions import (
    AUS,
    portrait_video,
    prediction,
    scored_frames,
    without_person,
)

COUNT = 20


class Elements(html.parser.HTMLParser):
    """All elements with their attributes, and the text of scripts by `id`."""

    def __init__(self, text):
        super().__init__()
        self.found, self.texts, self.open = [], {}, []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        if tag not in ("meta", "link", "br", "img"):
            self.open.append((tag, dict(attrs).get("id")))

    def handle_endtag(self, tag):
        last, _ = self.open.pop()
        assert last == tag

    def handle_data(self, data):
        if self.open:
            name = self.open[-1][1]
            self.texts[name] = self.texts.get(name, "") + data


@pytest.fixture(scope="module")
def video(tmp_path_factory):
    return portrait_video(tmp_path_factory.mktemp("video") / "portrait.mp4", COUNT)


def read(data, name, kind):
    return np.frombuffer(base64.b64decode(data[name]), kind)


def probabilities_of(data, person):
    values = read(data["people"][person], "probabilities", "u1")
    return values.reshape(-1, len(data["aus"]))


def test_a_page_needs_no_other_file(video, tmp_path):
    frames = scored_frames(COUNT, lost=(3, 4))
    found = prediction(frames, notes=("2 frames were lost </script><b>",))
    write_page(epath.Path(tmp_path / "page.html"), found, frames, video)
    text = (tmp_path / "page.html").read_text()
    elements = Elements(text)
    assert elements.open == []
    loads = [
        value
        for _, given in elements.found
        for key, value in given.items()
        if key in ("src", "href")
    ]
    assert loads == [] and not re.search(r"https?://|@import|url\(", text)
    assert "trained on drawn faces only" in text and "portrait.mp4" in text
    assert "&lt;/script&gt;&lt;b&gt;" in text and "(90.0 %)" in text
    assert json.loads(elements.texts["data"]) == page_data(found, frames, video)
    slider = next(given for _, given in elements.found if given.get("id") == "slider")
    assert slider["role"] == "slider" and slider["tabindex"] == "0"
    write_page(epath.Path(tmp_path / "again.html"), found, frames, video)
    assert (tmp_path / "again.html").read_text() == text


def test_the_numbers_are_those_of_the_prediction(video):
    frames = without_person(scored_frames(COUNT, people=2, lost=(3, 4)), 1, [0, 7])
    found = prediction(frames)
    data = page_data(found, frames, video)
    np.testing.assert_array_equal(read(data, "number", "<i4"), frames.number)
    np.testing.assert_allclose(read(data, "time", "<i4") / TICKS, frames.time, atol=1 / TICKS)
    assert [au["name"] for au in data["aus"]] == [f"AU{au:02d}" for au in AUS]
    assert [au["threshold"] for au in data["aus"]] == [0.5] * len(AUS)
    for person in (0, 1):
        values = probabilities_of(data, person)
        rows = np.flatnonzero(found.success & (found.face_id == person))
        at = found.frame[rows] - 1
        assert np.abs(values[at] / LEVELS - found.probabilities[rows]).max() < 1 / 255
        assert (np.delete(values, at, axis=0) == GAP).all()
        assert (values[at] != GAP).all()
    events = events_of(found)
    assert [row[:2] for row in data["events"]] == [[e.face_id, AUS.index(e.au)] for e in events]
    assert [row[4:6] for row in data["events"]] == [[e.first_frame, e.last_frame] for e in events]


def test_there_is_a_thumbnail_of_each_frame_shown(video):
    frames = without_person(scored_frames(COUNT, people=2, lost=(3,)), 1, [0])
    data = page_data(prediction(frames), frames, video)
    for person, missing in ((0, {3}), (1, {0, 3})):
        given = data["people"][person]
        assert given["shown"] == sorted(set(range(COUNT)) - missing)
        jpeg = base64.b64decode(given["faces"].removeprefix("data:image/jpeg;base64,"))
        with Image.open(io.BytesIO(jpeg)) as sheet:
            rows = -(-len(given["shown"]) // COLUMNS)
            assert sheet.size == (COLUMNS * SIZE, rows * SIZE)
            last = divmod(len(given["shown"]) - 1, COLUMNS)
            face = np.asarray(sheet)[last[0] * SIZE :, last[1] * SIZE :][:SIZE, :SIZE]
        assert face.std() > 10


def test_a_video_without_a_face_has_a_page(video, tmp_path):
    frames = scored_frames(COUNT, lost=range(COUNT))
    found = prediction(frames)
    data = page_data(found, frames, video)
    assert (probabilities_of(data, 0) == GAP).all()
    assert data["people"][0]["faces"] == "" and data["events"] == []
    write_page(epath.Path(tmp_path / "page.html"), found, frames, video)


def test_frames_are_shown_where_something_changes():
    frames = scored_frames(1000, lost=range(500, 520))
    (curves,) = person_curves(prediction(frames), frames)
    still = np.full_like(curves.probabilities, 0.1)
    still[800:] = 0.9
    curves = dataclasses.replace(curves, probabilities=still)
    chosen = choose_frames(curves, 100)
    assert 50 <= len(chosen) <= 100 and (np.diff(chosen) > 0).all()
    assert 800 in chosen and not set(range(500, 520)) & set(chosen.tolist())
    assert np.diff(chosen[chosen < 500]).max() <= 21
    still[:600], still[600:700], still[700:] = 0, np.linspace(0, 1, 100)[:, None], 1
    chosen = choose_frames(curves, 100)
    assert ((chosen >= 600) & (chosen < 700)).sum() > 50


def test_a_long_video_is_thinned(video, monkeypatch):
    frames = scored_frames(COUNT)
    found = prediction(frames)
    monkeypatch.setattr(data_module, "_MOST_VALUES", COUNT * len(AUS) // 3)
    data = page_data(found, frames, video)
    assert data["step"] == 3
    np.testing.assert_array_equal(read(data, "number", "<i4"), frames.number[::3])
    values = probabilities_of(data, 0)
    assert np.abs(values / LEVELS - found.probabilities[::3]).max() < 1 / 255
    assert len(data["people"][0]["shown"]) == len(values)
    assert len(data["events"]) == len(events_of(found))
