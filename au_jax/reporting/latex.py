"""A table in LaTeX."""

import math

from au_jax.reporting.tables import Table

_SENTENCE = 40
"""Letters above which words are broken into lines."""
_LETTERS_OF_A_LINE = 75
_SMALL_LETTERS_OF_A_LINE = 90

_LATEX = str.maketrans(
    {
        **{sign: "\\" + sign for sign in "&%$#_{}"},
        "\\": r"\textbackslash{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "±": r"$\pm$",
        "−": "$-$",
        "×": r"$\times$",
        "<": "$<$",
        ">": "$>$",
        "→": r"$\to$",
        "–": "--",
        "…": r"\ldots{}",
        "“": "``",
        "”": "''",
    }
)


def as_latex(table: Table) -> str:
    r"""Set a table in LaTeX, the best of each row in bold; its first line says what it needs.

    Tables wider than a line are scaled to it; those that hold sentences run over pages.
    """
    long = _long_columns(table)
    fitted = not long and _letters(table, long) > _LETTERS_OF_A_LINE
    packages = [
        "booktabs",
        *(["graphicx"] if fitted else []),
        *(["array,longtable"] if long else []),
    ]
    environment = "longtable" if long else "tabular"
    caption = rf"\caption{{{_latex(table.title)}}}"
    begin = rf"\begin{{{environment}}}{{{_latex_columns(table, long)}}}"
    lines = [
        rf"% Needs \usepackage{{{','.join(packages)}}}.",
        *([r"{\scriptsize"] if long else [r"\begin{table}", r"\centering", caption]),
        *([r"\resizebox{\linewidth}{!}{%"] if fitted else []),
        begin,
        *([caption + r" \\"] if long else []),
        r"\toprule",
        _line(table.header),
        r"\midrule",
        *([r"\endhead"] if long else []),
    ]
    for row, best in zip(table.rows, table.best, strict=True):
        lines += [*([r"\midrule"] if row[0] == "mean" else []), _line(row, best)]
    lines += [r"\bottomrule", rf"\end{{{environment}}}" + ("}" if fitted else "")]
    for note in table.notes:
        lines += ["", rf"{{\footnotesize {_latex(note)}\par}}"]
    return "\n".join([*lines, "}" if long else r"\end{table}", ""])


def _line(cells: tuple[str, ...], bold: frozenset[int] = frozenset()) -> str:
    words = [_latex(cell) for cell in cells]
    words = [rf"\textbf{{{word}}}" if i in bold else word for i, word in enumerate(words)]
    return rf"{' & '.join(words)} \\"


def _long_columns(table: Table) -> dict[int, int]:
    """Return the columns of words that hold sentences, and how many letters the longest has."""
    longest = {
        column: max(len(row[column]) for row in table.rows) for column in table.words if table.rows
    }
    return {column: letters for column, letters in longest.items() if letters > _SENTENCE}


def _letters(table: Table, long: dict[int, int]) -> int:
    """Return how many letters the columns without sentences take of a line."""
    return sum(
        3 + max(len(row[column]) for row in (table.header, *table.rows))
        for column in range(len(table.header))
        if column not in long
    )


def _latex_columns(table: Table, long: dict[int, int]) -> str:
    """Return the columns of a table in LaTeX; sentences share what other columns leave."""
    left = max(0.4, 1 - (_letters(table, long) + 3 * len(long)) / _SMALL_LETTERS_OF_A_LINE)
    # By the root of their length, since a sentence may take several lines.
    total = sum(math.sqrt(letters) for letters in long.values())
    kinds = []
    for column in range(len(table.header)):
        if column in long:
            share = left * math.sqrt(long[column]) / total
            kinds.append(rf">{{\raggedright\arraybackslash}}p{{{share:.2f}\linewidth}}")
        else:
            kinds.append("l" if column in table.words else "r")
    return "".join(kinds)


def _latex(text: str) -> str:
    return text.translate(_LATEX)
