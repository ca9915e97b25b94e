"""The command `python -m au_jax.main`, as a user meets it."""

import csv
import dataclasses
import errno
import html
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time

import jax
import numpy as np
import pytest
from etils import epath

import au_jax
from au_jax import main, prepare
from au_jax.detector.detector import Detector
from au_jax.errors import InputError
from au_jax.pipeline.data import open_protocol
from au_jax.reporting.results import METRIC_TITLES
from au_jax.runs.configuration import read_experiment
from au_jax.runs.layout import RunFolder
from au_jax.runs.scores import load_scores
from au_jax.system import atomic_files, checkpoints
from au_jax.system.command import REFUSED, WRONG_FLAGS
from tests.made.folds import times_written
from tests.made.videos import write_folder

TESTS = pathlib.Path(__file__).parent
METHODS = ["always_present", "cnn", "lstm", "hybrid"]
METRICS = list(METRIC_TITLES)
WITH_CALIBRATION = [*METRICS, "f1_frame_tuned", "calibration_error"]


@dataclasses.dataclass(frozen=True)
class Home:
    """Where a user works: an own experiment file, drawn faces, and work directories."""

    path: pathlib.Path

    def command(self, *more, workdir="whole", experiment="tiny.py"):
        return [
            f"--experiment={self.path / experiment if experiment.endswith('.py') else experiment}",
            f"--data_dir={self.path / 'data'}",
            f"--workdir={self.path / workdir}",
            *more,
        ]

    def run(self, *more, **where):
        with jax.numpy_rank_promotion("raise"):
            return main.run(["main", *self.command(*more, **where)])

    def environment(self):
        return {
            **os.environ,
            "PYTHONPATH": str(TESTS.parent),
        }


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    path = tmp_path_factory.mktemp("home")
    shutil.copy(TESTS / "made/tiny_experiment.py", path / "tiny.py")
    return Home(path)


@pytest.fixture(scope="module")
def whole(home):
    """A run of all folds that nothing has disturbed."""
    assert home.run() == 0
    return home.path / "whole/tiny"


def scores(directory, folds=(0, 1, 2), methods=METHODS):
    return {
        (fold, method): atomic_files.read_arrays(directory / f"fold_{fold:02d}/{method}/scores.npz")
        for fold in folds
        for method in methods
    }


def assert_same_scores(directory, whole, folds=(0,)):
    found, expected = scores(directory, folds), scores(whole, folds)
    for place, arrays in expected.items():
        assert found[place].keys() == arrays.keys()
        for name, array in arrays.items():
            assert array.tobytes() == found[place][name].tobytes(), (place, name)


def content(directory):
    return {
        str(path.relative_to(directory)): path.read_bytes()
        for path in sorted(directory.rglob("*"))
        if path.is_file()
    }


def results_of(directory):
    return json.loads((directory / "results.json").read_text())


def test_results_of_all_methods_and_metrics(whole):
    results = results_of(whole)
    assert (results["experiment"], results["dataset"]) == ("tiny", "synthetic")
    assert results["aus"] == [1, 12, 24]
    assert (results["folds_done"], results["folds"]) == (3, 3)
    assert list(results["methods"]) == METHODS
    for by_metric in results["methods"].values():
        assert list(by_metric) == WITH_CALIBRATION
        for value in by_metric.values():
            assert set(value) == {"per_au", "mean", "folds"}
            assert list(value["per_au"]) == ["1", "12", "24"] and len(value["folds"]) == 3
            numbers = [*value["per_au"].values(), value["mean"], *value["folds"]]
            assert all(number is None or 0 <= number <= 1 for number in numbers)
            known = [number for number in value["per_au"].values() if number is not None]
            assert value["mean"] == pytest.approx(np.mean(known))


def test_every_subject_is_tested_once_and_with_all_frames(whole):
    parts = scores(whole)
    for method in METHODS:
        frames = np.concatenate([parts[fold, method]["frames"] for fold in range(3)])
        assert sorted(frames) == list(range(6 * 4 * 5))
        people = [set(parts[fold, method]["subjects"]) for fold in range(3)]
        assert [len(some) for some in people] == [2, 2, 2] and len(set.union(*people)) == 6


