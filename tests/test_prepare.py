"""The command `python -m au_jax.prepare`, as a user meets it."""

import os
import pathlib
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from PIL import Image

from au_jax import prepare
from au_jax.datasets.prepared.finding import load_dataset
from au_jax.datasets.prepared.reading import open_prepared
from tests.made.recordings import content
from tests.made.videos import (
    destroy_packets,
    face_points,
    pictures,
    write_folder,
    write_landmarks,
    write_video,
)

ROOT = pathlib.Path(__file__).parents[1]


@pytest.fixture
def source(tmp_path):
    return write_folder(tmp_path / "faces", recordings=2, frames=10)


def run(*arguments):
    return prepare.run(["prepare", *(str(argument) for argument in arguments)])


def folder(source, *more):
    return run(
        "--dataset=folder", f"--source={source}", f"--data_dir={source.parent / 'data'}", *more
    )


def test_prepared_folder_is_described_and_can_be_loaded(source, capsys):
    assert folder(source, "--face_size=24", "--aus=12,AU01") == 0
    out = capsys.readouterr().out
    for part in ("subjects    2", "recordings  2", "frames      20, faces of 24×24×3", "100.0 %"):
        assert part in out
    assert "--dataset=faces " in out
    dataset = load_dataset("faces", source.parent / "data")
    assert dataset.aus == (12, 1) and dataset.faces.face_shape == (24, 24, 3)
    assert run(f"--describe={source.parent / 'data/faces'}") == 0
    described = capsys.readouterr().out
    summary = described[: described.index("\n\nprepared by")]
    assert "AU12 lip corner puller" in summary and summary in out
    for part in ("settings    reader folder, face_size 24", "format version 1", "trouble     none"):
        assert part in described
    assert f"digest      {dataset.digest}" in described
    sheet = source.parent / "data/faces_faces.png"
    assert f"faces: {sheet}" in described
    with Image.open(sheet) as picture:
        assert picture.format == "PNG" and picture.height > 2 * 150


def test_describing_reads_all_faces_and_tells_trouble_when_asked(source, capsys):
    destroy_packets(source / "videos/r0.mp4", [4])
    assert folder(source, "--face_size=24") == 0
    data = source.parent / "data"
    capsys.readouterr()
    assert run(f"--describe={data / 'faces'}", "--verify", f"--out={data / 'x.png'}") == 0
    described = capsys.readouterr().out
    assert "all faces are as they were prepared" in described
    assert "trouble     in 1 recording(s)" in described and "\nrecording r0: " in described
    assert {path.name for path in data.iterdir()} == {"faces", "x.png"}
    shard = data / "faces/faces-r1.array_record"
    damaged = bytearray(shard.read_bytes())
    face = open_prepared(data / "faces").faces[np.array([18])].tobytes()
    damaged[damaged.index(face) + 99] ^= 255
    shard.write_bytes(damaged)
    assert run(f"--describe={data / 'faces'}", "--verify") == 1
    assert "faces-r1.array_record: face" in capsys.readouterr().err


def test_name_is_the_folders_unless_given(source):
    data = f"--data_dir={source.parent / 'data'}"
    assert run("--dataset=folder", f"--source={source}/", data) == 0
    assert run("--dataset=folder", f"--source={source}", data, "--name=other") == 0
    assert {path.name for path in (source.parent / "data").iterdir()} == {"faces", "other"}


