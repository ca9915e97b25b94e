"""An experiment within and between two data sets, through the command."""

import html
import json
import pathlib
import re
import shutil

import jax
import numpy as np
import pytest

from au_jax import main, metrics
from au_jax.system import atomic_files
from tests.made.folds import times_written

# Among so few people some AU is never there.
pytestmark = pytest.mark.filterwarnings("ignore:never present in the training frames")

TESTS = pathlib.Path(__file__).parents[1]
METHODS = ["always_present", "cnn_random", "cnn_momu"]
PAIRS = [
    ("bp4d_like", "bp4d_like"),
    ("gft_like", "bp4d_like"),
    ("gft_like", "gft_like"),
    ("bp4d_like", "gft_like"),
]
"""Trained on, tested on: in the order of the report."""
FOLDS = {"bp4d_like": (0, 1), "gft_like": (2, 3)}
FRAMES = {"bp4d_like": range(6 * 20), "gft_like": range(6 * 20, 11 * 20)}


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A user's folder with an own experiment file."""
    path = tmp_path_factory.mktemp("home")
    shutil.copy(TESTS / "made/tiny_sampling.py", path / "sampling.py")
    return path


def run(home, workdir, *more):
    places = [f"--data_dir={home / 'data'}", f"--workdir={home / workdir}"]
    # As in every test, whose setting decides what is compiled anew.
    with jax.numpy_rank_promotion("raise"):
        assert main.run(["main", f"--experiment={home / 'sampling.py'}", *places, *more]) == 0
    return home / workdir / "sampling"


def results_of(directory):
    return json.loads((directory / "results.json").read_text())


def page_of(directory):
    return html.unescape(" ".join((directory / "report/index.html").read_text().split()))


@pytest.fixture(scope="module")
def first_fold(home):
    """Results and page after the first fold alone."""
    directory = run(home, "both", "--fold=0")
    return results_of(directory), page_of(directory)


@pytest.fixture(scope="module")
def both(home, first_fold):
    """The same run, completed."""
    return run(home, "both")


def test_first_fold_gives_the_parts_that_its_models_were_trained_for(first_fold):
    results, page = first_fold
    parts = results["parts"]
    pairs = [(part["trained_on"], part["dataset"]) for part in parts]
    assert pairs == [PAIRS[0], PAIRS[3]]
    assert [(part["folds_done"], part["folds"]) for part in parts] == [(1, 2)] * 2
    assert "Not all folds are in yet" in page and "1 of 2 folds" in page


def test_a_page_without_half_of_the_parts_says_so(home, both):
    """Both folds of one data set are in, none of the other."""
    shutil.copytree(both, home / "half/sampling")
    directory = home / "half/sampling"
    for fold in FOLDS["gft_like"]:
        shutil.rmtree(directory / f"fold_{fold:02d}")
    run(home, "half", "--fold=0")
    assert [part["folds_done"] for part in results_of(directory)["parts"]] == [2, 2]
    assert "Not all folds are in yet" in page_of(directory)


def test_each_pair_of_data_sets_has_its_part(both):
    results = results_of(both)
    assert results["experiment"] == "sampling"
    assert [(part["trained_on"], part["dataset"]) for part in results["parts"]] == PAIRS
    for part in results["parts"]:
        assert (part["folds_done"], part["folds"]) == (2, 2)
        assert list(part["methods"]) == METHODS and part["aus"] == [10, 12, 24]
        assert part["rare_aus"] == (
            [] if PAIRS.index((part["trained_on"], part["dataset"])) == 0 else [24]
        )
        for by_metric in part["methods"].values():
            assert all(len(value["folds"]) == 2 for value in by_metric.values())


