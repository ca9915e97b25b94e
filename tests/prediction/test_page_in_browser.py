"""The page about a video in a real browser: cursor, keys, zoom, persons, events."""

import numpy as np
import pytest
from etils import epath

from au_jax.prediction.events import events_of
from au_jax.prediction.page import write_page
from tests.made.browser import browser
from tests.made.predictions import (
    AUS,
    portrait_video,
    prediction,
    scored_frames,
    without_person,
)

COUNT = 80
FRAMES = without_person(scored_frames(COUNT, people=2, lost=(3, 4)), 1, np.arange(30, 40))


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    folder = tmp_path_factory.mktemp("page")
    video = portrait_video(folder / "portrait.mp4", COUNT)
    write_page(epath.Path(folder / "page.html"), prediction(FRAMES), FRAMES, video)
    return folder / "page.html"


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    with browser(tmp_path_factory.mktemp("profile")) as opened:
        yield opened
        assert opened.complaints == []


def text(page, element):
    return page.run(f"document.getElementById('{element}').textContent")


def said(page, name):
    page.settle()
    return page.run(f"document.getElementById('slider').getAttribute('aria-{name}')")


def box(page, selector):
    script = f"document.querySelector('{selector}').getBoundingClientRect().toJSON()"
    return page.run(script)


def place(page, share):
    """A place in the window, so far to the right in the lanes."""
    found = box(page, "#slider")
    return found["x"] + share * found["width"], found["y"] + 20


def focus(page):
    page.run("document.getElementById('slider').focus()")


def test_keys_move_the_cursor(page, file):
    page.open(file)
    focus(page)
    assert said(page, "valuenow") == "1" and said(page, "valuemax") == str(COUNT)
    for key, shift, expected in (
        ("ArrowRight", False, 2),
        ("ArrowRight", True, 27),
        ("ArrowLeft", False, 26),
        ("ArrowLeft", True, 1),
        ("ArrowLeft", False, 1),
        ("End", False, COUNT),
        ("Home", False, 1),
    ):
        page.key(key, shift)
        assert said(page, "valuenow") == str(expected), (key, shift)
    for _ in range(3):
        page.key("ArrowRight")
    assert said(page, "valuetext") == "0.12 s, frame 4: no face"
    assert page.run("document.getElementById('face').className") == "away"


def test_the_bars_are_the_probabilities_of_the_frame(page, file):
    page.open(file)
    focus(page)
    page.key("ArrowRight")
    page.settle()
    found = prediction(FRAMES)
    (row,) = np.flatnonzero((found.frame == 2) & (found.face_id == 0))
    values = page.run("[...document.querySelectorAll('.value')].map(e => e.textContent)")
    expected = found.probabilities[row] * 100
    assert np.abs([float(value.rstrip(" %")) for value in values] - expected).max() < 0.8
    wide = page.run(
        "[...document.querySelectorAll('.bar')].map(e =>"
        " 100 * e.firstChild.getBoundingClientRect().width / e.getBoundingClientRect().width)"
    )
    np.testing.assert_allclose(wide, expected, atol=1)
    present = page.run(
        "[...document.querySelectorAll('#curves .lane')].map(e => e.matches('.is-present'))"
    )
    np.testing.assert_array_equal(present, found.decisions[row] > 0)
    names = [f"AU{au:02d}" for au, on in zip(AUS, present, strict=True) if on]
    assert all(name in text(page, "present") for name in names)
    drawn = "c => c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some(x => x > 0)"
    assert page.run(f"[...document.querySelectorAll('canvas')].every({drawn})")


