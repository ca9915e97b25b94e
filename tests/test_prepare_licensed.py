"""The licensed data sets through the commands: check, prepare, run their experiments."""

import csv
import json

import numpy as np
import pytest

from au_jax import main, prepare
from au_jax.datasets.prepared.reading import open_prepared
from au_jax.faces.model_files import are_installed
from au_jax.faces.video import Video
from au_jax.facs import PAPER_AUS
from tests.made.datasets import (
    BP4D,
    BP4D_PLUS,
    DISFA,
    FRAMES,
    GFT,
    MADE,
    act,
    place_of,
    write_made_landmarks,
)

TINY = [
    "--experiment.cnn.width=0.03125",
    "--experiment.cnn.stride1=2",
    "--experiment.cnn.face_size=32",
    "--experiment.cnn.crop=28",
    "--experiment.cnn.batch_size=6",
    "--experiment.cnn.steps=2",
    "--experiment.cnn.evaluate_every=2",
    "--experiment.lstm.pca_components=4",
    "--experiment.lstm.cells=4",
    "--experiment.lstm.layers=1",
    "--experiment.lstm.window=8",
    "--experiment.lstm.warm_up=1",
    "--experiment.lstm.batch_size=2",
    "--experiment.lstm.steps=2",
    "--experiment.lstm.evaluate_every=2",
    "--experiment.lstm.min_active_aus=0.0",
    "--experiment.fusion.hidden=4",
    "--experiment.fusion.steps=2",
    "--experiment.fusion.evaluate_every=2",
]


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """All four data sets as they are distributed, and landmarks of their recordings."""
    root = tmp_path_factory.mktemp("home")
    for name, (write, _) in MADE.items():
        write(root / name)
        write_made_landmarks(root / f"landmarks_{name}", name)
    return root


def run(home, dataset, *more):
    return prepare.run(
        ["prepare", f"--dataset={dataset}", f"--source={home / dataset}", *map(str, more)]
    )


@pytest.fixture(scope="module")
def prepared(home):
    """The four prepared data sets, by name."""
    found = {}
    for name in MADE:
        arguments = [f"--landmarks={home / f'landmarks_{name}'}", f"--data_dir={home / 'data'}"]
        assert run(home, name, *arguments, "--face_size=64") == 0
        found[name] = open_prepared(home / "data" / name)
    return found


def table_codes(path, au):
    """Codes of an AU in a table with a header, by frame."""
    with path.open() as file:
        rows = list(csv.reader(file))
    names = [name.strip().lower().removeprefix("au").lstrip("0") for name in rows[0]]
    return {int(row[0]): int(row[names.index(str(au))]) for row in rows[1:]}


def pair_codes(path):
    return {int(frame): int(code) for frame, code in (line.split(",") for line in path.open())}


def codes_on_disk(home, dataset, recording, au):
    """Codes as 0, 1 and others by frame, parsed from the files in the plainest way."""
    if dataset in ("bp4d", "bp4d_plus"):
        return table_codes(home / dataset / f"AUCoding/AU_OCC/{recording}.csv", au)
    if dataset == "gft":
        codes = table_codes(home / dataset / f"AU_Occurrence/{recording}.csv", au)
    else:
        path = home / dataset / f"ActionUnit_Labels/{recording}/{recording}_au{au}.txt"
        codes = {frame: int(code >= 2) for frame, code in pair_codes(path).items()}
    return {frame + (0 in codes): code for frame, code in codes.items()}


@pytest.mark.parametrize("name", MADE)
def test_every_frame_has_its_labels_and_its_face(home, prepared, name):
    dataset = prepared[name]
    frames = dataset.frames
    assert frames.recordings == tuple(sorted(MADE[name][1]))
    assert frames.tracked.all()
    for index, recording in enumerate(frames.recordings):
        rows = np.flatnonzero(frames.recording == index)
        first = MADE[name][1][recording][2]
        count = FRAMES - (recording == "SN003")
        assert frames.frame[rows].tolist() == list(range(first, first + count))
        assert place_of(dataset.faces[rows]).tolist() == list(range(count))
        for column, au in enumerate(dataset.aus):
            codes = codes_on_disk(home, name, recording, au)
            expected = [{1: 1, 0: -1}.get(codes[frame], 0) for frame in frames.frame[rows]]
            assert frames.labels[rows, column].tolist() == expected, (recording, au)


