"""`python -m au_jax.main --experiment=label_balance`, as a user meets it."""

import csv
import html
import re

import numpy as np
import pytest

from au_jax import main, prepare
from au_jax.datasets.raw.synthetic import synthetic_labels
from au_jax.sampling.strategies import STRATEGIES
from au_jax.settings import SyntheticConfig
from tests.made.videos import write_folder

FILES = {
    *("index.html", "balance.csv", "balance.md", "base_rates.csv", "co_occurrence.csv"),
    *("base_rates.png", "base_rates.svg", "batches.png", "batches.svg", "batches.csv"),
}
SMALL_FACES = [
    "--experiment.synthetic.subjects=3",
    "--experiment.synthetic.recordings_per_subject=1",
    "--experiment.synthetic.seconds=8",
    "--experiment.cnn.batch_size=8",
]


def run(tmp_path, *more):
    place = [f"--workdir={tmp_path / 'runs'}", f"--data_dir={tmp_path / 'data'}"]
    return main.run(["main", "--experiment=label_balance", *place, *more])


def rows_of(tmp_path, name):
    with (tmp_path / f"runs/label_balance/report/{name}.csv").open() as file:
        return list(csv.DictReader(file))


def write_labels(tmp_path, frames=120, seed=0):
    """A file of three labels, one never present, with a name of a subject and numbers of frames."""
    rng = np.random.default_rng(seed)
    labels = (rng.random((frames, 3)) < [0.5, 0.2, 0.0]).astype(int)
    lines = [f"{n},s{n // 40},{a},{b},{c}\n" for n, (a, b, c) in enumerate(labels.tolist())]
    path = tmp_path / "my labels.csv"
    path.write_text("frame,subject,laugh,<frown>,AU24\n" + "".join(lines))
    return path, labels


def test_labels_of_a_file(tmp_path, capsys):
    path, labels = write_labels(tmp_path)
    chosen = ["--label_columns=laugh,<frown>,AU24", "--experiment.cnn.batch_size=10"]
    assert run(tmp_path, f"--labels={path}", *chosen) == 0
    out = capsys.readouterr().out
    report = tmp_path / "runs/label_balance/report"
    assert {file.name for file in report.iterdir()} == FILES
    assert out.splitlines()[-1] == f"report: {report / 'index.html'}"
    rates = rows_of(tmp_path, "base_rates")
    assert [row["label"] for row in rates] == ["laugh", "<frown>", "AU24"]
    assert [int(row["present"]) for row in rates] == labels.sum(axis=0).tolist()
    balance = rows_of(tmp_path, "balance")
    assert [row["strategy"] for row in balance] == list(STRATEGIES)
    assert {(row["batches"], row["batch_size"]) for row in balance} == {("12", "10")}
    source = (report / "index.html").read_text()
    page = html.unescape(source)
    assert source.count("<svg") == source.count("</svg>") == 2
    assert "<frown>" not in source
    for text in ("my labels.csv", "Never present", "AU24"):
        assert text in page
    assert "Never present" in out and "AU24" in out
    for row in balance:
        shown = f"{float(row['variation_between_batches']):.3f}"
        assert shown in page and shown in out
        assert shown in (report / "balance.md").read_text()


def test_the_page_needs_no_other_file(tmp_path):
    path, _ = write_labels(tmp_path)
    assert run(tmp_path, f"--labels={path}", "--experiment.cnn.batch_size=10") == 0
    page = (tmp_path / "runs/label_balance/report/index.html").read_text()
    links = re.findall(r"""(?:src|href)\s*=\s*["']([^"']*)|url\(([^)]*)\)""", page)
    targets = ["".join(link).strip("'\" ") for link in links]
    assert targets and all(target.startswith(("#", "data:")) for target in targets)
    assert "@import" not in page and "<link" not in page


def test_columns_that_are_no_labels_are_named_and_the_same_command_gives_the_same_files(
    tmp_path, capsys
):
    path, _ = write_labels(tmp_path)
    contents = []
    for _ in range(2):
        assert run(tmp_path, f"--labels={path}", "--experiment.cnn.batch_size=10") == 0
        out = capsys.readouterr().out
        assert (
            "left out: frame ('2' in line 4), subject ('s0' in line 2), AU24 (no 1 in it)." in out
        )
        report = tmp_path / "runs/label_balance/report"
        contents.append({file.name: file.read_bytes() for file in report.iterdir()})
    assert contents[0] == contents[1]


