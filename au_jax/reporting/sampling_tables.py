"""Tables 3 and 4 of the paper: F1 for each way of sampling, and the paper's numbers beside ours."""

import dataclasses

import numpy as np

from au_jax.metrics import mean_over_aus
from au_jax.reporting.paper import DOUBTS, SAMPLING_DATASETS, SAMPLING_TABLES, printed_table
from au_jax.reporting.results import Results
from au_jax.reporting.tables import Table, metric_table, percent

_PRINTED = {"rs": "RS", "ms": "MS", "momu": "MOMU"}


def sampling_table(results: Results, metric: str, *, printed: bool = True) -> Table:
    """Return a metric for each way of sampling, in percent.

    Args:
        results: the numbers of a part.
        metric: one of `METRICS`.
        printed: whether the numbers that the paper printed stand beside F1-frame.
    """
    table = metric_table(results, metric)
    if 0 < len(results.rare_aus) < len(results.aus):
        table = _with_rare_row(table, results, metric)
    if printed and metric == "f1_frame" and results.dataset in SAMPLING_TABLES:
        table = _with_printed_columns(table, results)
    return table


def _with_rare_row(table: Table, results: Results, metric: str) -> Table:
    rare = np.isin(results.aus, results.rare_aus)
    values = [by_metric[metric].per_au[rare] for by_metric in results.methods.values()]
    rate = percent(float(results.base_rate[rare].mean()))
    name = f"mean of rare AUs ({', '.join(map(str, results.rare_aus))})"
    row = (name, rate, *(percent(mean_over_aus(value)) for value in values))
    at = len(results.aus) + 1
    return dataclasses.replace(
        table,
        rows=(*table.rows[:at], row, *table.rows[at:]),
        best=(*table.best[:at], frozenset(), *table.best[at:]),
    )


def _with_printed_columns(table: Table, results: Results) -> Table:
    number = SAMPLING_TABLES[results.dataset]
    printed = printed_table(number)
    columns = {
        column: printed.columns[column]
        for column in (f"{strategy}_{results.scenario}" for strategy in _PRINTED)
    }
    header = [
        f"{SAMPLING_DATASETS[number]} {_PRINTED[column.split('_')[0]]}"
        + ("*" if (number, column) in DOUBTS else "")
        for column in columns
    ]
    rows = []
    for index, row in enumerate(table.rows):
        if index < len(results.aus):
            au = results.aus[index]
            cells = [percent(column.get(au, float("nan"))) for column in columns.values()]
        elif row[0] == "mean":
            cells = [percent(printed.means[column]) for column in columns]
        else:
            cells = [""] * len(columns)
        rows.append((*row, *cells))
    notes = [
        f"* {name}: {DOUBTS[number, column]}"
        for name, column in zip(header, columns, strict=True)
        if (number, column) in DOUBTS
    ]
    return dataclasses.replace(
        table,
        header=(*table.header, *header),
        rows=tuple(rows),
        notes=(
            f"The last columns are Table {number} of the paper, of {SAMPLING_DATASETS[number]}, "
            "with other people, networks and lengths of training.",
            *notes,
        ),
    )