@pytest.mark.parametrize(
    ("name", "subjects", "rate"),
    [
        ("bp4d", {"F001": 2, "F003": 1, "F007": 1}, 25),
        ("bp4d_plus", {"F001": 2, "M002": 1, "M005": 1}, 25),
        ("gft", {"001A": 1, "001B": 1, "002A": 1}, 30),
        ("disfa", {"SN001": 1, "SN003": 1, "SN013": 1}, 20),
    ],
)
def test_subjects_and_times(prepared, name, subjects, rate):
    frames = prepared[name].frames
    found = {
        subject: len(np.unique(frames.recording[frames.subject == index]))
        for index, subject in enumerate(frames.subjects)
    }
    assert found == subjects
    np.testing.assert_allclose(frames.time, (frames.frame - 1) / rate, atol=1e-3)


def test_action_units_are_all_that_are_coded(prepared):
    others = (5, 9, 11, 13, 16, 18, 20, 22, 25, 26, 27, 28)
    assert prepared["bp4d"].aus == (*PAPER_AUS, *others)
    not_in_plus = (13, 16, 18, 25, 26)
    assert set(prepared["bp4d"].aus) - set(prepared["bp4d_plus"].aus) <= set(not_in_plus)
    assert prepared["gft"].aus == (*PAPER_AUS, 5, 9, 11)
    assert prepared["disfa"].aus == (1, 2, 4, 6, 12, 15, 17, 5, 9, 20, 25, 26)


@pytest.mark.parametrize("name", MADE)
def test_experiment_runs_on_the_prepared_set(home, prepared, name, tmp_path):
    del prepared
    experiment = f"{name}_3fold"
    methods = [] if name == "bp4d" else ["--methods=cnn"]
    arguments = [f"--experiment={experiment}", f"--data_dir={home / 'data'}", "--fold=1"]
    if name == "disfa":  # as many AUs as the others, so that nothing is compiled twice
        arguments.append("--experiment.aus=(1, 2, 4, 5, 6, 9, 12, 15, 17, 20, 25, 26)")
    assert main.run(["main", *arguments, f"--workdir={tmp_path}", *methods, *TINY]) == 0
    results = json.loads((tmp_path / experiment / "results.json").read_text())
    assert (results["dataset"], results["folds_done"]) == (name, 1)
    assert 0 <= results["methods"]["cnn"]["f1_frame"]["mean"] <= 1


@pytest.mark.parametrize("name", MADE)
def test_check_tells_all_and_writes_nothing(home, name, capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Video, "__iter__", lambda video: pytest.fail("a video was decoded"))
    assert run(home, name, "--check") == 0
    out = capsys.readouterr().out
    frames = {"bp4d": 56, "bp4d_plus": 56, "gft": 42, "disfa": 41}[name]
    assert f"frames      {frames} coded, {frames} of them with a picture" in out
    assert "labels without pictures   none" in out
    people = {"bp4d": " of 41", "bp4d_plus": "", "gft": " of 96", "disfa": " of 27"}[name]
    assert f"subjects    3{people}\n" in out
    assert not list(tmp_path.iterdir())


def test_check_puts_base_rates_beside_the_published_ones(home, capsys):
    assert run(home, "bp4d", "--check") == 0
    (line,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("AU12 ")]
    present = np.concatenate(
        [act(person, recording).codes(12) for person, recording, _, _ in BP4D.values()]
    )
    assert line.split()[-5:] == [f"{100 * present.mean():.1f}", "%", "56.2", "%", "0"]
    assert run(home, "gft", "--check") == 0
    out = capsys.readouterr().out
    assert "they count intensity B or more as present, this reading every occurrence" in out
    assert run(home, "gft", "--check", "--positive_from=B") == 0
    assert "they count" not in capsys.readouterr().out


def test_threshold_decides_from_the_intensities(home, capsys):
    assert run(home, "bp4d", "--check", "--positive_from=C") == 0
    out = capsys.readouterr().out
    aus = [line.split()[0] for line in out.splitlines() if line.startswith("AU")]
    assert aus == ["AU6", "AU10", "AU12", "AU14", "AU17"]
    levels = np.concatenate([act(person, rec).levels(12) for person, rec, _, _ in BP4D.values()])
    assert f"{100 * (levels >= 3).mean():.1f} %" in next(
        line for line in out.splitlines() if line.startswith("AU12 ")
    )
    assert run(home, "bp4d", "--check", "--positive_from=C", "--aus=1") == 1
    assert "no label file has AU 1; there are AU 6, 10, 12, 14, 17" in capsys.readouterr().err