def test_baseline_is_the_closed_form_of_the_base_rate(whole):
    parts = scores(whole, methods=["always_present"]).values()
    labels = np.concatenate([part["labels"] for part in parts])
    rate = (labels > 0).sum(axis=0) / (labels != 0).sum(axis=0)
    results = results_of(whole)
    baseline = results["methods"]["always_present"]
    assert list(results["base_rate"].values()) == pytest.approx(rate)
    assert list(baseline["f1_frame"]["per_au"].values()) == pytest.approx(2 * rate / (1 + rate))
    assert list(baseline["auc"]["per_au"].values()) == [0.5, 0.5, 0.5]
    assert list(baseline["balanced_accuracy"]["per_au"].values()) == [0.5, 0.5, 0.5]


def test_report_is_one_page_with_the_numbers_and_needs_no_other_file(whole):
    page = html.unescape((whole / "report/index.html").read_text())
    # Links inside the page begin with #; namespaces of SVG are names, not addresses to load.
    links = re.findall(r"""(?:src|href)\s*=\s*["']([^"']*)|url\(([^)]*)\)""", page)
    targets = ["".join(link).strip("'\" ") for link in links]
    assert targets and all(target.startswith(("#", "data:")) for target in targets)
    assert "@import" not in page and "<link" not in page
    drawn = {file.stem for file in (whole / "report").glob("*.svg")}
    assert page.count("<svg") == page.count("</svg>") == len(drawn)
    assert len(re.findall('<svg role="img" aria-label="[^"]', page)) == len(drawn)
    figures = {"decision_curves", "learning_curves", "reliability", "timeline_1", "timeline_2"}
    assert figures <= drawn
    for name in figures:
        assert all((whole / f"report/{name}.{end}").exists() for end in ("png", "csv"))
    assert "they are not a measure of accuracy on people" in " ".join(page.split())
    results = results_of(whole)
    for method in METHODS:
        for number in results["methods"][method]["f1_frame"]["per_au"].values():
            assert re.search(rf"<td[^>]*>{100 * number:.1f}</td>", page)


