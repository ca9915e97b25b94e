"""What a figure leaves besides its picture."""

import csv
import html
import io
import re

import numpy as np
from etils import epath
from matplotlib.figure import Figure

from au_jax.reporting.figure_content import figure_csv, figure_words
from au_jax.reporting.templates import inline_figure


def rows(figure):
    return list(csv.DictReader(io.StringIO(figure_csv(figure))))


def test_curves_and_bars_are_rows_and_lines_across_are_not():
    figure = Figure()
    left, right = figure.subplots(1, 2)
    left.set_title("curves")
    left.plot([1, 2, 3], [0.5, np.nan, 0.25], label="cnn")
    left.axhline(0.1)
    right.set_title("bars")
    right.bar([10, 20], [3, 4], label="gain")
    right.barh([10, 20], [3, 4])
    found = rows(figure)
    assert [(r["panel"], r["what"], r["x"], r["y"]) for r in found[:3]] == [
        ("curves", "cnn", "1", "0.5"),
        ("curves", "cnn", "2", "nan"),
        ("curves", "cnn", "3", "0.25"),
    ]
    assert [(r["panel"], r["what"], r["x"], r["y"]) for r in found[3:]] == [
        ("bars", "gain", "10", "3"),
        ("bars", "gain", "20", "4"),
        ("bars", "", "3", "10"),
        ("bars", "", "4", "20"),
    ]


def test_images_of_numbers_are_rows_and_pictures_are_not():
    figure = Figure()
    left, right = figure.subplots(1, 2)
    values = np.arange(6.0).reshape(2, 3)
    left.imshow(values)
    right.imshow(np.zeros((2, 2, 3)))
    figure.colorbar(left.images[0], ax=left)
    found = rows(figure)
    assert len(found) == 6
    assert all(float(r["value"]) == values[int(r["y"]), int(r["x"])] for r in found)
    picture = Figure()
    picture.subplots().imshow(np.zeros((2, 2, 3)))
    assert figure_csv(picture) == ""


def test_words_name_what_is_drawn():
    figure = Figure()
    axis = figure.subplots()
    axis.set(title="loss of the CNN", xlabel="step", ylabel="loss")
    assert figure_words(figure) == "Figure: loss of the CNN. loss against step."


def test_an_inline_figure_has_words_and_three_files(tmp_path):
    figure = Figure()
    figure.subplots().plot([0, 1], [2, 3])
    shown = inline_figure(epath.Path(tmp_path), "drawn", figure, alt='a "line" & more')
    assert {file.name for file in tmp_path.iterdir()} == {"drawn.png", "drawn.svg", "drawn.csv"}
    label = re.search(r'<svg role="img" aria-label="([^"]*)"', shown)
    assert label is not None and html.unescape(label[1]) == 'a "line" & more'
    given = inline_figure(epath.Path(tmp_path), "drawn", figure, numbers="a,b\n1,2\n")
    assert (tmp_path / "drawn.csv").read_text() == "a,b\n1,2\n"
    assert 'aria-label="drawn"' in given
