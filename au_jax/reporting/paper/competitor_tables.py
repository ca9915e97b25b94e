"""Tables 1 and 2 of the paper: F1-frame of each method, and the paper's numbers beside ours."""

from au_jax.reporting.paper.printed import COMPARISON_TABLES, TESTED_ON, printed_table
from au_jax.reporting.paper.printed_columns import with_printed_columns
from au_jax.reporting.results import Results
from au_jax.reporting.tables import Table, metric_table

COMPETITORS = ("svm", "anet_t", "cpm", "jpml")
"""The methods that the paper compares with, beside a plain CNN."""

PRINTED_FOLDS = (3, 10)
"""Numbers of folds for which the paper has columns."""

NAMES = {
    "svm": "SVM",
    "anet_t": "ANet^T",
    "cpm": "CPM",
    "jpml": "JPML",
    "cnn": "ANet",
    "hybrid": "Ours",
}
"""Methods that the paper has columns of, in the order of our tables, and what it calls them."""


def printed_column(method: str, folds: int) -> str | None:
    """Return the column of a method in Tables 1 and 2; None if there is none.

    Args:
        method: of ours; the paper has `anet_t` with 3 folds only, and no `lstm`.
        folds: of the protocol.
    """
    if method == "anet_t":
        return "anet_t_cross" if folds == 3 else None
    if method not in NAMES or folds not in PRINTED_FOLDS:
        return None
    return f"{'anet' if method == 'cnn' else method}_{folds}fold"


def comparison_number(results: Results, counterpart: str) -> int | None:
    """Return which table of the paper an experiment repeats; None if it repeats neither.

    It does if it has one of the paper's competitors and the paper's number of folds.

    Args:
        results: the numbers of a part.
        counterpart: the data set that was tested, or the preset that drew it.
    """
    if results.scenario != "within" or results.folds not in PRINTED_FOLDS:
        return None
    if not set(COMPETITORS) & set(results.methods):
        return None
    return COMPARISON_TABLES.get(counterpart)


def competitor_table(results: Results, metric: str, counterpart: str) -> Table:
    """Return a metric of each method, in percent; F1-frame with the columns that the paper printed.

    Args:
        results: the numbers of a part.
        metric: one of `METRICS`.
        counterpart: see `comparison_number`.
    """
    table = metric_table(results, metric)
    number = comparison_number(results, counterpart)
    if number is None or metric != "f1_frame":
        return table
    found = {printed_column(method, results.folds): name for method, name in NAMES.items()}
    columns = {column: f"paper: {name}" for column, name in found.items() if column is not None}
    note = (
        f"Columns of the paper: its Table {number}, tested on {TESTED_ON[number]} in "
        f"{results.folds} folds, with other people and other features; ANet is our cnn, Ours our "
        "hybrid. They are no target. A dash is a cell that it left empty; averages are those of "
        "the others."
    )
    return with_printed_columns(table, results, printed_table(number), columns, note)
