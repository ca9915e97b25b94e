import builtins
import hashlib
import json
import pathlib
import sys

import numpy as np
import pytest
from PIL import Image
from skimage import data

from au_jax.datasets.raw.folder import read_folder
from au_jax.datasets.raw.raw_dataset import ReaderOptions, prepare_raw
from au_jax.errors import InputError
from au_jax.faces.mean_shape import STABLE_POINTS
from au_jax.faces.video import Video
from tests.made.videos import (
    destroy_packets,
    face_points,
    packets_of,
    pictures,
    write_folder,
    write_landmarks,
    write_video,
)

FRAMES = 20


@pytest.fixture
def source(tmp_path):
    return write_folder(tmp_path / "source", recordings=3, frames=FRAMES)


def read(source, **options):
    return read_folder(source, ReaderOptions(face_size=32, **options))


def prepare(source, face_size=32, aus=None):
    raw = read_folder(source, ReaderOptions(face_size=face_size, aus=aus))
    return prepare_raw(raw, source.parent / "data/made", "made")


def edit(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def set_row(path, row):
    """Put a row in place of the first one."""
    rows = path.read_text().split()
    path.write_text("\n".join([rows[0], row, *rows[2:]]) + "\n")


def codes(source, recording):
    rows = (source / f"labels/{recording}.csv").read_text().split()[1:]
    return np.array([[int(code) for code in row.split(",")] for row in rows])


def test_labels_and_faces_belong_together(source):
    dataset = prepare(source)
    frames = dataset.frames
    assert dataset.aus == (1, 12)
    assert frames.recordings == ("r0", "r1", "r2") and frames.subjects == ("p0", "p1", "p2")
    np.testing.assert_array_equal(frames.frame, np.tile(np.arange(1, FRAMES + 1), 3))
    np.testing.assert_allclose(frames.time, np.tile(np.arange(FRAMES) / 25, 3), atol=1e-3)
    expected = np.concatenate([codes(source, f"r{i}")[:, 1:] for i in range(3)]) * 2 - 1
    np.testing.assert_array_equal(frames.labels, expected)
    assert frames.tracked.all()
    # The brightness of a face tells which picture it was cut from.
    levels = dataset.faces[np.arange(3 * FRAMES)].mean(axis=(1, 2, 3))
    np.testing.assert_allclose(levels, np.tile(10 + 5 * np.arange(FRAMES), 3), atol=2.5)


def test_untracked_and_uncoded_frames_have_missing_labels(source):
    success = np.ones(FRAMES, bool)
    success[[3, 4]] = False
    write_landmarks(source / "landmarks/r0.csv", face_points(FRAMES), success)
    lines = (source / "labels/r1.csv").read_text().split()
    lines[6] = "6,9,"
    (source / "labels/r1.csv").write_text("\n".join([lines[0], *lines[5:15]]))
    edit(source / "recordings.csv", "videos/r2.mp4,labels/r2.csv", "videos/r2.mp4,")
    frames = prepare(source).frames
    first, second, third = (frames.labels[frames.recording == i] for i in range(3))
    np.testing.assert_array_equal((first == 0).all(axis=1), ~success)
    np.testing.assert_array_equal(frames.tracked[frames.recording == 0], success)
    np.testing.assert_array_equal(
        (second != 0).all(axis=1), [False] * 4 + [True] + [False] + [True] * 8 + [False] * 6
    )
    assert frames.landmarks is not None
    np.testing.assert_array_equal(np.isnan(frames.landmarks).any(axis=(1, 2)), ~frames.tracked)
    assert (third == 0).all() and frames.tracked[frames.recording == 2].all()


def test_action_units_are_those_of_all_files_in_the_papers_order(source):
    edit(source / "labels/r0.csv", "AU01,AU12", "AU12,AU25")
    assert read(source).aus == (12,)
    for number in range(3):
        path = source / f"labels/r{number}.csv"
        rows = [f"{n},0,1,0,1" for n in range(1, FRAMES + 1)]
        path.write_text("\n".join(["frame,AU25,AU24,AU09,AU01", *rows]))
    assert read(source).aus == (1, 24, 9, 25)
    assert prepare(source, aus=(25, 1)).frames.labels[0].tolist() == [-1, 1]


def test_asked_for_action_unit_is_missing_where_a_file_lacks_it(source):
    edit(source / "labels/r0.csv", "AU01", "AU02")
    frames = prepare(source, aus=(2, 12)).frames
    known = [(frames.labels[frames.recording == i] != 0).any(axis=0).tolist() for i in range(3)]
    assert known == [[True, True], [False, True], [False, True]]
    with pytest.raises(InputError, match="no label file has AU 4; there are AU 1, 2, 12"):
        read(source, aus=(4,))
    with pytest.raises(InputError, match="unknown action units"):
        read(source, aus=(99,))


def test_files_without_a_common_action_unit_are_told(source):
    edit(source / "labels/r0.csv", "AU01,AU12", "AU02,AU04")
    with pytest.raises(InputError, match="no action unit in common; choose with --aus"):
        read(source)


MISTAKES = {
    r"line 1: there is no column 'subject'": lambda s: edit(s / "recordings.csv", "subject", "who"),
    r"recordings.csv, line 3: column 'subject' is empty": lambda s: edit(
        s / "recordings.csv", "r1,p1", "r1, "
    ),
    r"line 3: column 'recording' is empty": lambda s: edit(s / "recordings.csv", "r1,p1", ",p1"),
    r"labels 'labels': there is no file": lambda s: edit(
        s / "recordings.csv", "labels/r0.csv", "labels"
    ),
    r"videos: there are no pictures in this folder": lambda s: edit(
        s / "recordings.csv", "videos/r0.mp4", "videos"
    ),
    r"l\.npy: cannot be read as a NumPy array": lambda s: (
        (s / "l.npy").write_text("no"),
        edit(s / "recordings.csv", "landmarks/r0.csv", "l.npy"),
    ),
    r"line 4: recording 'R1' was there before \(.*line 3\)": lambda s: edit(
        s / "recordings.csv", "r2,p2", "R1,p2"
    ),
    r"line 2: video '\.\./x\.mp4' is outside the folder": lambda s: edit(
        s / "recordings.csv", "videos/r0.mp4", "../x.mp4"
    ),
    r"line 2: labels '/etc/passwd' is outside the folder": lambda s: edit(
        s / "recordings.csv", "labels/r0.csv", "/etc/passwd"
    ),
    r"line 2: video 'C:\\x\.mp4' is outside the folder": lambda s: edit(
        s / "recordings.csv", "videos/r0.mp4", "C:\\x.mp4"
    ),
    r"line 2: video 'videos/r9\.mp4': there is no file": lambda s: edit(
        s / "recordings.csv", "videos/r0.mp4", "videos/r9.mp4"
    ),
    r"line 2: landmarks 'landmarks': there is no file": lambda s: edit(
        s / "recordings.csv", "landmarks/r0.csv", "landmarks"
    ),
    r"labels/r1\.csv, line 1: column 'AU99' is no action unit": lambda s: edit(
        s / "labels/r1.csv", "AU12", "AU99"
    ),
    r"labels/r1\.csv, line 2: '7' in column 'AU01'": lambda s: set_row(
        s / "labels/r1.csv", "1,7,0"
    ),
    r"labels/r1\.csv, line 6: frame 4 comes after frame 4": lambda s: edit(
        s / "labels/r1.csv", "\n5,", "\n4,"
    ),
    r"labels/r1\.csv: labels go to frame 21, but .*r1\.mp4 has 20 frames": lambda s: edit(
        s / "labels/r1.csv", "\n20,", "\n21,"
    ),
    r"landmarks/r1\.csv: landmarks go to frame 25": lambda s: write_landmarks(
        s / "landmarks/r1.csv", face_points(25)
    ),
    r"landmarks/r1\.csv, line 1: there is no column 'x_3'": lambda s: edit(
        s / "landmarks/r1.csv", "x_3,", "q_3,"
    ),
    r"r1\.mp4: cannot be read as a video": lambda s: (s / "videos/r1.mp4").write_text("no"),
    r"there is no recording in it": lambda s: (s / "recordings.csv").write_text(
        "recording,subject,session,video,labels,landmarks\n"
    ),
    r"recordings\.csv: there is no such file": lambda s: (s / "recordings.csv").unlink(),
}


@pytest.mark.parametrize("message", MISTAKES)
def test_mistakes_are_told_before_a_video_is_decoded(source, monkeypatch, message):
    MISTAKES[message](source)
    monkeypatch.setattr(Video, "__iter__", lambda video: pytest.fail("a video was decoded"))
    with pytest.raises(InputError, match=message):
        prepare(source)
    assert not (source.parent / "data").exists()


@pytest.mark.parametrize("how", ["empty cell", "no column"])
def test_without_landmarks_the_missing_networks_are_told(source, monkeypatch, tmp_path, how):
    monkeypatch.setenv("AU_JAX_CACHE", str(tmp_path / "empty"))
    path = source / "recordings.csv"
    if how == "empty cell":
        edit(path, "landmarks/r1.csv", "")
    else:
        rows = [row.rsplit(",", 1)[0] for row in path.read_text().split()]
        path.write_text("\n".join(rows))
    monkeypatch.setattr(Video, "__iter__", lambda video: pytest.fail("a video was decoded"))
    with pytest.raises(InputError, match=r"run once: python -m au_jax\.faces\.install_models"):
        prepare(source)
    assert not (source.parent / "data").exists()


def test_without_landmarks_and_litert_its_extra_is_told(source, monkeypatch):
    monkeypatch.setitem(sys.modules, "ai_edge_litert.interpreter", None)
    edit(source / "recordings.csv", "landmarks/r1.csv", "")
    with pytest.raises(InputError, match=r'needs LiteRT.*pip install -e "\.\[landmarks\]"'):
        prepare(source)


def test_pictures_and_arrays_of_landmarks_make_a_recording(source):
    (source / "videos/r1.mp4").unlink()
    (source / "videos/r1").mkdir()
    for number, image in enumerate(pictures(FRAMES), 1):
        if number != 4:
            Image.fromarray(image).save(source / f"videos/r1/{number:03d}.png")
    points = face_points(FRAMES)[:, STABLE_POINTS]
    points[9, 3] = np.nan
    np.save(source / "landmarks/r1.npy", points)
    edit(source / "recordings.csv", "videos/r1.mp4", "videos/r1")
    edit(source / "recordings.csv", "landmarks/r1.csv", "landmarks/r1.npy")
    dataset = prepare(source)
    rows = np.flatnonzero(dataset.frames.recording == 1)
    numbers = dataset.frames.frame[rows]
    assert numbers.tolist() == [n for n in range(1, FRAMES + 1) if n != 4]
    assert numbers[~dataset.frames.tracked[rows]].tolist() == [10]
    expected = codes(source, "r1")[numbers - 1, 1:] * 2 - 1
    expected[numbers == 10] = 0
    np.testing.assert_array_equal(dataset.frames.labels[rows], expected)
    levels = dataset.faces[rows].mean(axis=(1, 2, 3))
    np.testing.assert_allclose(levels, 5 + 5 * numbers, atol=1)
    (source / "videos/r1/notes.txt").write_text("no picture")
    made_from = read(source).recordings[1].key.source
    sizes = [path.stat().st_size for path in (source / "videos/r1").glob("*.png")]
    assert (made_from["video"], made_from["video_bytes"]) == ("videos/r1", sum(sizes))


def astronauts(folder, count):
    """Pictures of a face that moves to the right; none in the third."""
    folder.mkdir()
    for number in range(1, count + 1):
        picture = data.astronaut()[:200, 100 - 2 * number : 400 - 2 * number]
        if number == 3:
            picture = np.full_like(picture, 90)
        Image.fromarray(picture).save(folder / f"{number}.png")


@pytest.mark.usefixtures("landmark_models")
@pytest.mark.parametrize("how", ["empty cell", "no column"])
def test_without_landmarks_the_face_is_found(tmp_path, how):
    source = write_folder(tmp_path / "source", recordings=1, frames=6)
    astronauts(source / "videos/r0", 6)
    edit(source / "recordings.csv", "videos/r0.mp4", "videos/r0")
    edit(source / "recordings.csv", ",landmarks/r0.csv", "," if how == "empty cell" else "")
    if how == "no column":
        edit(source / "recordings.csv", ",landmarks", "")
    dataset = prepare(source, face_size=100)
    frames = dataset.frames
    assert frames.tracked.tolist() == [True, True, False, True, True, True]
    expected = codes(source, "r0")[:, 1:] * 2 - 1
    expected[2] = 0
    np.testing.assert_array_equal(frames.labels, expected)
    assert frames.landmarks is not None
    np.testing.assert_array_equal(np.isnan(frames.landmarks).any(axis=(1, 2)), ~frames.tracked)
    # The face keeps its place while it moves in the pictures.
    assert np.nanstd(frames.landmarks, axis=0).mean() < 0.5
    faces = dataset.faces[np.flatnonzero(frames.tracked)].astype(float)[:, 20:90, 20:80]
    assert np.abs(faces - np.median(faces, axis=0)).mean() < 3
    about = json.loads((source.parent / "data/made/dataset.json").read_text())
    made_from = about["recordings"][0]["source"]
    assert made_from["landmarks_sha256"] is None and len(made_from["landmark_models_sha256"]) == 2


def test_all_mistakes_are_told_at_once(source):
    edit(source / "recordings.csv", "r1,p1", "r1, ")
    edit(source / "labels/r0.csv", "AU12", "AU99")
    (source / "videos/r2.mp4").write_bytes(b"")
    with pytest.raises(InputError) as caught:
        prepare(source)
    lines = str(caught.value).splitlines()
    assert len(lines) == 3
    for line, part in zip(lines, ("line 3", "AU99", "r2.mp4: the file is empty"), strict=True):
        assert part in line


def test_missing_folder_is_told(tmp_path):
    with pytest.raises(InputError, match="there is no such folder"):
        prepare(tmp_path / "nowhere")


def test_links_inside_the_folder_may_point_elsewhere(source, tmp_path):
    (source / "videos/r0.mp4").rename(tmp_path / "elsewhere.mp4")
    (source / "videos/r0.mp4").symlink_to(tmp_path / "elsewhere.mp4")
    assert len(prepare(source).frames) == 3 * FRAMES


def test_session_is_not_needed_and_order_of_columns_is_free(source):
    rows = [line.split(",") for line in (source / "recordings.csv").read_text().split()]
    rows = [[*row[3:][::-1], row[1], row[0], "more"] for row in rows]
    (source / "recordings.csv").write_text("\n".join(",".join(row) for row in rows))
    assert len(prepare(source).frames) == 3 * FRAMES


def test_unreadable_video_is_reported_and_the_others_are_kept(source, capsys):
    destroy_packets(source / "videos/r1.mp4", range(FRAMES))
    with pytest.raises(
        InputError, match=r"1 of 3 recordings could not be prepared \(r1; first: .*r1.mp4: not one"
    ) as caught:
        prepare(source)
    assert "The other 2 are kept" in str(caught.value)
    assert "recording r1: " in capsys.readouterr().err
    kept = source.parent / "data/made/faces-r0.array_record"
    written = kept.stat().st_mtime_ns
    write_video(source / "videos/r1.mp4", pictures(FRAMES))
    assert len(prepare(source).frames) == 3 * FRAMES
    assert kept.stat().st_mtime_ns == written


def test_unreadable_recording_may_be_taken_out_instead(source):
    destroy_packets(source / "videos/r1.mp4", range(FRAMES))
    with pytest.raises(InputError, match="could not be prepared"):
        prepare(source)
    rows = (source / "recordings.csv").read_text().split()
    (source / "recordings.csv").write_text("\n".join([rows[0], rows[1], rows[3]]))
    assert prepare(source).frames.recordings == ("r0", "r2")


def test_damage_keeps_the_numbers_and_is_noted(source, capsys):
    every_five = {"g": "5", "keyint_min": "5", "sc_threshold": "0", "bf": "0"}
    path = source / "videos/r1.mp4"
    write_video(path, pictures(FRAMES), codec="libx264", options=every_five)
    destroy_packets(path, [7])
    frames = prepare(source).frames
    rows = frames.recording == 1
    assert frames.frame[rows].tolist() == [n for n in range(1, FRAMES + 1) if n != 8]
    expected = codes(source, "r1")[frames.frame[rows] - 1, 1:] * 2 - 1
    expected[[7, 8]] = 0  # frames 9 and 10 build on the lost one
    np.testing.assert_array_equal(frames.labels[rows], expected)
    about = json.loads((source.parent / "data/made/dataset.json").read_text())
    notes = [entry["notes"] for entry in about["recordings"]]
    assert notes[0] == notes[2] == [] and "1 frame could not be decoded" in notes[1][0]
    assert "recording r1: 1 frame could not be decoded" in capsys.readouterr().err


def test_cut_off_video_gives_what_is_there(source):
    path = write_video(source / "videos/r1.mkv", pictures(FRAMES))
    path.write_bytes(path.read_bytes()[: packets_of(path)[12][0]])
    edit(source / "recordings.csv", "videos/r1.mp4", "videos/r1.mkv")
    frames = prepare(source).frames
    count = (frames.recording == 1).sum()
    assert 10 <= count <= 12
    np.testing.assert_array_equal(
        frames.labels[frames.recording == 1], codes(source, "r1")[:count, 1:] * 2 - 1
    )


def test_only_what_changed_is_prepared_again(source, monkeypatch):
    decoded = []
    real = Video.__iter__

    def watched(video):
        decoded.append(video.path.name)
        if video.path.name == "r2.mp4" and len(decoded) == 3:
            raise KeyboardInterrupt
        return real(video)

    monkeypatch.setattr(Video, "__iter__", watched)
    with pytest.raises(KeyboardInterrupt):
        prepare(source)
    set_row(source / "labels/r0.csv", "1,9,0")
    dataset = prepare(source)
    assert decoded == ["r0.mp4", "r1.mp4", "r2.mp4", "r0.mp4", "r2.mp4"]
    assert dataset.frames.labels[0, 0] == 0
    edit(source / "labels/r1.csv", "AU12", "AU02")
    with pytest.raises(InputError, match=r"aus is \[1, 12\] there, \[1\] was asked for"):
        prepare(source)


def test_recordings_are_checked_with_one_pass_over_each_file(source, monkeypatch):
    np.save(source / "landmarks/r2.npy", face_points(FRAMES))
    edit(source / "recordings.csv", "landmarks/r2.csv", "landmarks/r2.npy")
    opened, real = [], builtins.open

    def watched(path, *more, **options):
        opened.append(pathlib.Path(path).relative_to(source).as_posix())
        return real(path, *more, **options)

    monkeypatch.setattr(builtins, "open", watched)
    raw = read(source)
    labels = [f"labels/r{number}.csv" for number in range(3)]
    landmarks = ["landmarks/r0.csv", "landmarks/r1.csv", "landmarks/r2.npy"]
    others = sorted(name for name in opened if not name.startswith("videos/"))
    assert others == [*labels, *landmarks, "recordings.csv"]
    for recording, *files in zip(raw.recordings, labels, landmarks, strict=True):
        digests = [hashlib.sha256((source / file).read_bytes()).hexdigest() for file in files]
        made_from = recording.key.source
        assert [made_from["labels_sha256"], made_from["landmarks_sha256"]] == digests


def test_identity_of_a_recording_is_what_earlier_versions_wrote(source):
    edit(source / "recordings.csv", "labels/r1.csv", "")
    video = source / "videos/r1.mp4"
    landmarks = (source / "landmarks/r1.csv").read_bytes()
    recording = read(source).recordings[1]
    assert (recording.key.name, recording.key.subject) == ("r1", "p1")
    assert list(recording.key.source.items()) == [
        ("video", "videos/r1.mp4"),
        ("video_bytes", video.stat().st_size),
        ("labels_sha256", None),
        ("landmarks_sha256", hashlib.sha256(landmarks).hexdigest()),
    ]
