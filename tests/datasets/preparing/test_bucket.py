"""Preparing and reading data sets in a bucket (`gs://…`), played by a folder."""

import concurrent.futures
import pathlib
import pickle
import sys

import numpy as np
import pytest
from etils.epath import backend
from fsspec.registry import _registry

from au_jax import prepare
from au_jax.datasets.prepared.finding import load_dataset, prepared_names
from au_jax.datasets.prepared.reading import open_prepared, verify_faces
from au_jax.datasets.preparing.preparation import Execution, prepare_recordings
from au_jax.errors import InputError
from tests.made.recordings import (
    content,
    make_recordings,
    make_writer,
)
from tests.made.videos import write_folder


@pytest.fixture
def bucket(tmp_path, monkeypatch):
    """The folder behind `gs://`; the bucket in it is `b`."""
    monkeypatch.syspath_prepend(str(pathlib.Path(__file__).parents[2] / "fake_bucket"))
    monkeypatch.setenv("FAKE_BUCKET", str(tmp_path / "bucket"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("EPATH_USE_TF", "false")
    (tmp_path / "bucket/b").mkdir(parents=True)
    return tmp_path / "bucket"


@pytest.fixture(autouse=True)
def no_file_system_is_kept():
    yield
    backend._FileSystemSpecBackend._get_filesystem.cache_clear()
    sys.modules.pop("gcsfs", None)
    _registry.pop("gcs", None)


@pytest.fixture(scope="module")
def local(tmp_path_factory):
    directory = tmp_path_factory.mktemp("local")
    return prepare_recordings(make_writer(directory / "made"), make_recordings()), directory


@pytest.mark.parametrize("workers", [1, 2])
def test_bucket_holds_the_same_bytes_as_a_folder(bucket, local, workers):
    execution = Execution(workers=workers)
    dataset = prepare_recordings(make_writer("gs://b/data/made"), make_recordings(), execution)
    assert content(bucket / "b/data") == content(local[1])
    assert not (bucket.parent / "cache").exists()
    every = np.arange(len(dataset.faces))
    np.testing.assert_array_equal(dataset.faces[every], local[0].faces[every])
    verify_faces("gs://b/data/made", dataset)
    assert prepared_names("gs://b/data") == ["made"]
    assert load_dataset("made", "gs://b/data").digest == dataset.digest


def test_preparation_in_a_bucket_goes_on_where_it_stopped(bucket, local, monkeypatch):
    made = make_recordings()
    first = make_writer("gs://b/data/made")
    for recording in made[:3]:
        first.add(recording.key, recording.blocks())
    second = make_writer("gs://b/data/made")
    assert [second.has(recording.key) for recording in made] == [True] * 3 + [False] * 3
    with pytest.raises(InputError, match="was not finished"):
        open_prepared("gs://b/data/made")
    (bucket / "b/data/made/faces-s0_0.array_record").unlink()
    assert not second.has(made[0].key)
    prepare_recordings(second, made)
    assert content(bucket / "b/data") == content(local[1])


def test_recording_that_fails_leaves_nothing_in_the_bucket(bucket):
    def blocks():
        yield from make_recordings()[0].blocks()
        raise InputError("the video ends here")

    writer = make_writer("gs://b/data/made")
    before = content(bucket)
    with pytest.raises(InputError, match="ends here"):
        writer.add(make_recordings()[0].key, blocks())
    assert content(bucket) == before


@pytest.fixture
def there(bucket):
    """A prepared data set in the bucket, and its files of faces."""
    dataset = prepare_recordings(make_writer("gs://b/data/made"), make_recordings())
    return dataset, bucket / "b/data/made"


def test_only_files_that_are_asked_for_are_fetched_once(there, bucket):
    dataset, folder = there
    cache = bucket.parent / "cache/au_jax/faces"
    rows = np.flatnonzero(np.isin(dataset.frames.recording, [1, 4]))
    expected = dataset.faces[rows]
    assert len(list(cache.iterdir())) == 2
    for shard in folder.glob("faces-*"):
        shard.write_bytes(b"")  # it is not read again
    again = pickle.loads(pickle.dumps(dataset.faces))
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        for faces in pool.map(again.__getitem__, [rows] * 4):
            np.testing.assert_array_equal(faces, expected)


def test_damage_in_the_bucket_is_told_with_the_names_of_both_files(there):
    dataset, folder = there
    (folder / "faces-s1_1.array_record").write_bytes(b"x" * 99)
    with pytest.raises(InputError, match=r"gs://b/data/made/faces-s1_1.*holds 0 faces.*delete /"):
        open_prepared("gs://b/data/made").faces[np.arange(len(dataset.faces))]
    (folder / "faces-s2_2.array_record").unlink()
    with pytest.raises(InputError, match=r"gs://b/data/made/faces-s2_2.*is missing"):
        open_prepared("gs://b/data/made")


def test_command_prepares_from_a_bucket_into_a_bucket(bucket, capsys):
    write_folder(bucket / "b/videos", recordings=2, frames=6)
    source, data = "--source=gs://b/videos", "--data_dir=gs://b/data"
    assert prepare.run(["prepare", "--dataset=folder", source, data, "--face_size=24"]) == 0
    local = f"--data_dir={bucket.parent / 'data'}"
    command = ["prepare", "--dataset=folder", f"--source={bucket / 'b/videos'}", local]
    assert prepare.run([*command, "--face_size=24"]) == 0
    assert content(bucket / "b/data") == content(bucket.parent / "data")
    assert prepare.run(["prepare", "--describe=gs://b/data/videos", "--verify"]) == 0
    assert "faces: gs://b/data/videos_faces.png" in capsys.readouterr().out
    assert (bucket / "b/data/videos_faces.png").read_bytes().startswith(b"\x89PNG")


def test_bucket_without_its_package_is_told(monkeypatch, capsys):
    monkeypatch.setenv("EPATH_USE_TF", "false")
    monkeypatch.setitem(sys.modules, "gcsfs", None)
    assert prepare.run(["prepare", "--describe=gs://b/data/made"]) == 1
    err = capsys.readouterr().err
    assert err.startswith("error: gs://b/data/made: ") and "pip install 'au_jax[gcs]'" in err