def test_numbers_of_a_part_are_those_of_its_models_on_its_data_set(both):
    for part in results_of(both)["parts"]:
        for method in METHODS:
            kept = {"scores": [], "labels": [], "frames": []}
            for fold in FOLDS[part["trained_on"]]:
                file = both / f"fold_{fold:02d}/{method}/scores.npz"
                arrays = atomic_files.read_arrays(file)
                inside = np.isin(arrays["frames"], FRAMES[part["dataset"]])
                names = np.char.partition(arrays["subjects"], "/")[:, 0]
                assert ((names == part["dataset"]) == inside).all()
                for name, rows in kept.items():
                    rows.append(arrays[name][inside])
            joined = {name: np.concatenate(rows) for name, rows in kept.items()}
            assert sorted(joined["frames"]) == list(FRAMES[part["dataset"]])
            expected = metrics.f1_frame(joined["labels"], joined["scores"])
            found = part["methods"][method]["f1_frame"]["per_au"].values()
            np.testing.assert_array_equal(list(found), expected)


def test_page_has_all_parts_tables_and_figures(both):
    page = page_of(both)
    for trained_on, tested_on in PAIRS:
        assert f"<h3>Trained on {trained_on}, tested on {tested_on}</h3>" in page
    headings = re.findall(r"<h3>([^<]*)</h3>", page)
    assert {"Training on bp4d_like", "Training on gft_like", "MOMU against random sampling"} <= set(
        headings
    )
    assert "Not all folds are in yet" not in page
    assert "they are not a measure of accuracy on people" in page
    for part in results_of(both)["parts"]:
        for by_metric in part["methods"].values():
            for number in by_metric["f1_frame"]["per_au"].values():
                assert f">{100 * number:.1f}</td>" in page
    report = both / "report"
    for name in ("training_f1_bp4d_like", "training_f1_gft_like", "improvement"):
        assert (report / f"{name}.png").stat().st_size > 1000
        assert (report / f"{name}.svg").read_text().startswith("<?xml")
    for trained_on, tested_on in PAIRS:
        table = (report / f"f1_frame_{trained_on}_to_{tested_on}.md").read_text()
        assert "paper: MOMU" in table


def test_finished_run_trains_nothing_and_writes_the_same(home, both, capsys):
    files = [both / "results.json", both / "report/index.html"]
    before = [file.read_bytes() for file in files]
    folds = {name: times_written(both / name) for name in ("fold_00", "fold_03")}
    run(home, "both")
    assert {name: times_written(both / name) for name in folds} == folds
    assert [file.read_bytes() for file in files] == before
    out = capsys.readouterr().out
    for trained_on, tested_on in PAIRS:
        named = f"sampling on {tested_on}"
        if trained_on != tested_on:
            named = f"sampling, trained on {trained_on}, tested on {tested_on}"
        assert f"F1-frame in percent, {named}, 2 of 2 folds pooled" in out
    assert "paper" not in out


def test_fold_beyond_those_of_both_data_sets(home, capsys):
    places = [f"--data_dir={home / 'nowhere'}", f"--workdir={home / 'nowhere'}", "--fold=4"]
    assert main.run(["main", f"--experiment={home / 'sampling.py'}", *places]) == 1
    assert "--fold is 4; allowed is 0 to 3" in capsys.readouterr().err
    assert not (home / "nowhere").exists()


def test_between_is_one_model_tested_on_all_of_the_other_data_set(home, both):
    directory = run(home, "between", "--experiment.protocol.scenario=between")
    results = results_of(directory)
    assert "parts" not in results
    assert (results["trained_on"], results["dataset"]) == ("bp4d_like", "gft_like")
    assert (results["folds_done"], results["folds"]) == (1, 1)
    for method in METHODS:
        arrays = atomic_files.read_arrays(directory / f"fold_00/{method}/scores.npz")
        assert sorted(arrays["frames"]) == list(FRAMES["gft_like"])
    assert sorted(path.name for path in directory.glob("fold_*")) == ["fold_00"]
    page = page_of(directory)
    assert "trained on bp4d_like, tested on gft_like" in page and "mean ± sd" not in page
    assert "paper: MOMU" in (directory / "report/f1_frame.md").read_text()
