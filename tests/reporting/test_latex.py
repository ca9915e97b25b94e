import dataclasses
import re
import shutil
import subprocess

import pytest

from au_jax.reporting.difference_tables import difference_list, difference_matrix
from au_jax.reporting.latex import as_latex
from au_jax.reporting.paper.competitor_tables import competitor_table
from au_jax.reporting.paper.statement_tables import decide_all, statement_table
from au_jax.reporting.tables import metric_table
from tests.made.results import TABLE, made_results

UNESCAPED = {
    r"\textbackslash{}": "\\",
    r"\textasciitilde{}": "~",
    r"\textasciicircum{}": "^",
    r"$\pm$": "±",
    "$-$": "−",
    "$<$": "<",
    "--": "–",
    r"\ldots{}": "…",
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
        assert not re.search(r"(?<!\\)[%#_~^]", line.removesuffix("{%"))
    assert latex.count("{") == latex.count("}")
    for part in ("table", "tabular"):
        assert latex.count(rf"\begin{{{part}}}") == latex.count(rf"\end{{{part}}}") == 1


def tables_of_the_paper():
    methods = ("always_present", "svm", "anet_t", "cpm", "jpml", "cnn", "lstm", "hybrid")
    results = made_results(methods=methods, folds=3, aus=(1, 2, 4, 6, 7, 10, 12, 14, 15, 17, 23))
    # Long names of rows are no sentences.
    results = dataclasses.replace(results, subjects=123_456)
    return [
        competitor_table(results, "f1_frame", "gft_like"),
        metric_table(results, "auc"),
        difference_matrix(results),
        difference_list(results),
        statement_table(decide_all(results, 1)),
    ]


def test_sentences_are_broken_into_lines_and_run_over_pages():
    table = tables_of_the_paper()[-1]
    latex = as_latex(table)
    columns = re.search(r"\\begin\{longtable\}\{(.*)\}\n", latex)
    assert columns
    shares = [float(share) for share in re.findall(r"p\{([\d.]+)\\linewidth\}", columns[1])]
    assert len(shares) == 4 and 0.3 < sum(shares) < 0.8
    assert r"\begin{table}" not in latex
    assert read_latex(latex.replace(r"\endhead" + "\n", ""))[0] == [table.header, *table.rows]


def test_only_tables_wider_than_a_line_are_scaled():
    scaled = [r"\resizebox" in as_latex(table) for table in tables_of_the_paper()]
    assert scaled == [True, True, True, True, False]
    assert r"\resizebox" not in as_latex(TABLE)


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="LaTeX is not installed")
def test_latex_sets_every_table_within_its_lines(tmp_path):
    text = [r"\documentclass{article}", r"\usepackage{booktabs,graphicx,array,longtable}"]
    pages = [as_latex(table) + r"\clearpage" for table in [TABLE, *tables_of_the_paper()]]
    body = [r"\begin{document}", *pages, r"\end{document}"]
    (tmp_path / "all.tex").write_text("\n".join([*text, *body]))
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "all.tex"]
    # A table over pages learns its widths in the first pass.
    first, second = (
        subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        for _ in range(2)
    )
    assert first.returncode == second.returncode == 0, first.stdout
    assert "Overfull" not in second.stdout and "too large" not in second.stdout
