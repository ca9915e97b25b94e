import json
import statistics

import pytest
from etils import epath

from au_jax.errors import InputError
from au_jax.reporting.repeated_runs import read_results, repeated_runs_table
from au_jax.reporting.results import to_json, write_results
from au_jax.runs.layout import RunFolder
from tests.made.results import made_results


def run_of(*parts):
    return [json.loads(json.dumps(to_json(part))) for part in parts]


def with_f1(seed_values, *, method="cnn_random", **settings):
    """A run whose F1 of `method` is given AU by AU; None is undefined."""
    (part,) = run_of(made_results(**settings))
    per_au = dict(zip(part["methods"][method]["f1_frame"]["per_au"], seed_values, strict=True))
    part["methods"][method]["f1_frame"]["per_au"] = per_au
    return [part]


def cell(table, of, title="CNN random", row=0):
    rows = [line for line in table.rows if line[2] == of]
    return rows[row][table.header.index(title)]


def closed_form(values):
    mean = sum(values) / len(values)
    spread = (sum((value - mean) ** 2 for value in values) / (len(values) - 1)) ** 0.5
    return f"{100 * mean:.1f} ± {100 * spread:.1f}"


def test_mean_and_standard_deviation_over_runs():
    runs = [with_f1(values) for values in ([0.1, 0.2, 0.6], [0.3, 0.3, 0.3], [0.0, 0.9, 0.6])]
    table = repeated_runs_table(runs, "f1_frame", per_au=True)
    assert cell(table, "AU01") == closed_form([0.1, 0.3, 0.0])
    assert cell(table, "AU24") == closed_form([0.6, 0.3, 0.6])
    assert cell(table, "mean of AUs") == closed_form([0.3, 0.3, 0.5])
    assert cell(table, "mean of rare AUs (1)") == closed_form([0.1, 0.3, 0.0])
    assert {row[:2] for row in table.rows} == {("e, gft_like", "3")}
    assert {len(row) for row in table.rows} == {len(table.header)}


@pytest.mark.parametrize("metric", ["f1_frame", "f1_event", "auc", "balanced_accuracy"])
def test_table_is_of_the_metric(metric):
    parts = [made_results(seed=seed) for seed in range(3)]
    table = repeated_runs_table([run_of(part) for part in parts], metric)
    means = [part.methods["cnn_momu"][metric].mean for part in parts]
    expected = f"{100 * statistics.mean(means):.1f} ± {100 * statistics.stdev(means):.1f}"
    assert cell(table, "mean of AUs", "CNN MOMU") == expected


def test_one_run_has_no_spread():
    table = repeated_runs_table([with_f1([0.1, 0.2, 0.6])], "f1_frame")
    assert cell(table, "mean of AUs") == "30.0"
    assert not any(row[2].startswith("AU") for row in table.rows)


def test_undefined_values_are_passed_over():
    runs = [with_f1([None, 0.2, 0.6]), with_f1([0.5, 0.2, 0.2])]
    table = repeated_runs_table(runs, "f1_frame", per_au=True)
    assert cell(table, "AU01") == "50.0"
    assert cell(table, "mean of AUs") == closed_form([0.4, 0.3])
    nothing = repeated_runs_table([with_f1([None, 0.2, 0.6])], "f1_frame", per_au=True)
    assert cell(nothing, "AU01") == "–"


def test_methods_that_a_run_lacks_are_of_the_others():
    runs = [with_f1([0.1, 0.2, 0.3]), run_of(made_results(methods=("always_present",)))]
    table = repeated_runs_table(runs, "f1_frame")
    assert cell(table, "mean of AUs") == "20.0"
    assert "±" in cell(table, "mean of AUs", "always present")


def test_parts_and_experiments_are_rows_of_their_own():
    both = [made_results(), made_results(trained_on="bp4d_like"), made_results(dataset="bp4d_like")]
    runs = [run_of(*both), run_of(*both), run_of(made_results(experiment="f"))]
    table = repeated_runs_table(runs, "f1_frame")
    counts = {row[0]: row[1] for row in table.rows}
    assert counts == {
        "e, gft_like": "2",
        "e, bp4d_like → gft_like": "2",
        "e, bp4d_like": "2",
        "f, gft_like": "1",
    }


