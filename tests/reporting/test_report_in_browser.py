"""The report of a run in a real browser: tables, charts, time line, paper, phone, no scripts."""

import base64
import pathlib
import time

import numpy as np
import pytest

from au_jax.reporting.page import write_report
from tests.made.browser import browser
from tests.made.long_runs import METHODS, long_run

AUS = (1, 12, 24)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    return long_run(folder, 1200, subjects=6, tasks=2, folds=2, aus=AUS, logs=4)


@pytest.fixture(scope="module")
def file(made):
    return pathlib.Path(write_report(*made))


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    with browser(tmp_path_factory.mktemp("profile")) as opened:
        yield opened
        assert opened.complaints == []


def box(page, selector):
    return page.run(f"document.querySelector('{selector}').getBoundingClientRect().toJSON()")


def said(page, name):
    page.settle()
    return page.run(f"document.getElementById('slider').getAttribute('aria-{name}')")


def choose(page, element, value):
    page.run(
        f"(e => {{ e.value = '{value}'; e.dispatchEvent(new Event('change')); }})"
        f"(document.querySelector('{element}'))"
    )
    page.settle()


def column(page, number):
    """A column of the first table, body and foot, and how its head says it is sorted."""
    table = "document.querySelector('table.sortable')"
    cells = f"[...r].map(r => r.cells[{number}].textContent)"
    body = page.run(f"(r => {cells})({table}.tBodies[0].rows)")
    foot = page.run(f"(r => {cells})({table}.tFoot.rows)")
    return body, foot, page.run(f"{table}.tHead.rows[0].cells[{number}].ariaSort")


def test_tables_are_sorted_by_pointer_and_key_and_means_stay_last(page, file):
    page.open(file)
    body, foot, order = column(page, 3)
    assert order == "none" and len(body) == len(AUS)
    head = "table.sortable thead th:nth-child(4) button"
    place = box(page, head)
    for kind in ("Pressed", "Released"):
        page.mouse(kind, place["x"] + 5, place["y"] + 5, clicks=1)
    high = sorted(body, key=float, reverse=True)
    assert column(page, 3) == (high, foot, "descending")
    page.run(f"document.querySelector('{head}').focus()")
    page.call("Input.dispatchKeyEvent", type="keyDown", key=" ", code="Space", text=" ")
    page.call("Input.dispatchKeyEvent", type="keyUp", key=" ", code="Space")
    assert column(page, 3) == (high[::-1], foot, "ascending")
    assert column(page, 0)[1][0] == "mean"


def test_charts_are_those_of_the_chosen_action_unit(page, file):
    page.open(file)
    choose(page, "select.of-aus", "detail-0-1")
    page.run("document.getElementById('action-units').scrollIntoView()")
    page.settle()
    page.settle()
    shown = "[...document.querySelectorAll('.detail')].filter(e => !e.hidden)"
    assert page.run(f"{shown}.map(e => e.id)") == ["detail-0-1"]
    assert "lip corner puller" in page.run(f"{shown}[0].querySelector('h4').textContent")
    drawn = "c => c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some(x => x > 0)"
    canvases = f"[...{shown}[0].querySelectorAll('canvas')]"
    assert page.run(f"{canvases}.length") == 2
    assert page.run(f"{canvases}.every({drawn})")
    plot = box(page, ".detail:not([hidden]) .u-over")
    page.mouse("Moved", plot["x"] + plot["width"] / 2, plot["y"] + plot["height"] / 2)
    page.settle()
    values = page.run(
        f"[...{shown}[0].querySelector('.chart').querySelectorAll('.u-value')]"
        ".map(e => e.textContent)"
    )
    assert len(values) == 1 + len(METHODS)
    assert all(0 <= float(value) <= 1 for value in values)


def detected(made, method, recording, frame):
    """AUs that a method finds in a frame, from the scores on disk."""
    from au_jax.runs.scores import load_scores

    for fold in (0, 1):
        scores = load_scores(made[0].method(fold, method).test_scores)
        rows = np.flatnonzero(scores.recordings == recording)
        if len(rows):
            return [
                f"AU{au:02d}"
                for au, s in zip(AUS, scores.scores[rows[frame]], strict=True)
                if s > 0
            ]
    raise AssertionError(recording)