@pytest.mark.parametrize("metric", METRICS)
def test_tables_hold_the_numbers_of_the_results(whole, metric):
    results = results_of(whole)
    with (whole / f"report/{metric}.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["au"] for row in rows] == ["1", "12", "24", "mean"]
    markdown = (whole / f"report/{metric}.md").read_text()
    for method in METHODS:
        value = results["methods"][method][metric]
        for row, number in zip(rows, [*value["per_au"].values(), value["mean"]], strict=True):
            if number is None:
                assert row[method] == ""
            else:
                assert float(row[method]) == pytest.approx(number, abs=1e-6)
                assert re.search(rf"\W{100 * number:.1f}\W", markdown)


def test_table_and_place_of_the_report_are_printed_at_the_end(home, whole, capsys):
    assert home.run() == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "F1-frame in percent, tiny on synthetic, 3 of 3 folds pooled"
    assert lines[-1] == f"report: {whole / 'report/index.html'}"


def test_finished_run_trains_nothing_again_and_gives_the_same_files(home, whole):
    before = content(whole)
    folds = {fold: times_written(whole / fold) for fold in ("fold_00", "fold_01", "fold_02")}
    assert home.run() == 0
    assert content(whole) == before
    assert {fold: times_written(whole / fold) for fold in folds} == folds


def test_folds_can_be_run_one_by_one(home, whole, capsys):
    assert home.run("--fold=1", workdir="apart") == 0
    apart = home.path / "apart/tiny"
    assert "1 of 3 folds" in capsys.readouterr().out
    results = results_of(apart)
    assert (results["folds_done"], results["folds"]) == (1, 3)
    whole_results = results_of(whole)["methods"]
    for method in METHODS:
        for metric in METRICS:
            (only,) = results["methods"][method][metric]["folds"]
            assert only == whole_results[method][metric]["folds"][1]
    page = (apart / "report/index.html").read_text()
    assert (
        "data set synthetic: 1 of 3 folds" in " ".join(page.split())
        and "Not all folds are in yet" in page
    )
    trained = {path: path.stat().st_mtime_ns for path in (apart / "fold_01").rglob("scores.npz")}
    assert len(trained) == len(METHODS)
    assert home.run(workdir="apart") == 0
    assert {path: path.stat().st_mtime_ns for path in trained} == trained
    assert_same_scores(apart, whole, folds=(0, 1, 2))
    assert (apart / "results.json").read_bytes() == (whole / "results.json").read_bytes()


def start(home, workdir, stderr):
    command = [sys.executable, "-m", "au_jax.main", *home.command("--fold=0", workdir=workdir)]
    return subprocess.Popen(
        command,
        cwd=home.path,
        env=home.environment(),
        stdout=subprocess.DEVNULL,
        # Not a pipe: XLA says so much about its cache that one would fill up.
        stderr=stderr.open("w"),
    )


KILLED_AT = [
    ("cnn/training/*", signal.SIGKILL),
    ("cnn/*features.npy*", signal.SIGKILL),
    ("lstm/metrics.jsonl", signal.SIGINT),
    ("hybrid/*model*", signal.SIGKILL),
]
"""The files whose first sight kills a process; some are temporary ones, not there in full."""


def test_run_that_is_killed_again_and_again_ends_with_the_same_scores(home, whole):
    directory, log = home.path / "killed/tiny", home.path / "stderr.txt"
    for pattern, kind in KILLED_AT:
        process = start(home, "killed", log)
        while not list((directory / "fold_00").glob(pattern)):
            assert process.poll() is None, log.read_text()[-3000:]
            time.sleep(0.001)
        process.send_signal(kind)
        process.wait(timeout=60)
        err = log.read_text()
        assert not (directory / "results.json").exists()
        if kind == signal.SIGINT:
            assert process.returncode == 130 and "Traceback" not in err
            assert "stopped; run the same command again to go on" in err
        else:
            assert process.returncode == -kind
    assert home.run("--fold=0", workdir="killed") == 0
    assert_same_scores(directory, whole)
    # What was half written is gone, but for hidden files of atomic_files.
    assert files_of_a_fold(directory) == files_of_a_fold(whole)


def files_of_a_fold(directory):
    """Names of all files of the first fold; Orbax puts random names under `d/`."""
    names = content(directory / "fold_00")
    return {re.sub(r"/d/\w+", "/d/*", name) for name in names if not name.endswith(".tmp")}


class StoppedError(BaseException):
    pass


@pytest.mark.parametrize("writes", [2, 3])
def test_run_that_is_stopped_between_any_two_writes_ends_with_the_same_scores(
    home, whole, monkeypatch, writes
):
    left = [0]

    def limited(write):
        def call(*arguments, **keywords):
            if not any(str(part).endswith("environment.json") for part in arguments):
                if not left[0]:
                    raise StoppedError
                left[0] -= 1
            return write(*arguments, **keywords)

        return call

    for module, name in [
        (atomic_files, "replacing"),
        (checkpoints.TrainingCheckpoints, "save"),
        (checkpoints.ocp, "save"),
    ]:
        monkeypatch.setattr(module, name, limited(getattr(module, name)))
    directory = home.path / f"stopped_{writes}/tiny"
    stops = 0
    while not (directory / "fold_00/hybrid/scores.npz").exists():
        left[0] = writes
        with pytest.raises(StoppedError):
            home.run("--fold=0", workdir=f"stopped_{writes}")
        stops += 1
        assert stops < 30, "the run does not get further"
    assert stops >= 8
    assert_same_scores(directory, whole)


def full_disk(place):
    return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(place))


def orbax_full_disk(place):
    # What TensorStore says, as Orbax passes it on.
    return ValueError(
        f'RESOURCE_EXHAUSTED: Error writing "{place}" [OS error 28: No space left on device]'
    )