def test_the_pointer_moves_the_cursor_and_zooms(page, file):
    page.open(file)
    page.mouse("Moved", *place(page, 0.5))
    assert abs(int(said(page, "valuenow")) - COUNT / 2) <= 1
    cursor, lanes = box(page, "#cursor"), box(page, "#slider")
    assert abs(cursor["x"] - lanes["x"] - lanes["width"] / 2) < lanes["width"] / COUNT
    page.mouse("Moved", *place(page, 0.25))
    page.mouse("Pressed", *place(page, 0.25), clicks=1)
    page.mouse("Moved", *place(page, 0.5), clicks=1)
    page.settle()
    assert box(page, "#selection")["width"] > 100
    page.mouse("Released", *place(page, 0.5), clicks=1)
    page.settle()
    assert text(page, "range") == "0.8 s to 1.6 s"
    assert box(page, "#selection")["width"] == 0
    page.mouse("Moved", *place(page, 0.001))
    assert abs(int(said(page, "valuenow")) - COUNT / 4) <= 1
    page.key("Escape")
    page.settle()
    assert text(page, "range") == "0.0 s to 3.2 s"
    page.key("+")
    page.settle()
    assert text(page, "range") != "0.0 s to 3.2 s"
    for clicks in (1, 2):
        page.mouse("Pressed", *place(page, 0.5), clicks=clicks)
        page.mouse("Released", *place(page, 0.5), clicks=clicks)
    page.settle()
    assert text(page, "range") == "0.0 s to 3.2 s"


def test_the_range_follows_the_keys(page, file):
    page.open(file)
    focus(page)
    page.key("+")
    page.key("End")
    assert said(page, "valuenow") == str(COUNT)
    page.settle()
    assert text(page, "range").endswith("to 3.2 s")


def test_persons_and_events(page, file):
    page.open(file)
    events = events_of(prediction(FRAMES))
    rows = "document.querySelectorAll('#events tbody tr').length"
    assert page.run(rows) == 15 < len(events)
    assert text(page, "more") == f"Show all {len(events)} events"
    page.run("document.getElementById('more').click()")
    assert page.run(rows) == len(events)
    for number in (len(events) - 1, 0, len(events) // 2):
        page.run(f"document.querySelectorAll('#events button')[{number}].click()")
        assert said(page, "valuenow") == str(events[number].first_frame)
        chosen = page.run("document.getElementById('person').value")
        assert chosen == str(events[number].face_id)
        assert f"AU{events[number].au:02d}" in said(page, "valuetext")
        assert page.run("document.activeElement.id") == "slider"
    page.run(
        "const chooser = document.getElementById('person'); chooser.value = 1;"
        "chooser.dispatchEvent(new Event('change'))"
    )
    page.key("Home")
    page.key("ArrowRight", shift=True)
    for _ in range(6):
        page.key("ArrowRight")
    assert said(page, "valuetext").endswith("frame 32: no face")


@pytest.mark.parametrize("dark", [False, True])
def test_a_phone_shows_it_without_scrolling_sideways(page, file, dark):
    page.open(file, width=390, height=844, dark=dark, touch=True)
    assert page.run("document.documentElement.scrollWidth") <= 390
    assert box(page, "#slider")["width"] > 340
    ground = page.run("getComputedStyle(document.body).backgroundColor")
    assert ground == ("rgb(22, 24, 27)" if dark else "rgb(255, 255, 255)")
    page.call("Emulation.setTouchEmulationEnabled", enabled=True)
    page.run("document.getElementById('curves').scrollIntoView()")
    x, y = box(page, "#slider")["x"], 400
    touch = [{"x": x + box(page, "#slider")["width"] / 2, "y": y}]
    page.call("Input.dispatchTouchEvent", type="touchStart", touchPoints=touch)
    page.call("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])
    page.call("Emulation.setTouchEmulationEnabled", enabled=False)
    assert abs(int(said(page, "valuenow")) - COUNT / 2) <= 1


def test_a_video_without_a_face_makes_no_trouble(page, tmp_path):
    frames = scored_frames(10, lost=range(10))
    video = portrait_video(tmp_path / "portrait.mp4", 10)
    write_page(epath.Path(tmp_path / "page.html"), prediction(frames), frames, video)
    page.open(tmp_path / "page.html")
    focus(page)
    page.key("End")
    assert said(page, "valuetext").endswith("no face")
    assert "No action unit" in text(page, "count")