def test_prepared_set_never_lands_in_its_source(source, capsys):
    before = sorted(path.name for path in source.iterdir())
    assert run("--dataset=folder", f"--source={source}", f"--data_dir={source.parent}") == 1
    assert "holds other files" in capsys.readouterr().err
    assert sorted(path.name for path in source.iterdir()) == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "give --dataset and --source"),
        (["--dataset=folder"], "give --dataset and --source"),
        (["--dataset=mmi", "--source=x"], "should be one of <folder"),
        (["--dataset=folder", "--source=x", "--face_size=3"], "face_size"),
        (["--dataset=folder", "--source=x", "--colour=red"], "colour"),
        (["folder"], "unknown argument 'folder'"),
        (["--dataset=folder", "--source=x", "--workers=0"], "workers"),
        (["--dataset=folder", "--source=x", "--out=x.png"], "belong to --describe"),
        (["--describe=x", "--out=x.jpg"], "--out=x.jpg is not a PNG"),
        (["--dataset=folder", "--source=x", "--beam_options=--x"], "belong to --runner"),
        (["--dataset=folder", "--source=x", "--runner=A", "--workers=2"], "--workers or --runner"),
    ],
)
def test_wrong_flags_are_usage_errors(capsys, arguments, message):
    assert run(*arguments) == 2
    err = capsys.readouterr().err
    assert err.startswith("usage: ") and message in err


def test_help_lists_the_flags(capsys):
    assert run("--help") == 0
    out = capsys.readouterr().out
    for name in ("--dataset", "--source", "--data_dir", "--aus", "--describe", "--[no]help"):
        assert name in out


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--aus=1,smile"], "--aus is '1,smile'"),
        (["--aus=1,1"], "repeats an AU"),
        (["--aus=77"], "unknown action units"),
        (["--name=a/b"], "cannot be the name"),
        (["--name=synthetic"], "stands for the built-in faces"),
    ],
)
def test_wrong_values_are_told_in_one_line(source, capsys, more, message):
    assert folder(source, *more) == 1
    (line,) = [
        line for line in capsys.readouterr().err.splitlines() if not line.startswith("checking")
    ]
    assert line.startswith("error: ") and message in line


def test_check_of_a_folder_tells_what_would_be_prepared(source, capsys):
    (source / "labels/r0.csv").write_text("frame,AU01,AU12\n3,1,0\n4,9,1\n6,0,1\n")
    assert folder(source, "--check") == 0
    out = capsys.readouterr().out
    assert "frames      13 coded, 13 of them with a picture" in out
    assert "r0: 1 frame without labels between coded ones; the video goes on for 4 frames" in out
    labels = [int(line.split(",")[1]) for line in (source / "labels/r1.csv").open().readlines()[1:]]
    rate = 100 * (1 + sum(labels)) / (2 + len(labels))
    (line,) = [line for line in out.splitlines() if line.startswith("AU1 ")]
    assert line.split()[-4:] == [f"{rate:.1f}", "%", "-", "1"]
    assert not (source.parent / "data").exists()


def test_describing_what_is_no_data_set(tmp_path, capsys):
    assert run(f"--describe={tmp_path}") == 1
    assert "no prepared data set" in capsys.readouterr().err


def test_full_disk_is_one_message(source, capsys, monkeypatch):
    from au_jax.system import atomic_files

    real = atomic_files.write_arrays

    def full(path, arrays):
        if "part-r1" in str(path):
            raise OSError(28, "No space left on device", str(path))
        real(path, arrays)

    monkeypatch.setattr(atomic_files, "write_arrays", full)
    assert folder(source) == 1
    error = capsys.readouterr().err.splitlines()[-1]
    assert error.startswith("error: the disk is full") and "part-r1" in error
    monkeypatch.undo()
    assert folder(source) == 0
    assert len(load_dataset("faces", source.parent / "data").frames) == 20


def test_data_dir_that_is_a_file_is_one_message(source, tmp_path, capsys):
    (tmp_path / "data").write_text("a file")
    assert folder(source) == 1
    error = capsys.readouterr().err.splitlines()[-1]
    assert error.startswith("error: ") and str(tmp_path / "data") in error


def test_unreadable_video_ends_with_an_error_and_the_way_on(source, capsys):
    destroy_packets(source / "videos/r0.mp4", range(10))
    assert folder(source) == 1
    err = capsys.readouterr().err
    assert "1 of 2 recordings could not be prepared (r0" in err
    assert "run the same command again" in err.splitlines()[-1]
    write_video(source / "videos/r0.mp4", pictures(10))
    assert folder(source) == 0


