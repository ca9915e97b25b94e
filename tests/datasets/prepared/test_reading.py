"""Writing, stopping, going on, and opening of prepared data sets."""

import dataclasses
import json
import shutil
import subprocess
import sys
import textwrap

import numpy as np
import pytest

from au_jax.datasets.prepared.reading import open_prepared, verify_faces
from au_jax.datasets.prepared.table_parts import FrameBlock, RecordingKey
from au_jax.datasets.preparing.dataset_writer import DatasetWriter
from au_jax.errors import InputError
from au_jax.system import atomic_files

SHAPE = (5, 4, 3)
KEYS = [
    RecordingKey("b/1 ü", "eva", {"video_bytes": 7}),
    RecordingKey("a", "ada"),
    RecordingKey("c", "eva"),
]


def block(seed, frames, first=1, notes=()):
    rng = np.random.default_rng(seed)
    return FrameBlock(
        frame=np.arange(first, first + frames, dtype=np.int32),
        time=(np.arange(first, first + frames) - 1) / 25,
        labels=rng.integers(-1, 2, (frames, 2)).astype(np.int8),
        tracked=rng.random(frames) < 0.8,
        transform=rng.normal(size=(frames, 2, 3)).astype(np.float32),
        faces=rng.integers(0, 256, (frames, *SHAPE), dtype=np.uint8),
        notes=notes,
    )


def writer(directory, **changes):
    options = {"name": "made", "aus": (1, 12), "face_shape": SHAPE, "settings": {"size": 5}}
    return DatasetWriter(directory, **{**options, **changes})


def write_all(directory, keys=KEYS):
    made = writer(directory)
    for number, key in enumerate(KEYS):
        if key in keys and not made.has(key):
            made.add(key, [block(number, 6), block(9 + number, 3, first=8)])
    return made.finish(keys)


def content(directory):
    return {
        str(path.relative_to(directory)): path.read_bytes()
        for path in sorted(directory.rglob("*"))
        if path.is_file()
    }


def test_what_was_written_is_read(tmp_path):
    dataset = write_all(tmp_path / "made")
    frames = dataset.frames
    blocks = [(block(i, 6), block(9 + i, 3, first=8)) for i in range(3)]
    assert (dataset.name, dataset.aus, len(frames)) == ("made", (1, 12), 27)
    assert (frames.recordings, frames.subjects) == (("b/1 ü", "a", "c"), ("eva", "ada"))
    np.testing.assert_array_equal(frames.subject, np.repeat([0, 1, 0], 9))
    np.testing.assert_array_equal(frames.recording, np.repeat([0, 1, 2], 9))
    for name in ("frame", "time", "labels", "tracked"):
        expected = np.concatenate([getattr(part, name) for pair in blocks for part in pair])
        np.testing.assert_array_equal(getattr(frames, name), expected)
        assert getattr(frames, name).dtype == expected.dtype
    expected = np.concatenate([part.faces for pair in blocks for part in pair])
    np.testing.assert_array_equal(dataset.faces[np.arange(27)], expected)


def landmarks(seed, frames):
    points = np.random.default_rng(seed).normal(100, 20, (frames, 49, 2)).astype(np.float32)
    points[0] = np.nan
    return points


def test_landmarks_are_kept_where_a_block_has_them(tmp_path):
    made = writer(tmp_path / "made")
    first, second = landmarks(0, 6), landmarks(1, 2)
    made.add(KEYS[0], [dataclasses.replace(block(0, 6), landmarks=first), block(9, 3, first=8)])
    made.add(KEYS[1], [block(1, 4)])
    made.add(KEYS[2], [dataclasses.replace(block(2, 2), landmarks=second)])
    dataset = made.finish(KEYS)
    unknown = np.full((7, 49, 2), np.nan, np.float32)
    expected = np.concatenate([first, unknown, second])
    np.testing.assert_array_equal(dataset.frames.landmarks, expected)
    without = write_all(tmp_path / "other")
    assert without.frames.landmarks is None
    assert "landmarks" not in atomic_files.read_arrays(tmp_path / "other/frames.npz")
    with pytest.raises(ValueError, match=r"landmarks is float32 \(5, 49, 2\) instead of"):
        writer(tmp_path / "third").add(
            KEYS[0], [dataclasses.replace(block(0, 6), landmarks=landmarks(0, 5))]
        )


def test_dataset_file_counts_what_is_there(tmp_path):
    frames = write_all(tmp_path / "made").frames
    about = json.loads((tmp_path / "made/dataset.json").read_text())
    assert about["frames"] == 27 and about["subjects"] == {"eva": 18, "ada": 9}
    assert about["tracked_frames"] == frames.tracked.sum()
    known = frames.labels[:, 1] != 0
    rate = (frames.labels[known, 1] == 1).mean()
    assert about["base_rates"]["AU12"] == pytest.approx(rate, abs=1e-6)
    assert [entry["frames"] for entry in about["recordings"]] == [9, 9, 9]
    assert about["recordings"][0]["source"] == {"video_bytes": 7}
    transform = atomic_files.read_arrays(tmp_path / "made/frames.npz")["transform"]
    np.testing.assert_array_equal(transform[:6], block(0, 6).transform)


