"""The command on made videos, with landmarks from files: no network looks for faces."""

import csv
import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from PIL import Image

from au_jax import predict as predict_function
from au_jax.errors import InputError
from au_jax.prediction import command_line, jobs, many_videos, video_prediction
from au_jax.prediction.parts import VideoParts
from au_jax.system import atomic_files
from au_jax.system.command import DONE, REFUSED, STOPPED
from tests.made.detectors import random_detector
from tests.made.videos import destroy_packets, face_points, pictures, write_landmarks, write_video

FRAMES = 40


def run(*arguments):
    return command_line.run(["predict", *arguments])


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A detector, and a video whose face is missing in frames 5 to 9."""
    home = tmp_path_factory.mktemp("home")
    random_detector("hybrid").save(home / "model")
    add_video(home, "clip", FRAMES)
    return home


def add_video(home, name, frames, **options):
    ending = "mkv" if "times" in options else "mp4"
    path = write_video(home / f"{name}.{ending}", pictures(frames), **options)
    success = [not 5 <= number <= 9 for number in range(1, frames + 1)]
    (home / "landmarks").mkdir(exist_ok=True)
    write_landmarks(home / "landmarks" / f"{name}.csv", face_points(frames), success)
    return path


def flags(home, out, *videos):
    return [
        f"--model={home / 'model'}",
        f"--landmarks={home / 'landmarks'}",
        f"--out={out}",
        "--workers=1",
        *map(str, videos),
    ]


def rows(file):
    return list(csv.DictReader(file.open()))


def content(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture(scope="module")
def whole(home, tmp_path_factory):
    out = tmp_path_factory.mktemp("whole") / "out"
    assert run(*flags(home, out, home / "clip.mp4"), "--format=native,openface,events") == DONE
    return out


def test_a_row_for_each_frame_and_nothing_else_lies_there(whole):
    assert sorted(content(whole)) == [
        "clip.csv",
        "clip.events.csv",
        "clip.json",
        "clip.openface.csv",
    ]
    found = rows(whole / "clip.csv")
    assert [int(row["frame"]) for row in found] == list(range(1, FRAMES + 1))
    without = [int(row["frame"]) for row in found if row["success"] == "0"]
    assert without == [5, 6, 7, 8, 9]
    times = [float(row["timestamp"]) for row in found]
    np.testing.assert_allclose(times, np.arange(FRAMES) / 25, atol=1e-6)
    about = json.loads((whole / "clip.json").read_text())
    assert about["video"]["frames"] == FRAMES and about["video"]["frames_with_a_face"] == FRAMES - 5
    assert "/" not in json.dumps(about["model"]) and str(whole) not in json.dumps(about)


def test_the_function_gives_the_same(home, whole):
    found = predict_function(
        home / "clip.mp4", home / "model", landmarks=home / "landmarks/clip.csv"
    )
    written = rows(whole / "clip.csv")
    np.testing.assert_allclose(
        [float(row["AU12_p"] or "nan") for row in written], found.probabilities[:, 1], atol=6e-5
    )


@pytest.mark.parametrize("stops", [1, 3])
def test_stopped_between_frames_it_goes_on_and_ends_with_the_same_bytes(
    home, tmp_path, monkeypatch, stops
):
    monkeypatch.setattr(video_prediction, "PART_FRAMES", 8)
    monkeypatch.setattr(video_prediction, "FRAMES_AT_ONCE", 8)
    more = "--format=native,openface,events"
    assert run(*flags(home, tmp_path / "undisturbed", home / "clip.mp4"), more) == DONE
    add, added = VideoParts.add, []

    def stopping(parts, frames, state):
        add(parts, frames, state)
        added.append(frames)
        if len(added) <= stops:
            raise KeyboardInterrupt

    monkeypatch.setattr(VideoParts, "add", stopping)
    for number in range(1, stops + 1):
        assert run(*flags(home, tmp_path / "out", home / "clip.mp4"), more) == STOPPED
        assert len(added) == number and not list((tmp_path / "out").glob("clip*"))
    assert run(*flags(home, tmp_path / "out", home / "clip.mp4"), more) == DONE
    assert len(added) == FRAMES // 8
    assert content(tmp_path / "out") == content(tmp_path / "undisturbed")


@pytest.mark.parametrize("file", ["clip.csv", "clip.events.csv", "clip.json"])
def test_stopped_while_results_are_written_it_goes_on(home, whole, tmp_path, monkeypatch, file):
    more = "--format=native,openface,events"
    write = atomic_files.write_bytes

    def stopping(path, data):
        if path.name == file:
            raise KeyboardInterrupt
        write(path, data)

    with monkeypatch.context() as patch:
        patch.setattr(atomic_files, "write_bytes", stopping)
        assert run(*flags(home, tmp_path / "out", home / "clip.mp4"), more) == STOPPED
    assert run(*flags(home, tmp_path / "out", home / "clip.mp4"), more) == DONE
    assert content(tmp_path / "out") == content(whole)


def test_killed_it_ends_with_the_same_bytes(home, whole, tmp_path):
    arguments = [
        *flags(home, tmp_path / "out", home / "clip.mp4"),
        "--format=native,openface,events",
    ]
    start = [sys.executable, "-m", "au_jax.predict", *arguments]
    environment = {**os.environ, "JAX_PLATFORMS": "cpu"}
    for seconds in (2.0, 6.0):
        process = subprocess.Popen(
            start, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        process.wait()
    subprocess.run(start, env=environment, check=True, capture_output=True)
    assert content(tmp_path / "out") == content(whole)


def test_what_is_done_is_not_done_again(home, whole, monkeypatch, capsys):
    monkeypatch.setattr(jobs, "score_video", lambda *_, **__: pytest.fail("scored again"))
    before = content(whole)
    assert run(*flags(home, whole, home / "clip.mp4"), "--format=native,openface,events") == DONE
    assert content(whole) == before


def test_results_of_something_else_are_not_replaced_unasked(home, tmp_path, capsys):
    arguments = flags(home, tmp_path, home / "clip.mp4")
    assert run(*arguments) == DONE
    before = content(tmp_path)
    assert run(*arguments, "--threshold=f1") == REFUSED
    assert "clip.csv is there already" in capsys.readouterr().err
    assert content(tmp_path) == before
    assert run(*arguments, "--threshold=f1", "--overwrite") == DONE
    about = json.loads((tmp_path / "clip.json").read_text())
    assert about["threshold"] == "f1"
    (tmp_path / "clip.json").unlink()
    assert run(*arguments) == REFUSED  # a table of which nobody knows where it is from


def test_a_broken_video_costs_the_others_nothing(home, tmp_path, capsys):
    (tmp_path / "videos").mkdir()
    (tmp_path / "videos/broken.mp4").write_bytes(b"no video")
    add_video(home, "other", 12)
    given = [tmp_path / "videos", home / "other.mp4"]
    assert run(*flags(home, tmp_path / "out", *given)) == REFUSED
    error = capsys.readouterr().err
    assert "1 of 2 videos could not be predicted (broken.mp4" in error
    assert len(rows(tmp_path / "out/other.csv")) == 12
    assert not [file for file in (tmp_path / "out").iterdir() if "broken" in file.name]


def test_a_video_that_is_cut_off_gives_what_is_there(home, tmp_path, capsys):
    path = add_video(home, "cut", 30)
    destroy_packets(path, range(20, 30))
    assert run(*flags(home, tmp_path, path)) == DONE
    found = rows(tmp_path / "cut.csv")
    assert 15 <= len(found) < 30
    about = json.loads((tmp_path / "cut.json").read_text())
    assert about["video"]["notes"] and about["video"]["notes"][0] in capsys.readouterr().err


def test_times_are_those_of_the_video(home, tmp_path):
    times = [5000, 5033, 5100, 5400, 5433, 6000]
    path = add_video(home, "late", 6, codec="ffv1", times=times)
    assert run(*flags(home, tmp_path, path)) == DONE
    found = [float(row["timestamp"]) for row in rows(tmp_path / "late.csv")]
    np.testing.assert_allclose(np.diff(found), np.diff(times) / 1000, atol=2e-3)
    assert found[0] == pytest.approx(0, abs=2e-3)  # 0 is where the file starts


def test_one_frame_and_a_folder_of_pictures(home, tmp_path):
    path = add_video(home, "single", 1)
    folder = tmp_path / "shots"
    folder.mkdir()
    for number, image in enumerate(pictures(7), start=1):
        if number != 4:
            Image.fromarray(image).save(folder / f"shot_{number:03d}.png")
    write_landmarks(home / "landmarks/shots.csv", face_points(7))
    assert run(*flags(home, tmp_path / "out", path, folder)) == DONE
    assert len(rows(tmp_path / "out/single.csv")) == 1
    assert [int(row["frame"]) for row in rows(tmp_path / "out/shots.csv")] == [1, 2, 3, 5, 6, 7]


def test_a_single_table_may_have_a_name(home, tmp_path, capsys):
    out = tmp_path / "mine.csv"
    assert run(*flags(home, out, home / "clip.mp4")) == DONE
    assert sorted(content(tmp_path)) == ["mine.csv", "mine.json"]
    more = [*flags(home, out, home / "clip.mp4"), "--format=native,events"]
    assert run(*more) == REFUSED
    assert "is a file, but there are 1 videos in 2 formats" in capsys.readouterr().err


def test_two_processes_write_what_one_does(home, tmp_path):
    videos = [add_video(home, f"video_{number}", 10 + number) for number in range(2)]
    for workers, name in ((1, "one"), (2, "two")):
        many_videos.predict_videos(
            [str(video) for video in videos],
            model=str(home / "model"),
            method=None,
            out=str(tmp_path / name),
            formats=["native"],
            landmarks=str(home / "landmarks"),
            workers=workers,
        )
    assert content(tmp_path / "one") == content(tmp_path / "two")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "no model is named: give --model=DIR"),
        (["--model=nowhere", "--landmarks=LANDMARKS", "CLIP"], "there is no detector in"),
        (["--model=MODEL"], "no video is named; give --video=clip.mp4"),
        (["--model=MODEL", "--video=absent.mp4"], "there is no absent.mp4"),
        (["--model=MODEL", "--format=xls", "x.mp4"], "--format has 'xls'"),
        (["--model=MODEL", "--faces=2", "--landmarks=x", "CLIP"], "those of one person, but"),
        (["--model=MODEL", "--landmarks=absent", "CLIP"], "there is no such folder"),
    ],
)
def test_what_cannot_be_used_is_said(home, arguments, message, capsys, tmp_path):
    names = {"MODEL": str(home / "model"), "CLIP": str(home / "clip.mp4")}
    names["LANDMARKS"] = str(home / "landmarks")
    for name, place in names.items():
        arguments = [one.replace(name, place) for one in arguments]
    assert run(*arguments, f"--out={tmp_path}") == REFUSED
    assert message in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_two_videos_of_one_name_are_told_apart_or_refused(home, tmp_path):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        write_video(tmp_path / folder / "clip.mp4", pictures(3))
    with pytest.raises(InputError, match=r"two videos are called 'clip\.mp4'"):
        many_videos.predict_videos(
            [str(tmp_path / "a"), str(tmp_path / "b")],
            model=str(home / "model"),
            method=None,
            out=str(tmp_path / "out"),
            formats=["native"],
        )