def test_the_time_line_says_what_the_scores_say(page, file, made):
    page.open(file)
    dataset = made[3].dataset
    names = page.run("[...document.querySelectorAll('#recording option')].map(o => o.text)")
    assert names == [f"{name}, 100 frames" for name in dataset.frames.recordings]
    choose(page, "#recording", 3)
    page.run("document.getElementById('slider').focus()")
    for key, shift, frame in (("End", False, 99), ("Home", False, 0), ("ArrowRight", True, 25)):
        page.key(key, shift)
        assert said(page, "valuenow") == str(frame + 1)
        row = np.flatnonzero(dataset.frames.recording == 3)[frame]
        coded = [
            f"AU{au:02d}"
            for au, label in zip(AUS, dataset.frames.labels[row], strict=True)
            if label > 0
        ]
        words = said(page, "valuetext")
        if coded:
            assert f"coded {', '.join(coded)};" in words
        for method, title in (("cnn", "CNN"), ("lstm", "LSTM"), ("hybrid", "hybrid")):
            found = ", ".join(detected(made, method, dataset.frames.recordings[3], frame))
            assert f"; {title} {found or 'none'}" in words


def test_the_time_line_answers_to_the_pointer_and_shows_faces(page, file):
    page.open(file)
    page.run("document.getElementById('viewer').scrollIntoView()")
    page.settle()
    lanes = box(page, "#slider")
    page.mouse("Moved", lanes["x"] + lanes["width"] / 2, lanes["y"] + 20)
    assert abs(int(said(page, "valuenow")) - 50) <= 1
    assert page.run("document.getElementById('face').ariaLabel").startswith("face of F0")
    drawn = "c => c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some(x => x > 0)"
    assert page.run(f"[...document.querySelectorAll('#viewer canvas')].every({drawn})")
    page.run("document.querySelector('#methods input').click()")
    assert "CNN" not in said(page, "valuetext") and "LSTM" in said(page, "valuetext")


def test_recordings_are_searched(page, file):
    page.open(file)
    search = (
        "(e => { e.value = '%s'; e.dispatchEvent(new Event('input')); })"
        "(document.getElementById('search'))"
    )
    page.run(search % "f004 t2")
    page.settle()
    assert page.run("document.querySelectorAll('#recording option').length") == 1
    page.run("document.getElementById('slider').focus()")
    assert page.run("document.getElementById('recording').selectedOptions[0].text").startswith(
        "F004_T2"
    )
    page.run(search % "nobody")
    assert page.run("document.getElementById('found').textContent") == "none is called that"
    page.run(search % "")
    assert page.run("document.querySelectorAll('#recording option').length") == 12


@pytest.mark.parametrize("dark", [False, True])
def test_a_phone_shows_it_without_scrolling_sideways(page, file, dark):
    page.open(file, width=390, height=844, dark=dark, touch=True)
    assert page.run("document.documentElement.scrollWidth") <= 390
    assert box(page, "#slider")["width"] > 340
    ground = page.run("getComputedStyle(document.body).backgroundColor")
    assert ground == ("rgb(22, 24, 27)" if dark else "rgb(255, 255, 255)")


def test_paper_has_still_figures_and_all_tables(page, file):
    page.open(file, dark=True)
    closed = "document.querySelectorAll('details:not([open])').length"
    before = page.run(closed)
    assert page.run("document.querySelectorAll('.still svg').length") == 0
    pdf = page.call("Page.printToPDF")["data"]
    assert len(base64.b64decode(pdf)) > 50_000
    # Each action unit, learning curves, three recordings.
    assert page.run("document.querySelectorAll('.still svg').length") == 5
    assert page.run(closed) == before > 0
    page.call("Emulation.setEmulatedMedia", media="print")
    assert page.run("getComputedStyle(document.querySelector('.still')).display") == "block"
    assert page.run("getComputedStyle(document.querySelector('#viewer')).display") == "none"
    page.call("Emulation.setEmulatedMedia", media="")


def test_without_scripts_there_are_tables_and_still_figures(page, file):
    page.call("Emulation.setScriptExecutionDisabled", value=True)
    try:
        page.call("Page.navigate", url=file.resolve().as_uri())
        until = time.monotonic() + 30
        while page.run("document.readyState") != "complete":
            assert time.monotonic() < until
            time.sleep(0.05)
        assert page.run("document.querySelectorAll('noscript svg').length") == 5
        assert box(page, "noscript svg")["width"] > 300
        assert page.run("getComputedStyle(document.querySelector('#viewer')).display") == "none"
        assert page.run("document.querySelectorAll('.detail table').length") == len(AUS)
    finally:
        page.call("Emulation.setScriptExecutionDisabled", value=False)