def test_digest_follows_the_content_not_the_place(tmp_path):
    first, second = write_all(tmp_path / "one/made"), write_all(tmp_path / "two/made")
    assert first.digest == second.digest
    assert content(tmp_path / "one") == content(tmp_path / "two")
    made = writer(tmp_path / "three")
    for number, key in enumerate(KEYS):
        changed = block(number, 6)
        changed.faces[0, 0, 0, 0] ^= number == 2
        made.add(key, [changed, block(9 + number, 3, first=8)])
    assert made.finish(KEYS).digest != first.digest


def test_finished_recordings_are_kept_and_changed_ones_made_again(tmp_path):
    made = writer(tmp_path / "made")
    made.add(KEYS[0], [block(0, 6)])
    again = writer(tmp_path / "made")
    assert [again.has(key) for key in KEYS] == [True, False, False]
    assert not again.has(RecordingKey(KEYS[0].name, "eva", {"video_bytes": 8}))
    assert not again.has(RecordingKey(KEYS[0].name, "ada", {"video_bytes": 7}))
    next((tmp_path / "made").glob("faces-*")).unlink()
    assert not again.has(KEYS[0])


def test_broken_part_is_made_again(tmp_path):
    made = writer(tmp_path / "made")
    made.add(KEYS[1], [block(0, 6)])
    (tmp_path / "made/.preparation/part-a.npz").write_bytes(b"PK half")
    assert not made.has(KEYS[1])


def test_recording_that_fails_leaves_nothing(tmp_path):
    def blocks():
        yield block(0, 6)
        raise InputError("the video ends here")

    made = writer(tmp_path / "made")
    before = content(tmp_path)
    with pytest.raises(InputError, match="the video ends here"):
        made.add(KEYS[1], blocks())
    with pytest.raises(InputError, match="recording a has no frames"):
        made.add(KEYS[1], [])
    with pytest.raises(ValueError, match="labels is"):
        made.add(KEYS[1], [dataclasses.replace(block(0, 6), labels=np.zeros(6))])
    assert content(tmp_path) == before


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"settings": {"size": 6}}, "settings.size is 5 there, 6 was asked for"),
        ({"aus": (1, 2)}, r"aus is \[1, 12\] there, \[1, 2\] was asked for"),
        ({"name": "other"}, "name is made there, other was asked for"),
        ({"face_shape": (9, 4, 3)}, r"face_shape is \[5, 4, 3\] there"),
    ],
)
@pytest.mark.parametrize("finished", [False, True])
def test_other_settings_are_refused_with_the_difference(tmp_path, changes, message, finished):
    if finished:
        write_all(tmp_path / "made")
    else:
        writer(tmp_path / "made")
    before = content(tmp_path)
    with pytest.raises(InputError, match=message):
        writer(tmp_path / "made", **changes)
    assert content(tmp_path) == before


def test_folder_with_other_files_is_refused(tmp_path):
    (tmp_path / "recordings.csv").write_text("mine")
    with pytest.raises(InputError, match="holds other files"):
        writer(tmp_path)
    assert content(tmp_path) == {"recordings.csv": b"mine"}


def test_finished_data_set_is_only_opened_again(tmp_path):
    write_all(tmp_path / "made")
    before = content(tmp_path)
    write_all(tmp_path / "made")
    assert content(tmp_path) == before
    changed = [*KEYS[:2], RecordingKey("c", "eva", {"video_bytes": 1})]
    for keys, message in (
        (KEYS[:2], "c is gone"),
        ([*KEYS, RecordingKey("d", "x")], "d is new"),
        (changed, "c was changed"),
        (KEYS[::-1], "their order differs"),
    ):
        with pytest.raises(InputError, match=f"made from other recordings: {message}"):
            writer(tmp_path / "made").finish(keys)
    assert content(tmp_path) == before


def test_recording_taken_out_before_the_end_leaves_no_trace(tmp_path):
    made = writer(tmp_path / "one/made")
    made.add(KEYS[1], [block(1, 6), block(10, 3, first=8)])
    write_all(tmp_path / "one/made", [KEYS[0], KEYS[2]])
    write_all(tmp_path / "two/made", [KEYS[0], KEYS[2]])
    assert content(tmp_path / "one") == content(tmp_path / "two")


KILLED_EVERYWHERE = textwrap.dedent("""
    import os, pathlib, sys
    sys.path[:0] = sys.argv[2:]
    from test_reading import KEYS, content, write_all

    root = pathlib.Path(sys.argv[1])
    real = os.replace

    def run(directory, moment, before):
        child = os.fork()
        if child == 0:
            done = 0

            def replace(*arguments, **options):
                nonlocal done
                if before and done == moment:
                    os._exit(9)
                real(*arguments, **options)
                if not before and done == moment:
                    os._exit(9)
                done += 1

            os.replace = os.rename = replace
            write_all(directory)
            os._exit(0)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

    assert run(root / "whole", -1, False) == 0
    whole, killed = content(root / "whole"), 0
    for moment in range(12):  # one more than there are
        for before in (True, False):
            directory = root / f"{moment}{before}"
            code = run(directory, moment, before)
            assert code in (0, 9), code
            killed += code == 9
            assert run(directory, -1, False) == 0
            assert content(directory) == whole, (moment, before)
    print("killed", killed)
""")