def test_thresholds_of_the_others(home, tmp_path):
    gft = {recording: person for recording, (person, _) in GFT.items()}
    for name, level, persons in (("gft", "B", gft), ("disfa", "A", DISFA)):
        landmarks = f"--landmarks={home / f'landmarks_{name}'}"
        arguments = [landmarks, f"--data_dir={tmp_path}", f"--positive_from={level}"]
        assert run(home, name, *arguments, "--aus=17,12", "--face_size=16") == 0
        dataset = open_prepared(tmp_path / name)
        assert dataset.aus == (17, 12)
        for index, recording in enumerate(dataset.frames.recordings):
            labels = dataset.frames.labels[dataset.frames.recording == index, 0]
            expected = act(persons[recording]).levels(17)[: len(labels)] >= "ABCDE".index(level) + 1
            np.testing.assert_array_equal(labels, np.where(expected, 1, -1))


def test_cameras_of_disfa(home, tmp_path, prepared):
    landmarks = f"--landmarks={home / 'landmarks_disfa'}"
    arguments = [landmarks, f"--data_dir={tmp_path}", "--camera=left", "--face_size=64"]
    assert run(home, "disfa", *arguments) == 0
    left = open_prepared(tmp_path / "disfa")
    assert (left.frames.labels == prepared["disfa"].frames.labels).all()
    rows = np.arange(FRAMES)
    difference = left.faces[rows].astype(int) - prepared["disfa"].faces[rows]
    assert np.abs(difference).mean() > 5


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--dataset=folder", "--source=x", "--positive_from=B"], "--positive_from is for bp4d"),
        (["--dataset=gft", "--source=x", "--camera=left"], "--camera is for disfa"),
        (["--dataset=gft", "--source=x", "--positive_from=F"], "should be one of <A|B|C|D|E>"),
    ],
)
def test_flags_of_other_data_sets_are_refused(capsys, arguments, message):
    assert prepare.run(["prepare", *arguments]) == 2
    assert message in capsys.readouterr().err


@pytest.mark.skipif(not are_installed(), reason="the networks that find landmarks are not here")
@pytest.mark.parametrize("name", MADE)
def test_faces_are_found_where_there_are_no_landmark_files(home, name, tmp_path):
    assert run(home, name, f"--data_dir={tmp_path}", "--face_size=100", "--workers=1") == 0
    dataset = open_prepared(tmp_path / name)
    assert dataset.frames.tracked.all()
    for index, recording in enumerate(dataset.frames.recordings):
        rows = np.flatnonzero(dataset.frames.recording == index)
        assert place_of(dataset.faces[rows]).tolist() == list(range(len(rows))), recording


def test_networks_that_are_missing_are_told_before_anything_is_prepared(
    home, capsys, monkeypatch, tmp_path
):
    monkeypatch.setenv("AU_JAX_CACHE", str(tmp_path / "nothing"))
    assert run(home, "gft", f"--data_dir={tmp_path / 'data'}") == 1
    assert "au_jax.faces.install_models" in capsys.readouterr().err
    assert not (tmp_path / "data").exists()
    assert run(home, "gft", "--check") == 0
    assert run(home, "gft", f"--landmarks={tmp_path / 'nothing'}") == 1
    assert "there is no such folder; check --landmarks" in capsys.readouterr().err


def test_several_processes_leave_the_same_bytes(home, prepared, tmp_path):
    arguments = [f"--landmarks={home / 'landmarks_bp4d_plus'}", f"--data_dir={tmp_path}"]
    assert run(home, "bp4d_plus", *arguments, "--face_size=64", "--workers=2") == 0
    assert open_prepared(tmp_path / "bp4d_plus").digest == prepared["bp4d_plus"].digest


def test_zips_of_bp4d_plus_are_not_unpacked(home, prepared):
    del prepared
    names = sorted(path.name for path in (home / "bp4d_plus/2D+3D").iterdir())
    assert names == sorted({f"{name.split('_')[0]}.zip" for name in BP4D_PLUS})