@pytest.mark.parametrize(
    ("rare", "title"),
    [
        ([(1, 24), (1, 24)], "mean of rare AUs (1, 24)"),
        ([(1,), (24,)], "mean of rare AUs (1 / 24)"),
        ([(1,), ()], "mean of rare AUs (1 / none)"),
    ],
)
def test_rare_aus_are_those_of_each_run(rare, title):
    values = ([0.1, 0.2, 0.4], [0.3, 0.2, 0.5])
    runs = [with_f1(f1, rare_aus=aus) for f1, aus in zip(values, rare, strict=True)]
    table = repeated_runs_table(runs, "f1_frame")
    means = [
        sum(dict(zip((1, 12, 24), f1, strict=True))[au] for au in aus) / len(aus)
        for f1, aus in zip(values, rare, strict=True)
        if aus
    ]
    expected = closed_form(means) if len(means) > 1 else f"{100 * means[0]:.1f}"
    assert cell(table, title) == expected


@pytest.mark.parametrize("rare", [(), (1, 12, 24)])
def test_no_rare_row_if_no_au_is_rare_or_all_are(rare):
    table = repeated_runs_table([with_f1([0.1, 0.2, 0.3], rare_aus=rare)], "f1_frame")
    assert [row[2] for row in table.rows] == ["mean of AUs"]


def test_runs_with_other_aus_count_for_those_they_have():
    runs = [with_f1([0.1, 0.2, 0.3]), with_f1([0.5, 0.7], aus=(12, 25), rare_aus=())]
    table = repeated_runs_table(runs, "f1_frame", per_au=True)
    assert cell(table, "AU01") == "10.0" and cell(table, "AU25") == "70.0"
    assert cell(table, "AU12") == closed_form([0.2, 0.5])


def test_runs_that_are_not_complete_are_told():
    runs = [run_of(made_results(folds=3)), run_of(made_results(folds=3, folds_done=1))]
    (note,) = repeated_runs_table(runs, "f1_frame").notes
    assert "e, gft_like" in note and "1 of 3 folds" in note
    assert repeated_runs_table(runs[:1], "f1_frame").notes == ()


@pytest.mark.parametrize("several", [False, True])
def test_results_are_read_as_they_were_written(tmp_path, several):
    parts = [made_results(), made_results(trained_on="bp4d_like", seed=1)][: 1 + several]
    write_results(RunFolder(epath.Path(tmp_path)), parts)
    assert read_results(tmp_path) == read_results(tmp_path / "results.json") == run_of(*parts)


def test_results_of_runs_before_there_were_several_data_sets_can_be_read(tmp_path):
    (part,) = run_of(made_results())
    del part["trained_on"], part["rare_aus"]
    (tmp_path / "results.json").write_text(json.dumps(part))
    (row,) = repeated_runs_table([read_results(tmp_path)], "f1_frame").rows
    assert row[0] == "e, gft_like"


def broken(change):
    (part,) = run_of(made_results())
    change(part)
    return json.dumps(part)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "3",
        '"text"',
        "null",
        "{}",
        '{"parts": []}',
        '{"parts": {}}',
        '{"parts": null}',
        '{"parts": [1]}',
        '{"experiment": "e", "dataset": "d", "aus": [], "methods": {}}',
        '{"experiment": "e", "dataset": "d", "aus": [1], "methods": []}',
        broken(lambda part: part.pop("experiment")),
        broken(lambda part: part.pop("dataset")),
        broken(lambda part: part.update(dataset=["d"])),
        broken(lambda part: part.update(aus=[1, 99])),
        broken(lambda part: part.update(rare_aus=[2])),
        broken(lambda part: part["methods"]["cnn_momu"].pop("auc")),
        broken(lambda part: part["methods"]["cnn_momu"]["auc"]["per_au"].update({"1": "high"})),
    ],
)
def test_other_files_are_refused_by_name(tmp_path, content):
    (tmp_path / "results.json").write_text(content)
    with pytest.raises(InputError, match=r"results\.json is not the results of a run"):
        read_results(tmp_path)


def test_binary_file_is_refused(tmp_path):
    (tmp_path / "results.json").write_bytes(b"\xff\xfe\x00\x80")
    with pytest.raises(InputError, match="is not the results of a run"):
        read_results(tmp_path)


def test_missing_file_says_what_to_give(tmp_path):
    with pytest.raises(InputError, match=r"there is no .*results\.json; give the folder of a run"):
        read_results(tmp_path)
