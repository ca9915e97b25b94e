import dataclasses
import math

import pytest

from au_jax import facs
from au_jax.reporting.paper.competitor_tables import competitor_table, printed_column
from au_jax.reporting.paper.printed import printed_table
from au_jax.reporting.tables import metric_table
from tests.made.results import made_results

METHODS = ("always_present", "svm", "cpm", "cnn", "lstm", "hybrid")


def results_of(folds=3, methods=METHODS, **more):
    return made_results(
        **{"dataset": "gft", "aus": facs.PAPER_AUS, "rare_aus": (), **more},
        methods=methods,
        folds=folds,
    )


def column(table, title):
    index = table.header.index(title)
    return {row[0]: row[index] for row in table.rows}


@pytest.mark.parametrize(
    ("name", "number"), [("gft", 1), ("gft_like", 1), ("bp4d", 2), ("bp4d_like", 2)]
)
@pytest.mark.parametrize("folds", [3, 10])
def test_columns_are_those_of_the_data_set_and_the_protocol(name, number, folds):
    table = competitor_table(results_of(folds), "f1_frame", name)
    titles = [title.rstrip("*") for title in table.header if title.startswith("paper")]
    transfer = ["paper: ANet^T"] if folds == 3 else []
    assert titles == [
        "paper: SVM",
        *transfer,
        *("paper: CPM", "paper: JPML", "paper: ANet", "paper: Ours"),
    ]
    ours = metric_table(results_of(folds), "f1_frame")
    assert [row[: len(ours.header)] for row in table.rows] == list(ours.rows)
    assert table.header[2] == "always present" and table.best == ours.best
    printed = printed_table(number).columns
    stems = ["svm", *(["anet_t"] if folds == 3 else []), "cpm", "jpml", "anet", "hybrid"]
    for place, stem in enumerate(stems, start=len(ours.header)):
        source = "anet_t_cross" if stem == "anet_t" else f"{stem}_{folds}fold"
        for row, value in zip(table.rows, printed[source].values(), strict=False):
            assert row[place].rstrip("*") == ("–" if math.isnan(value) else f"{value:.1f}")
    assert f"Table {number}" in " ".join(table.notes) and f"{folds} folds" in table.notes[0]


def test_doubtful_cells_and_columns_are_marked_with_the_reason():
    three = competitor_table(results_of(3), "f1_frame", "gft")
    assert [title for title in three.header if title.endswith("*")] == ["paper: Ours*"]
    ours = column(three, "paper: Ours*")
    # AU4 and AU24 are the two that CPM in 10 folds has not.
    unmarked = [au for au in facs.PAPER_AUS if not ours[facs.describe(au)].endswith("*")]
    assert unmarked == [4, 24] and ours["mean"] == "53.9"
    assert three.notes[-1].startswith("* paper: Ours: ") and "CPM in 10 folds" in three.notes[-1]
    ten = competitor_table(results_of(10), "f1_frame", "gft")
    assert {title for title in ten.header if title.endswith("*")} == {"paper: SVM*", "paper: CPM*"}
    assert not any(cell.endswith("*") for cell in column(ten, "paper: SVM*").values())
    assert sum("ICCV 2015" in note for note in ten.notes) == 2


@pytest.mark.parametrize(
    "results",
    [
        results_of(methods=("always_present", "cnn", "lstm", "hybrid")),
        results_of(folds=5),
        results_of(trained_on="bp4d"),
    ],
)
def test_no_columns_without_competitors_or_the_papers_protocol(results):
    table = competitor_table(results, "f1_frame", "gft")
    assert table == metric_table(results, "f1_frame")


def test_no_columns_for_other_metrics_and_data():
    results = results_of()
    assert competitor_table(results, "auc", "gft") == metric_table(results, "auc")
    assert competitor_table(results, "f1_frame", "mine") == metric_table(results, "f1_frame")


def test_folds_that_are_missing_do_not_change_the_protocol():
    results = dataclasses.replace(results_of(10), folds_done=3)
    assert "paper: SVM*" in competitor_table(results, "f1_frame", "bp4d").header


def test_every_column_of_the_printed_tables_has_its_method():
    methods = ("svm", "anet_t", "cpm", "jpml", "cnn", "hybrid", "lstm")
    found = {printed_column(method, folds) for method in methods for folds in (3, 5, 10)}
    for number in (1, 2):
        assert found - {None} == set(printed_table(number).columns)