def test_seed_and_draw_size_are_those_of_the_experiment(tmp_path):
    path, _ = write_labels(tmp_path)
    base = [f"--labels={path}", "--experiment.cnn.batch_size=10"]
    found = []
    for more in ([], ["--experiment.seed=1"], ["--experiment.sampling.draw_size=1"]):
        assert run(tmp_path, *base, *more) == 0
        found.append({row.pop("strategy"): row for row in rows_of(tmp_path, "balance")})
    default, seed, draw = found
    assert default["random"] != seed["random"]
    assert default["random"] == draw["random"] and default["momu"] != draw["momu"]


@pytest.mark.parametrize(("draw_size", "noted"), [(5, False), (6, True)])
def test_draws_of_momu_that_are_too_large_are_noted(tmp_path, capsys, draw_size, noted):
    path, _ = write_labels(tmp_path)  # two labels occur
    more = ["--experiment.cnn.batch_size=10", f"--experiment.sampling.draw_size={draw_size}"]
    assert run(tmp_path, f"--labels={path}", *more) == 0
    assert ("no room for a draw for each of 2 labels" in capsys.readouterr().out) == noted


def test_built_in_faces_are_measured_without_drawing_them(tmp_path, capsys):
    assert run(tmp_path, *SMALL_FACES, "--experiment.aus=(12,1)") == 0
    assert not (tmp_path / "data").exists()
    rates = rows_of(tmp_path, "base_rates")
    assert [row["label"] for row in rates] == ["AU12", "AU01"]
    labels = synthetic_labels(SyntheticConfig(subjects=3, recordings_per_subject=1, seconds=8))
    assert [int(row["present"]) for row in rates] == (labels[:, [6, 0]] > 0).sum(axis=0).tolist()
    assert "labels are simulated" in capsys.readouterr().out


def test_labels_of_a_prepared_data_set(tmp_path, capsys):
    source = write_folder(tmp_path / "faces", recordings=3, frames=20, aus=(24, 1, 12, 2))
    flags = [f"--source={source}", f"--data_dir={tmp_path / 'data'}", "--face_size=32"]
    assert prepare.run(["prepare", "--dataset=folder", *flags]) == 0
    assert run(tmp_path, "--dataset=faces", "--experiment.cnn.batch_size=4") == 0
    names = {row["label"] for row in rows_of(tmp_path, "base_rates")}
    assert names == {"AU01", "AU02", "AU12", "AU24"}
    assert "simulated" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "messages"),
    [
        (["--experiment=synthetic_3fold", "--labels=x.csv"], ["--labels is for", "label_balance"]),
        (["--experiment=synthetic_3fold", "--minus_one=absent"], ["--minus_one is for"]),
        (["--experiment=label_balance", "--label_columns=a"], ["--labels=FILE.csv"]),
        (["--experiment=label_balance", "--labels=x", "--dataset=y"], ["one of them at a time"]),
        (["--experiment=label_balance", "--fold=1"], ["--fold is of no use"]),
        (["--experiment=label_balance", "--methods=cnn"], ["--methods is of no use"]),
        (["--experiment=label_balance", "--labels=x", "--minus_one=1"], ["absent|missing"]),
    ],
)
def test_flags_that_do_not_fit_are_usage_errors(tmp_path, monkeypatch, capsys, arguments, messages):
    monkeypatch.chdir(tmp_path)
    assert main.run(["main", *arguments]) == 2
    out, err = capsys.readouterr()
    assert err.startswith("usage: ") and out == ""
    for message in messages:
        assert message in err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "more", "message"),
    [
        ("a,b\n1,0\n-1,1\n", [], "--minus_one=absent (then 0 is missing"),
        ("a,b\n1,0\n5,1\n", ["--label_columns=a"], "line 3: '5' in column 'a'; allowed are 1"),
        ("a,b\n1,0\n0,1\n0,0\n", [], "has 2 frames with a label that is present"),
        ("a,b\n1,0\n", ["--experiment.aus=(1,)"], "--label_columns"),
        ("a,b\n0,0\n", ["--label_columns=a,b"], "no label is present in any of 1 frames"),
        ("a,b\n1,0\n", ["--experiment.sampling.draw_size=0"], "draw_size is 0"),
        (None, [], "there is no such file"),
    ],
)
def test_files_that_cannot_be_used_are_one_line_and_nothing_is_written(
    tmp_path, capsys, text, more, message
):
    path = tmp_path / "labels.csv"
    if text is not None:
        path.write_text(text)
    assert run(tmp_path, f"--labels={path}", *more) == 1
    out, err = capsys.readouterr()
    (line,) = err.splitlines()
    assert out == "" and line.startswith("error: ") and message in line
    assert not (tmp_path / "runs").exists()


def test_an_au_that_the_built_in_faces_lack(tmp_path, capsys):
    assert run(tmp_path, *SMALL_FACES, "--experiment.aus=(1,9)") == 1
    assert "no labels of AU 9" in capsys.readouterr().err
