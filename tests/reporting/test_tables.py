import dataclasses
import re

import numpy as np
import pytest
from made_results import made_results  # pyright: ignore[reportMissingImports]

from au_jax.reporting.tables import Table, as_latex, as_markdown, as_text, metric_table

TABLE = Table(
    title="F1 of 50 % & more_of #1",
    header=("unit", "what", "number"),
    rows=(("AU1", "a\\b ~ ^{c}", "−1.0 ± 2.0"), ("AU2", "< 0.1 –", "3*"), ("mean", "$", "4")),
    best=(frozenset({2}), frozenset(), frozenset({1, 2})),
    notes=("100 % sure_ly.",),
    words=frozenset({0, 1}),
)
UNESCAPED = {
    r"\textbackslash{}": "\\",
    r"\textasciitilde{}": "~",
    r"\textasciicircum{}": "^",
    r"$\pm$": "±",
    "$-$": "−",
    "$<$": "<",
    "--": "–",
    **{"\\" + sign: sign for sign in "&%$#_{}"},
}


def read_latex(text):
    """Cells of a table in LaTeX and which are bold, by an own reading of it."""
    body = text[text.index(r"\toprule") : text.index(r"\bottomrule")]
    cells, bold = [], []
    for line in body.splitlines():
        if line.startswith(("\\toprule", "\\midrule")):
            continue
        assert line.endswith(r" \\")
        row = re.split(r"(?<!\\) & ", line.removesuffix(r" \\"))
        found = [re.fullmatch(r"\\textbf\{(.*)\}", cell) for cell in row]
        bold.append({index for index, match in enumerate(found) if match})
        inner = [match[1] if match else cell for cell, match in zip(row, found, strict=True)]
        pattern = "|".join(map(re.escape, UNESCAPED))
        cells.append(
            tuple(re.sub(pattern, lambda match: UNESCAPED[match[0]], cell) for cell in inner)
        )
    return cells, bold


def test_latex_holds_the_cells_and_what_is_bold():
    latex = as_latex(TABLE)
    cells, bold = read_latex(latex)
    assert cells == [TABLE.header, *TABLE.rows]
    assert bold == [set(), *map(set, TABLE.best)]
    assert r"\begin{tabular}{llr}" in latex
    assert r"\caption{F1 of 50 \% \& more\_of \#1}" in latex
    assert r"100 \% sure\_ly." in latex
    # A rule stands above the mean.
    lines = latex.splitlines()
    assert lines[next(i for i, line in enumerate(lines) if line.startswith("mean")) - 1] == (
        r"\midrule"
    )


def test_latex_has_no_sign_that_tex_reads_otherwise():
    latex = as_latex(metric_table(made_results(), "f1_frame"))
    assert latex.isascii()
    for line in latex.splitlines()[1:]:
        assert not re.search(r"(?<!\\)[%#_~^]", line)
    assert latex.count("{") == latex.count("}")
    for part in ("table", "tabular"):
        assert latex.count(rf"\begin{{{part}}}") == latex.count(rf"\end{{{part}}}") == 1


def test_columns_of_words_are_set_from_the_left():
    assert "|:--|:--|--:|" in as_markdown(TABLE)
    lines = as_text(TABLE).splitlines()
    assert lines[5].startswith("AU2   < 0.1 –  ") and lines[5].endswith(" 3*")


@pytest.mark.parametrize("metric", ["f1_frame", "auc"])
def test_interval_is_that_of_f1_frame_and_left_out_for_a_single_subject(metric):
    results = made_results()
    names = [row[0] for row in metric_table(results, metric).rows]
    assert ("95 % interval over 20 subjects" in names) == (metric == "f1_frame")
    nothing = dict.fromkeys(results.methods, (np.nan, np.nan))
    alone = dataclasses.replace(results, intervals=nothing, subjects=1)
    assert not any("interval" in row[0] for row in metric_table(alone, metric).rows)