def test_full_disk_is_one_message_and_the_run_goes_on_when_there_is_room(
    home, whole, capsys, monkeypatch
):
    directory = home.path / "full/tiny"

    def refuse(module, name, part, error):
        write = getattr(module, name)

        def call(*arguments, **keywords):
            places = [str(a) for a in arguments if isinstance(a, os.PathLike)]
            if not places or part in places[0]:
                raise error(places[0] if places else "a checkpoint")
            return write(*arguments, **keywords)

        monkeypatch.setattr(module, name, call)

    places = [
        (atomic_files, "replacing", "config.json", full_disk),
        (atomic_files, "replacing", "cnn/metrics.jsonl", full_disk),
        (checkpoints.TrainingCheckpoints, "save", "", orbax_full_disk),
        (checkpoints.ocp, "save", "cnn/model", orbax_full_disk),
        (atomic_files, "replacing", "cnn/features.npy", full_disk),
        (atomic_files, "replacing", "lstm/scores.npy", full_disk),
        (atomic_files, "replacing", "hybrid/scores.npz", full_disk),
        (atomic_files, "replacing", "results.json", full_disk),
        (atomic_files, "replacing", "timeline_1.png", full_disk),
    ]
    for module, name, part, error in places:
        refuse(module, name, part, error)
        assert home.run("--fold=0", workdir="full") == 1
        err = capsys.readouterr().err
        assert "Traceback" not in err
        message = err.splitlines()[-1]
        assert message.startswith("error: the disk is full"), part
        assert message.endswith("Make room and run the same command again")
        if error is full_disk:
            assert part in message
        monkeypatch.undo()
    assert home.run("--fold=0", workdir="full") == 0
    assert_same_scores(directory, whole)


@pytest.mark.parametrize(
    ("change", "difference"),
    [
        ("--experiment.cnn.learning_rate=0.5", "cnn.optimizer.learning_rate: 0.01 before, 0.5 now"),
        ("--experiment.loss_weighting=none", "loss_weighting: 'balanced' before, 'none' now"),
        ("--experiment.seed=3", "seed: 0 before, 3 now"),
        ("--experiment.aus=(1,12)", "aus: [1, 12, 24] before, [1, 12] now"),
    ],
)
def test_changed_setting_is_refused_and_old_results_stay(home, whole, capsys, change, difference):
    before = content(whole)
    assert home.run(change) == 1
    out, err = capsys.readouterr()
    assert out == "" and f"{whole} holds a run with another configuration:" in err
    assert difference in err and "give another --workdir, or delete that folder" in err
    assert content(whole) == before


@pytest.mark.parametrize(
    ("arguments", "messages"),
    [
        (["--workdir=x"], ["--experiment=NAME is missing", "synthetic_3fold needs no data"]),
        (
            ["--experiment=synthetic_4fold"],
            ["unknown experiment 'synthetic_4fold'", "gft_10fold, ", "synthetic_3fold, ", ".py"],
        ),
        (["--experiment=absent.py"], ["there is no experiment file absent.py"]),
        (
            ["--experiment=synthetic_3fold", "--experiment.cnn.learn_rate=1"],
            ["learn_rate", "settings are: ", "cnn.optimizer.learning_rate, ", "protocol.folds, "],
        ),
        (["--experiment=synthetic_3fold", "--experiment.cnn.steps=few"], ["cnn.steps", "few"]),
        (["--experiment=synthetic_3fold", "--experiment.cnn.pool_mode=up"], ["pool_mode", "up"]),
        (["--experiment=synthetic_3fold", "--fold=first"], ["--fold", "first"]),
        (["--experiment=synthetic_3fold", "--epochs=3"], ["epochs"]),
        (["synthetic_3fold"], ["unknown argument 'synthetic_3fold'"]),
    ],
)
def test_wrong_flags_are_usage_errors(tmp_path, monkeypatch, capsys, arguments, messages):
    monkeypatch.chdir(tmp_path)
    assert main.run(["main", *arguments]) == 2
    out, err = capsys.readouterr()
    assert err.startswith("usage: ") and out == ""
    for message in messages:
        assert message in err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("change", "messages"),
    [
        (
            "--methods=cnn,forest",
            ["unknown method 'forest'", "always_present, svm, ", "cnn, lstm, hybrid"],
        ),
        ("--fold=3", ["--fold is 3", "0 to 2"]),
        ("--fold=-1", ["--fold is -1", "0 to 2"]),
        ("--experiment.cnn.steps=0", ["experiment.cnn.steps is 0", "above 0"]),
        ("--experiment.protocol.folds=1", ["protocol.folds is 1", "2 or more"]),
        ("--experiment.aus=(1,99)", ["99"]),
        ("--dataset=../whole", ["cannot be the name of a data set"]),
        ("--methods=anet_t", ["another data set", "transfer_data.name", "pretraining.steps"]),
    ],
)
def test_wrong_values_are_refused_in_one_line_before_anything_is_written(
    home, tmp_path, capsys, change, messages
):
    place = [f"--workdir={tmp_path / 'runs'}", f"--data_dir={tmp_path / 'data'}"]
    assert main.run(["main", f"--experiment={home.path / 'tiny.py'}", *place, change]) == 1
    out, err = capsys.readouterr()
    (line,) = err.splitlines()
    assert out == "" and line.startswith("error: ")
    for message in messages:
        assert message in line
    assert list(tmp_path.iterdir()) == []