def start(source, data_dir, *more):
    return subprocess.Popen(
        [
            sys.executable,
            "-m",
            "au_jax.prepare",
            "--dataset=folder",
            f"--source={source}",
            f"--data_dir={data_dir}",
            *more,
        ],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


@pytest.fixture
def eight_videos(tmp_path):
    source = write_folder(tmp_path / "faces", recordings=8, frames=2)
    for number in range(8):
        write_video(source / f"videos/r{number}.mp4", pictures(40, 240, 320))
        write_landmarks(source / f"landmarks/r{number}.csv", face_points(40, 240, 320))
    return source


@pytest.mark.parametrize(
    ("kind", "code", "workers"),
    [(signal.SIGINT, 130, 2), (signal.SIGTERM, -15, 1), (signal.SIGKILL, -9, 2)],
)
def test_stopped_process_leaves_what_the_next_one_continues(
    tmp_path, eight_videos, kind, code, workers
):
    source, data = eight_videos, tmp_path / "data"
    process = start(source, data, f"--workers={workers}")
    parts = tmp_path / "data/faces/.preparation"
    while not list(parts.glob("part-*.npz")):
        assert process.poll() is None, process.communicate()
        time.sleep(0.002)
    # Ctrl-C reaches all processes of a terminal.
    os.killpg(process.pid, kind) if kind == signal.SIGINT else process.send_signal(kind)
    err = process.communicate()[1]
    assert process.returncode == code
    assert "Traceback" not in err
    if kind == signal.SIGINT:
        assert "run the same command again to go on" in err
    kept = {path.name: path.stat().st_mtime_ns for path in parts.glob("part-*.npz")}
    assert 1 <= len(kept) < 8
    shards = {path.name: path.stat().st_mtime_ns for path in parts.parent.glob("faces-*")}
    again = ["--dataset=folder", f"--source={source}"]
    assert run(*again, f"--data_dir={data}", f"--workers={workers}") == 0
    for name in kept:
        shard = name.replace("part-", "faces-").replace(".npz", ".array_record")
        assert (parts.parent / shard).stat().st_mtime_ns == shards[shard]
    assert run(*again, f"--data_dir={tmp_path / 'whole'}", "--workers=1") == 0
    assert content(tmp_path / "data") == content(tmp_path / "whole")


FACES3D = ROOT.parent / "shared/datasets/faces3d"


@pytest.mark.skipif(not FACES3D.exists(), reason="the example data are not here")
def test_rendered_faces_as_they_are_distributed(tmp_path):
    few = tmp_path / "faces3d"
    few.mkdir()
    for name in ("videos", "labels", "landmarks"):
        (few / name).symlink_to(FACES3D / name)
    rows = (FACES3D / "recordings.csv").read_text().split()
    (few / "recordings.csv").write_text("\n".join([rows[0], rows[5], rows[8]]))
    assert folder(few, "--face_size=100") == 0
    dataset = open_prepared(tmp_path / "data/faces3d")
    assert dataset.frames.recordings == ("a005_1", "a008_1")
    assert len(dataset.frames) == 800
    # Landmarks without success, by the files: where a hand covers the face.
    lost = 0
    for name in dataset.frames.recordings:
        table = (FACES3D / f"landmarks/{name}.csv").read_text().splitlines()[1:]
        lost += sum(row.split(",")[2] == "0" for row in table)
    assert lost > 0 and (~dataset.frames.tracked).sum() == lost
    assert (dataset.frames.labels[~dataset.frames.tracked] == 0).all()
    mean = dataset.faces[np.arange(800)].mean(axis=(0, 3))
    # Eyes are darker than the cheeks below them, at the places of the mean shape.
    for x in (30, 70):
        assert mean[29:34, x - 5 : x + 5].mean() < mean[44:50, x - 5 : x + 5].mean() - 5
