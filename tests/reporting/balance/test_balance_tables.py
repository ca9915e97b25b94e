import csv
import io

import numpy as np
import pytest

from au_jax.analysis.label_balance import label_statistics, measure_label_balance
from au_jax.reporting.balance import tables as balance_tables
from au_jax.reporting.tables import as_markdown, as_text
from au_jax.sampling.strategies import STRATEGIES

LABELS = np.array([[1, -1, -1], [1, 1, -1], [-1, 1, -1], [1, 0, 0], [0, 0, 0]] * 20, np.int8)
NAMES = ["a", "b, rare", "never"]


@pytest.fixture(scope="module")
def measured():
    return measure_label_balance(LABELS, NAMES, batch_size=4, seed=0, steps=7)


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_a_row_for_each_strategy_with_its_numbers(measured):
    table = balance_tables.balance_table(measured)
    assert table.title == "Balance of 7 batches of 4 frames; 20 are one pass"
    assert [row[0] for row in table.rows] == [name.replace("_", " ") for name in STRATEGIES]
    assert table.header[2] == "of b, rare"
    written = rows_of(balance_tables.balance_csv(measured))
    assert [row["strategy"] for row in written] == list(STRATEGIES)
    for row, cells, balance in zip(written, table.rows, measured.balances.values(), strict=True):
        exact = {
            "variation_between_batches": balance.mean_variation,
            "variation_of_rarest_label": balance.variation[1],
            "imbalance_within_batch": balance.imbalance,
            "share_of_frames_used": balance.coverage,
            "share_of_draws_repeated": balance.repeats,
            "share_of_draws_repeated_in_batch": balance.repeats_within_batch,
            "frames_without_label_per_batch": balance.frames_without_au.mean(),
        }
        assert (row["batches"], row["batch_size"]) == ("7", "4")
        for name, value in exact.items():
            assert float(row[name]) == pytest.approx(value, abs=1e-6)
        scales = [1, 1, 1, 100, 100, 100, 1]
        shown = [float(cell) for cell in cells[1:]]
        assert shown == pytest.approx(
            [scale * value for scale, value in zip(scales, exact.values(), strict=True)], abs=0.06
        )
    assert as_text(table).count("\n") >= 2 + len(STRATEGIES)
    assert as_markdown(table).count("\n| ") == 1 + len(STRATEGIES)


def test_a_label_that_no_batch_holds_is_infinite_and_a_dash():
    labels = np.array([[1, -1]] * 200 + [[-1, 1]], np.int8)
    measured = measure_label_balance(
        labels, ["a", "b"], batch_size=2, seed=0, strategies=["random"], steps=1
    )
    (row,) = balance_tables.balance_table(measured).rows
    assert row[2:4] == ("–", "∞")
    (written,) = rows_of(balance_tables.balance_csv(measured))
    assert written["imbalance_within_batch"] == "inf"
    assert written["variation_of_rarest_label"] == ""


def test_counts_of_labels():
    statistics = label_statistics(LABELS, NAMES)
    assert balance_tables.base_rate_table(statistics).rows == (
        ("a", "60", "20", "20", "75.00"),
        ("b, rare", "40", "20", "40", "66.67"),
        ("never", "0", "60", "40", "0.00"),
    )
    written = rows_of(balance_tables.base_rates_csv(statistics))
    assert written[1] == {
        "label": "b, rare",
        "present": "40",
        "absent": "20",
        "missing": "40",
        "base_rate": "0.66666667",
    }
    together = rows_of(balance_tables.co_occurrence_csv(statistics))
    assert together[0] == {"label": "a", "a": "60", "b, rare": "20", "never": "0"}