def test_too_many_folds_for_the_people(home, whole, tmp_path, capsys):
    assert home.run("--experiment.protocol.folds=7", workdir="many") == 1
    assert "6 subjects cannot be split into 7 folds" in capsys.readouterr().err


def test_batch_larger_than_the_data_is_one_line(home, whole, capsys):
    assert home.run("--experiment.cnn.batch_size=5000", "--fold=0", workdir="large") == 1
    line = capsys.readouterr().err.splitlines()[-1]
    assert line.startswith("error: the batch size is 5000") and "labelled training frames" in line


@pytest.mark.parametrize(
    ("arguments", "messages"),
    [
        (
            ["--experiment=gft_10fold"],
            [
                "data set 'gft'",
                "licence of Sayette Group Formation Task (GFT)",
                "python -m au_jax.prepare --dataset=gft --source=FOLDER --data_dir=",
            ],
        ),
        (
            ["--experiment=folder_3fold", "--dataset=mine"],
            [
                "data set 'mine'",
                "folder of videos, labels and landmarks",
                "python -m au_jax.prepare --dataset=folder --source=FOLDER --name=mine --data_dir=",
            ],
        ),
    ],
)
def test_missing_data_set_says_where_it_was_sought_and_how_to_get_it(
    tmp_path, capsys, arguments, messages
):
    data = tmp_path / "data"
    place = [f"--data_dir={data}", f"--workdir={tmp_path / 'runs'}"]
    assert main.run(["main", *arguments, *place]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    for message in (*messages, f"looked for {data}/", "Prepared in", "synthetic_3fold"):
        assert message in line
    assert list(tmp_path.iterdir()) == []


def test_help_explains_the_command_and_lists_the_settings(capsys):
    assert main.run(["main", "--help"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("Run an experiment")
    for name in (
        "--experiment",
        "--workdir",
        "--data_dir",
        "--[no]help",
        "cnn.optimizer.learning_rate",
    ):
        assert name in out


@pytest.fixture(scope="module")
def folder(home):
    """A prepared folder of small videos, `data/faces`."""
    source = write_folder(home.path / "faces", recordings=6, frames=20, aus=(24, 1, 12, 2))
    flags = [f"--source={source}", f"--data_dir={home.path / 'data'}", "--face_size=32"]
    assert prepare.run(["prepare", "--dataset=folder", *flags]) == 0
    return "--dataset=faces"


def trained(directory):
    """The steps of each training that a run has done, by its folder."""
    logs = sorted(directory.rglob("metrics.jsonl"))
    return {
        str(log.parent.relative_to(directory)): json.loads(log.read_text().splitlines()[-1])["step"]
        for log in logs
    }


def test_own_videos_start_from_one_pretraining_for_all_folds(home, folder, capsys):
    more = [folder, "--methods=cnn", "--experiment.pretraining.steps=2"]
    assert home.run(*more, workdir="own", experiment="tiny.py") == 0
    directory = home.path / "own/tiny"
    folds = {f"fold_{number:02d}/cnn": 4 for number in range(3)}
    assert trained(directory) == {**folds, "pretraining/cnn": 2}
    origin = json.loads((directory / "pretraining/cnn/detector.json").read_text())["origin"]
    assert origin["data"] == "synthetic"
    before = times_written(directory / "pretraining")
    results = results_of(directory)
    assert results["dataset"] == "faces" and results["aus"] == [1, 12, 24]
    assert list(results["methods"]) == ["always_present", "cnn"]
    assert "The faces are synthetic" not in (directory / "report/index.html").read_text()
    # The other methods are added to what is there.
    assert home.run(folder, more[2], "--fold=0", workdir="own") == 0
    assert times_written(directory / "pretraining") == before
    assert trained(directory).keys() - folds.keys() == {
        *("pretraining/cnn", "fold_00/lstm", "fold_00/hybrid")
    }
    results = results_of(directory)
    assert list(results["methods"]) == METHODS and results["folds_done"] == 1


def test_anet_t_takes_the_pretrained_network_where_no_data_set_is_named(home, folder):
    more = [folder, "--methods=anet_t,cnn", "--fold=1", "--experiment.pretraining.steps=2"]
    assert home.run(*more, workdir="own_transfer") == 0
    directory = home.path / "own_transfer/tiny"
    assert trained(directory) == {"pretraining/cnn": 2, "fold_01/cnn": 4}
    assert "anet_t" in results_of(directory)["methods"]
    assert not (directory / "transfer").exists()


def test_pretraining_that_was_stopped_goes_on(home, folder, monkeypatch):
    more = [folder, "--methods=cnn", "--fold=2", "--experiment.pretraining.steps=2"]
    saved = checkpoints.ocp.save

    def stop(path, *arguments, **keywords):
        if "pretraining" in str(path):
            raise StoppedError
        return saved(path, *arguments, **keywords)

    monkeypatch.setattr(checkpoints.ocp, "save", stop)
    with pytest.raises(StoppedError):
        home.run(*more, workdir="own_stopped")
    monkeypatch.undo()
    assert home.run(*more, workdir="own_stopped") == 0
    assert home.run(*more, workdir="own") == 0
    found, expected = (
        scores(home.path / name / "tiny", [2], ["cnn"])[2, "cnn"]["scores"]
        for name in ("own_stopped", "own")
    )
    np.testing.assert_array_equal(found, expected)


VARIANT = """
import dataclasses
from au_jax.settings import Variant
from tiny import experiment as tiny

def experiment():
    wide = Variant(name="cnn_wide", base="cnn", changes={"cnn.network.width": 1 / 16})
    return dataclasses.replace(tiny(), variants=(wide,), methods=("cnn_wide", "cnn_momu"))
"""


def test_variants_of_ones_own_run_beside_known_ones_and_stand_in_the_results(
    home, monkeypatch, capsys
):
    monkeypatch.syspath_prepend(str(home.path))
    (home.path / "wider.py").write_text(VARIANT)
    assert home.run("--fold=0", workdir="variants", experiment="wider.py") == 0
    directory = home.path / "variants/wider"
    results = results_of(directory)
    assert list(results["methods"]) == ["always_present", "cnn_wide", "cnn_momu"]
    changes = {"cnn.network.width": 1 / 16}
    assert results["variants"]["cnn_wide"] == {"base": "cnn", "changes": changes}
    assert results["variants"]["cnn_momu"]["changes"]["sampling.strategy"] == "momu"
    bundle = json.loads((directory / "fold_00/cnn_wide/detector.json").read_text())
    assert bundle["settings"]["network"]["width"] == 1 / 16
    text = (home.path / "wider.py").read_text()
    (home.path / "wrong.py").write_text(text.replace("cnn.network.width", "lstm.network.cells"))
    assert home.run(workdir="variants", experiment="wrong.py") == 1
    err = capsys.readouterr().err
    assert "'cnn_wide' changes lstm.network.cells, which its base 'cnn' does not read" in err


def test_former_names_of_settings_and_methods_keep_working(home, folder):
    former = [
        *("--experiment.dataset=faces", "--experiment.cnn.steps=2", "--experiment.cnn.dropout=0.1"),
        *("--experiment.synthetic.seed=5", "--methods=lstm_pca_4,cnn_random", "--fold=0"),
    ]
    assert home.run(*former, workdir="former") == 0
    directory = home.path / "former/tiny"
    assert list(results_of(directory)["methods"])[1:] == ["cnn", "lstm_pca_4", "cnn_random"]
    config = json.loads((directory / "config.json").read_text())
    assert config["data"]["name"] == "faces" and config["data"]["synthetic"]["seed"] == 5
    assert config["cnn"]["network"]["dropout"] == 0.1


def test_a_detector_of_a_run_gives_the_scores_of_its_test_frames_bit_for_bit(home, whole, tmp_path):
    run = RunFolder(epath.Path(whole))
    protocol = open_protocol(read_experiment(run), str(home.path / "data"))
    dataset, test = protocol.dataset, protocol.folds[1].test
    recordings = dataset.frames.recording[test]
    for method in METHODS:
        detector = Detector.load(whole / "fold_01", method)
        assert detector.aus == (1, 12, 24)
        found = detector(dataset.faces[test], recordings)
        expected = load_scores(run.method(1, method).test_scores).scores
        np.testing.assert_array_equal(found.scores, expected)
        np.testing.assert_array_equal(found.decisions, expected > 0)
        # Copied as a whole it needs nothing else.
        detector.save(tmp_path / method)
        copied = Detector.load(tmp_path / method)
        np.testing.assert_array_equal(copied.scores(dataset.faces[test], recordings), expected)
        assert str(home.path) not in (tmp_path / method / "detector.json").read_text()
    assert Detector.load(whole / "fold_01").description.origin["method"] == "hybrid"


def test_a_run_of_the_version_before_is_refused_in_words(home, whole, capsys):
    old = home.path / "before/tiny"
    old.mkdir(parents=True)
    config = json.loads((whole / "config.json").read_text())
    del config["format"]
    (old / "config.json").write_text(json.dumps(config))
    assert home.run(workdir="before") == 1
    err = capsys.readouterr().err
    assert "holds a run of another version of au_jax (format 1, this one reads and writes 2)" in err
    assert "give another --workdir, or delete that folder" in err


@pytest.fixture(scope="module")
def final(home):
    """A detector that was trained on all subjects."""
    assert home.run("--final", workdir="final") == 0
    return home.path / "final/tiny"


def test_a_detector_to_keep_is_trained_on_all_but_the_validation_subjects(final, tmp_path):
    assert trained(final) == {"final/cnn": 4, "final/lstm": 4, "final/hybrid": 4}
    assert not list(final.glob("fold_*")) and not (final / "results.json").exists()
    shutil.copytree(final / "detector", tmp_path / "copy")
    kept = au_jax.Detector.load(tmp_path / "copy")
    assert kept.description.origin["method"] == "hybrid" and kept.aus == (1, 12, 24)
    assert kept.description.origin["subjects"] == 5 and kept.description.origin["drawn_faces"]
    everything = b"".join(path.read_bytes() for path in (tmp_path / "copy").rglob("*.json"))
    assert str(final.parent.parent).encode() not in everything
    faces = np.random.default_rng(0).integers(0, 256, (3, 32, 32, 3), np.uint8)
    of_run = au_jax.Detector.load(final)
    np.testing.assert_array_equal(kept.scores(faces), of_run.scores(faces))
    assert (kept.calibration.frames > 0).any()
    assert au_jax.Detector.load(final, "cnn").description.origin["method"] == "cnn"


def test_the_same_command_trains_nothing_again_and_another_method_beside(home, final):
    before = {path: path.stat().st_mtime_ns for path in final.glob("final/*/model/*")}
    assert home.run("--final", "--methods=cnn", workdir="final") == 0
    assert {path: path.stat().st_mtime_ns for path in final.glob("final/*/model/*")} == before
    assert au_jax.Detector.load(final / "detector").description.origin["method"] == "cnn"


def test_folds_and_a_final_detector_lie_in_one_run(home, whole, tmp_path):
    with pytest.raises(InputError, match=r"is a run of 3 folds.* --final; or give a fold"):
        au_jax.Detector.load(whole)


@pytest.mark.parametrize(
    ("more", "code", "message"),
    [
        (["--fold=1"], WRONG_FLAGS, "so that there is no --fold"),
        (["--methods=cpm"], REFUSED, "--methods has cpm, which adapts to the people who are"),
    ],
)
def test_what_no_final_detector_can_be_made_of_is_said(home, tmp_path, capsys, more, code, message):
    assert home.run("--final", *more, f"--workdir={tmp_path}") == code
    assert message in capsys.readouterr().err and not list(tmp_path.iterdir())
