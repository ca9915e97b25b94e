import dataclasses

import numpy as np
import pytest

from au_jax import facs
from au_jax.reporting.paper.printed import printed_table
from au_jax.reporting.results import METRIC_TITLES
from au_jax.reporting.sampling.tables import sampling_table
from au_jax.reporting.tables import as_markdown, as_text, metric_table
from tests.made.results import made_results

NUMBERS = {"gft_like": 3, "bp4d_like": 4}
PAPER = ["paper: random", "paper: stratified", "paper: MOMU"]


def column(table, title):
    index = table.header.index(title)
    return {row[0]: row[index] for row in table.rows}


@pytest.mark.parametrize("dataset", NUMBERS)
@pytest.mark.parametrize("scenario", ["within", "between"])
def test_columns_of_the_paper_are_those_of_the_tested_data_set_and_scenario(dataset, scenario):
    trained_on = dataset if scenario == "within" else "other"
    results = made_results(dataset=dataset, trained_on=trained_on, aus=facs.PAPER_AUS)
    table = sampling_table(results, "f1_frame")
    printed = printed_table(NUMBERS[dataset])
    titles = [title for title in table.header if title.startswith("paper")]
    assert [title.rstrip("*") for title in titles] == PAPER
    for title, way in zip(titles, ("rs", "ms", "momu"), strict=True):
        found = column(table, title)
        for au, value in printed.columns[f"{way}_{scenario}"].items():
            assert found[facs.describe(au)] == ("–" if np.isnan(value) else f"{100 * value:.1f}")
        mean = f"{100 * printed.means[f'{way}_{scenario}']:.1f}"
        # The printed average of this column is not that of its cells.
        star = "*" if (dataset, scenario, way) == ("bp4d_like", "between", "rs") else ""
        assert found["mean"] == mean + star
    note = " ".join(table.notes)
    assert f"Table {NUMBERS[dataset]}" in note and f"{scenario} data sets" in note


@pytest.mark.parametrize(
    ("dataset", "trained_on", "doubtful"),
    [
        ("bp4d_like", "bp4d_like", ["random", "stratified"]),
        ("bp4d_like", "gft_like", ["random"]),
        ("gft_like", "gft_like", []),
        ("gft_like", "bp4d_like", []),
    ],
)
def test_doubtful_columns_have_a_star_and_a_note(dataset, trained_on, doubtful):
    results = made_results(dataset=dataset, trained_on=trained_on, aus=facs.PAPER_AUS)
    table = sampling_table(results, "f1_frame")
    starred = [title for title in table.header if title.endswith("*")]
    assert starred == [f"paper: {way}*" for way in doubtful]
    notes = [note for note in table.notes if note.startswith("*")]
    assert [note.split(":")[1].strip() for note in notes] == doubtful
    for words in (as_markdown(table), as_text(table)):
        assert all(note in words for note in table.notes)


def test_printed_averages_stand_beside_those_of_the_same_aus_only():
    some = sampling_table(made_results(aus=(1, 12, 24)), "f1_frame")
    assert column(some, "paper: MOMU")["mean"] == ""
    assert column(some, "paper: MOMU")[facs.describe(12)] == "75.0"


def test_aus_that_the_paper_has_not_are_a_dash():
    table = sampling_table(made_results(aus=(1, 25)), "f1_frame")
    assert column(table, "paper: MOMU")[facs.describe(25)] == "–"


@pytest.mark.parametrize("metric", sorted(METRIC_TITLES))
def test_rare_row_is_the_mean_over_the_rare_aus(metric):
    results = made_results(aus=(1, 12, 24), rare_aus=(1, 24))
    table = sampling_table(results, metric)
    names = [row[0] for row in table.rows]
    place = names.index("mean of rare AUs (1, 24)")
    assert names[place - 1] == "mean"
    row = table.rows[place]
    assert row[1] == f"{100 * (results.base_rate[0] + results.base_rate[2]) / 2:.1f}"
    expected = []
    for by_metric in results.methods.values():
        values = by_metric[metric].per_au
        expected.append((values[0] + values[2]) / 2)
    assert list(row[2:6]) == [f"{100 * value:.1f}" for value in expected]
    assert table.best[place] == {2 + int(np.argmax(expected))}
    assert "Rare are AUs with a base rate below 12.0 % in gft_like." in table.notes


def test_rare_row_passes_over_undefined_values():
    results = made_results(rare_aus=(1, 24))
    results.methods["cnn_momu"]["auc"].per_au[0] = np.nan
    found = column(sampling_table(results, "auc"), "CNN MOMU")["mean of rare AUs (1, 24)"]
    assert found == f"{100 * results.methods['cnn_momu']['auc'].per_au[2]:.1f}"


@pytest.mark.parametrize("rare", [(), (1, 12, 24)])
def test_no_rare_row_if_no_au_is_rare_or_all_are(rare):
    table = sampling_table(made_results(rare_aus=rare), "f1_frame")
    assert not any("rare" in row[0] for row in table.rows)


def test_rest_of_the_table_is_that_of_the_metric():
    results = made_results()
    plain, table = metric_table(results, "f1_frame"), sampling_table(results, "f1_frame")
    width = len(plain.header)
    assert table.title == plain.title
    kept = [row[:width] for row in table.rows if "rare" not in row[0]]
    assert kept == list(plain.rows)
    assert {len(row) for row in table.rows} == {len(table.header)}
    assert len(table.best) == len(table.rows)
    bold = [best for row, best in zip(table.rows, table.best, strict=True) if "rare" not in row[0]]
    assert bold == list(plain.best)


@pytest.mark.parametrize(
    ("metric", "dataset", "printed"),
    [("auc", "gft_like", True), ("f1_frame", "mine", True), ("f1_frame", "gft_like", False)],
)
def test_no_columns_of_the_paper_where_there_are_none_or_none_are_wanted(metric, dataset, printed):
    table = sampling_table(made_results(dataset=dataset), metric, printed=printed)
    assert not any("paper" in title for title in table.header)


def test_title_says_what_was_trained_on_what_was_tested_on():
    results = made_results(trained_on="bp4d_like")
    assert "trained on bp4d_like, tested on gft_like" in sampling_table(results, "auc").title


def test_base_rate_of_an_au_without_labels_is_a_dash():
    results = dataclasses.replace(made_results(), base_rate=np.array([0.25, np.nan, 0.75]))
    rates = column(metric_table(results, "f1_frame"), "base rate")
    assert [rates[facs.describe(au)] for au in (1, 12, 24)] == ["25.0", "–", "75.0"]
    assert rates["mean"] == "50.0"
