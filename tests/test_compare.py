"""The command `python -m au_jax.compare`, as a user meets it."""

import csv
import re

import pytest
from etils import epath

from au_jax import compare
from au_jax.reporting.results import METRIC_TITLES, write_results
from au_jax.runs.layout import RunFolder
from tests.made.results import made_results

FIRST = ("e, gft_like", "cnn_momu")


@pytest.fixture
def runs(tmp_path):
    """Three seeds of an experiment, and a run of another."""
    folders = []
    for seed in range(3):
        folders.append(tmp_path / f"seed{seed}/e")
        parts = [made_results(seed=seed), made_results(trained_on="bp4d_like", seed=10 + seed)]
        write_results(RunFolder(epath.Path(folders[-1])), parts)
    folders.append(tmp_path / "seed0/f")
    write_results(RunFolder(epath.Path(folders[-1])), [made_results(experiment="f", seed=9)])
    return folders


def command(folders, *more):
    return compare.run(["compare", f"--runs={','.join(map(str, folders))}", *more])


def test_runs_of_an_experiment_become_one_row(runs, capsys):
    assert command(runs) == 0
    out, err = capsys.readouterr()
    lines = out.splitlines()
    assert err == "" and lines[0] == "F1-frame in percent, mean ± sd over runs"
    rows = [line for line in lines if line.startswith(("e, ", "f, "))]
    assert [row.split("  ")[0] for row in rows] == [
        *["e, gft_like"] * 2,
        *["e, bp4d_like → gft_like"] * 2,
        *["f, gft_like"] * 2,
    ]
    assert rows[0].count("±") == 4 and rows[4].count("±") == 0


def test_markdown_of_another_metric_for_each_au(runs, capsys):
    assert command(runs[:3], "--metric=auc", "--per_au", "--markdown") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "**Area under the ROC curve in percent, mean ± sd over runs**"
    assert lines[2].startswith("| experiment | runs | of | always present | CNN random |")
    assert [line.split(" | ")[2] for line in lines[4:9]] == [
        *("AU01", "AU12", "AU24", "mean of AUs", "mean of rare AUs (1)")
    ]
    assert len({line.count("|") for line in lines[2:] if line}) == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "give --runs=FOLDER,FOLDER"),
        (["--runs="], "give --runs=FOLDER,FOLDER"),
        (["--runs=x", "--metric=accuracy"], "f1_frame|f1_event|auc|balanced_accuracy"),
        (["--runs=x", "--seeds=3"], "seeds"),
        (["seed0/e"], "unknown argument 'seed0/e'"),
    ],
)
def test_wrong_flags_are_usage_errors(capsys, arguments, message):
    assert compare.run(["compare", *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.startswith("usage: ") and message in err


def test_missing_and_broken_runs_are_one_line(runs, tmp_path, capsys):
    broken = tmp_path / "seed3/e"
    broken.mkdir(parents=True)
    (broken / "results.json").write_text('{"experiment": "e"}')
    for wrong, message in (
        (tmp_path / "absent", "there is no"),
        (broken, "is not the results of a run"),
    ):
        assert command([*runs, wrong]) == 1
        out, err = capsys.readouterr()
        assert out == "" and err.startswith("error: ") and len(err.splitlines()) == 1
        assert str(wrong) in err and message in err


def test_help_explains_the_command(capsys):
    assert compare.run(["compare", "--help"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("Set the results of several runs side by side.")
    for name in ("--runs", "--metric", "--[no]per_au", "--[no]markdown"):
        assert name in out


def test_a_page_with_all_metrics_is_written_on_request(runs, tmp_path, capsys):
    assert command(runs) == 0
    table = capsys.readouterr().out
    out = tmp_path / "page"
    assert command(runs, f"--out={out}") == 0
    printed = capsys.readouterr().out
    assert printed == f"{table}page: {out / 'index.html'}\n"
    page = (out / "index.html").read_text()
    assert page.count("<svg") == page.count('<table class="sortable">') == len(METRIC_TITLES)
    assert not re.search(r"<script src|<link|@import", page)
    for metric in METRIC_TITLES:
        assert {f"{metric}.{end}" for end in ("csv", "md", "png", "svg")} <= {
            file.name for file in out.iterdir()
        }
    with (out / "auc.csv").open() as file:
        rows = list(csv.DictReader(file))
    # Three runs of two parts, and one of another experiment, of four methods.
    assert len(rows) == (3 * 2 + 1) * 4
    means = [float(r["mean"]) for r in rows if (r["experiment"], r["method"]) == FIRST]
    expected = [made_results(seed=seed).methods["cnn_momu"]["auc"].mean for seed in range(3)]
    assert means == pytest.approx(expected, abs=1e-6)
