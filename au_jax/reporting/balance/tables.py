"""The numbers of Fig. 5 and Fig. 6 as tables and as CSV."""

from collections.abc import Iterable

import numpy as np

from au_jax.analysis.label_balance import LabelBalance, LabelStatistics
from au_jax.reporting.csv_text import csv_text
from au_jax.reporting.tables import Table


def balance_table(measured: LabelBalance) -> Table:
    """Return a row for each strategy with the balance of its batches.

    The columns are those of `balance_csv`; shares are in percent.
    """
    rarest = measured.statistics.rarest
    assert rarest is not None, "batches are only measured of labels that occur"
    less = measured.steps < measured.epoch
    epoch = f"; {measured.epoch} are one pass" if less else ""
    rows = tuple(
        (
            strategy.replace("_", " "),
            _number(balance.mean_variation, 3),
            _number(float(balance.variation[rarest]), 3),
            _number(balance.imbalance, 2),
            _percent(balance.coverage),
            _percent(balance.repeats),
            _percent(balance.repeats_within_batch),
            _number(float(balance.frames_without_au.mean()), 1),
        )
        for strategy, balance in measured.balances.items()
    )
    return Table(
        title=f"Balance of {measured.steps} batches of {measured.batch_size} frames{epoch}",
        header=(
            "strategy",
            "variation between",
            f"of {measured.statistics.names[rarest]}",
            "imbalance within",
            "frames used %",
            "repeated %",
            "in a batch %",
            "frames with none",
        ),
        rows=rows,
        best=(frozenset(),) * len(rows),
    )


def balance_csv(measured: LabelBalance) -> str:
    """Return the balance of each strategy as CSV; shares are in [0, 1].

    An undefined value is an empty cell, an infinite one `inf`.
    """
    rarest = measured.statistics.rarest
    header = (
        "strategy",
        "batches",
        "batch_size",
        "variation_between_batches",
        "variation_of_rarest_label",
        "imbalance_within_batch",
        "share_of_frames_used",
        "share_of_draws_repeated",
        "share_of_draws_repeated_in_batch",
        "frames_without_label_per_batch",
    )
    return csv_text(
        header,
        (
            (
                strategy,
                measured.steps,
                measured.batch_size,
                balance.mean_variation,
                float("nan") if rarest is None else float(balance.variation[rarest]),
                balance.imbalance,
                balance.coverage,
                balance.repeats,
                balance.repeats_within_batch,
                float(balance.frames_without_au.mean()),
            )
            for strategy, balance in measured.balances.items()
        ),
    )


def base_rate_table(statistics: LabelStatistics) -> Table:
    """Return a row for each label with its counts and its base rate in percent."""
    rows = tuple(
        (name, f"{present:,}", f"{known - present:,}", f"{missing:,}", _percent(rate, 2))
        for name, present, known, missing, rate in _by_label(statistics)
    )
    return Table(
        title=f"Labels of {statistics.frames:,} frames",
        header=("label", "present", "absent", "missing", "base rate %"),
        rows=rows,
        best=(frozenset(),) * len(rows),
    )


def base_rates_csv(statistics: LabelStatistics) -> str:
    """Return counts and base rate of each label as CSV; base rates are in [0, 1]."""
    return csv_text(
        ("label", "present", "absent", "missing", "base_rate"),
        (
            (name, present, known - present, missing, rate)
            for name, present, known, missing, rate in _by_label(statistics)
        ),
    )


def co_occurrence_csv(statistics: LabelStatistics) -> str:
    """Return as CSV in how many frames the label of the row and that of the column are present."""
    return csv_text(
        ("label", *statistics.names),
        (
            (name, *row)
            for name, row in zip(statistics.names, statistics.co_occurrence.tolist(), strict=True)
        ),
    )


def _by_label(statistics: LabelStatistics) -> Iterable[tuple[str, int, int, int, float]]:
    return zip(
        statistics.names,
        statistics.present.tolist(),
        statistics.known.tolist(),
        statistics.missing.tolist(),
        statistics.base_rates.tolist(),
        strict=True,
    )


def _number(value: float, digits: int) -> str:
    if np.isnan(value):
        return "–"
    return "∞" if np.isinf(value) else f"{value:.{digits}f}"


def _percent(value: float, digits: int = 1) -> str:
    return _number(100 * value, digits)