def test_killed_at_any_moment_it_ends_with_the_same_bytes(tmp_path, request):
    result = subprocess.run(
        [
            sys.executable,
            "-c",
            KILLED_EVERYWHERE,
            str(tmp_path),
            str(request.path.parent),
            str(request.path.parents[3]),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr[-2000:]
    # Settings, two files for each recording, and four when finishing; before and after each.
    assert result.stdout.split() == ["killed", str(2 * (1 + 2 * 3 + 4))]


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    directory = tmp_path_factory.mktemp("finished") / "made"
    write_all(directory)
    return directory


def replace_json(path, **changes):
    about = json.loads(path.read_text())
    path.write_text(json.dumps({**about, **changes}))


def flip(path, place):
    data = bytearray(path.read_bytes())
    data[place] ^= 255
    path.write_bytes(data)


DAMAGES = {
    "no prepared data set": lambda d: shutil.rmtree(d),
    "faces-a.array_record: the file is missing": lambda d: (d / "faces-a.array_record").unlink(),
    "holds 0 faces instead of 9": lambda d: (d / "faces-a.array_record").write_bytes(b"x" * 99),
    "holds 3 faces instead of 9": lambda d: replace_shard(d),
    "frames.npz: its digest differs": lambda d: replace_labels(d),
    "frames.npz: cannot be read": lambda d: flip(d / "frames.npz", 0),
    "frames.npz: cannot be read.*No such file": lambda d: (d / "frames.npz").unlink(),
    "dataset.json: cannot be read": lambda d: (d / "dataset.json").write_text("{"),
    "not the file of a prepared data set": lambda d: (d / "dataset.json").write_text("[]"),
    "format version 0, but this version": lambda d: replace_json(
        d / "dataset.json", format_version=0
    ),
    "format version 2, .*install the version that prepared it": lambda d: replace_json(
        d / "dataset.json", format_version=2
    ),
    "what it says differs from its digest": lambda d: replace_json(d / "dataset.json", aus=[12, 1]),
    "does not fit the frames table.*'digest'": lambda d: replace_json_without(d, "digest"),
}


def replace_json_without(directory, key):
    about = json.loads((directory / "dataset.json").read_text())
    del about[key]
    (directory / "dataset.json").write_text(json.dumps(about))


def replace_shard(directory):
    other = writer(directory.parent / "other")
    other.add(KEYS[1], [block(1, 3)])
    shutil.copy(directory.parent / "other/faces-a.array_record", directory)


def replace_labels(directory):
    arrays = atomic_files.read_arrays(directory / "frames.npz")
    arrays["labels"][0, 0] = -arrays["labels"][0, 0] or 1
    atomic_files.write_arrays(directory / "frames.npz", arrays)


@pytest.mark.parametrize("message", DAMAGES)
def test_damage_is_told_with_what_to_do(finished, tmp_path, message):
    directory = tmp_path / "made"
    shutil.copytree(finished, directory)
    DAMAGES[message](directory)
    with pytest.raises(InputError, match=message) as caught:
        open_prepared(directory)
    assert str(directory) in str(caught.value)


def test_faces_of_another_recording_are_found_by_reading_all(finished, tmp_path):
    directory = tmp_path / "made"
    shutil.copytree(finished, directory)
    verify_faces(directory, open_prepared(directory))
    shutil.copy(directory / "faces-c.array_record", directory / "faces-a.array_record")
    dataset = open_prepared(directory)
    with pytest.raises(InputError, match=r"faces-a\.array_record: its faces are not those"):
        verify_faces(directory, dataset)


def test_damaged_settings_of_a_preparation_are_told(tmp_path):
    writer(tmp_path / "made")
    (tmp_path / "made/.preparation/settings.json").write_text('{"name": "ma')
    with pytest.raises(
        InputError, match=r"settings\.json: this file is damaged.*delete the folder"
    ):
        writer(tmp_path / "made")


def test_unfinished_data_set_is_told(tmp_path):
    writer(tmp_path / "made").add(KEYS[0], [block(0, 3)])
    with pytest.raises(InputError, match="was not finished; run the same command again"):
        open_prepared(tmp_path / "made")


def test_untouched_copy_elsewhere_opens(finished, tmp_path):
    shutil.copytree(finished, tmp_path / "moved")
    copy, original = open_prepared(tmp_path / "moved"), open_prepared(finished)
    assert copy.digest == original.digest
    np.testing.assert_array_equal(copy.faces[np.arange(27)], original.faces[np.arange(27)])
