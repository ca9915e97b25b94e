"""Tables 3 and 4 of the paper: F1 for each way of sampling, and the paper's numbers beside ours."""

import dataclasses

import numpy as np

from au_jax.metrics import mean_over_aus
from au_jax.protocol.scenarios import RARE_BELOW
from au_jax.reporting.paper.printed import SAMPLING_TABLES, TESTED_ON, printed_table
from au_jax.reporting.paper.printed_columns import with_printed_columns
from au_jax.reporting.results import Results
from au_jax.reporting.tables import Table, best_columns, metric_table, percent

_PRINTED = {"rs": "random", "ms": "stratified", "momu": "MOMU"}
"""The columns of the paper's tables and what they are called beside ours."""


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
    means = np.array(
        [mean_over_aus(by_metric[metric].per_au[rare]) for by_metric in results.methods.values()]
    )
    name = f"mean of rare AUs ({', '.join(map(str, results.rare_aus))})"
    row = (name, percent(mean_over_aus(results.base_rate[rare])), *map(percent, means.tolist()))
    at = len(results.aus) + 1
    return dataclasses.replace(
        table,
        rows=(*table.rows[:at], row, *table.rows[at:]),
        best=(*table.best[:at], best_columns(means), *table.best[at:]),
        notes=(
            *table.notes,
            f"Rare are AUs with a base rate below {percent(RARE_BELOW)} % in "
            f"{' or '.join(dict.fromkeys((results.trained_on, results.dataset)))}.",
        ),
    )


def _with_printed_columns(table: Table, results: Results) -> Table:
    number = SAMPLING_TABLES[results.dataset]
    columns = {
        f"{strategy}_{results.scenario}": f"paper: {title}" for strategy, title in _PRINTED.items()
    }
    note = (
        f"Columns of the paper: its Table {number}, tested on {TESTED_ON[number]}, "
        f"{results.scenario} data sets, with other people, networks and lengths of training. A "
        "dash is a cell that it left empty and counted as 0."
    )
    return with_printed_columns(table, results, printed_table(number), columns, note)
