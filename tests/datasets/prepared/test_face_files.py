import errno
import os
import pathlib
import pickle
import resource
import threading
import uuid

import numpy as np
import pytest
from etils import epath
from hypothesis import given
from hypothesis import strategies as st

from au_jax.datasets.prepared.face_files import RecordFaces, writing_faces
from au_jax.errors import InputError

SHAPE = (6, 5, 3)
COUNTS = (4, 1, 7, 3)


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """Random faces in memory, and the files that hold them."""
    folder = tmp_path_factory.mktemp("faces")
    faces = np.random.default_rng(0).integers(0, 256, (sum(COUNTS), *SHAPE), dtype=np.uint8)
    paths, first = [], 0
    for number, count in enumerate(COUNTS):
        path = epath.Path(folder / f"faces-{number}.array_record")
        with writing_faces(path, epath.Path(folder)) as write:
            for face in faces[first : first + count]:
                write(face.tobytes())
        first += count
        paths.append(path.as_posix())
    return faces, tuple(paths)


@given(st.lists(st.integers(0, sum(COUNTS) - 1), max_size=40))
def test_reads_as_an_array_would(stored, indices):
    faces, paths = stored
    index = np.array(indices, np.int64)
    read = RecordFaces(paths, COUNTS, SHAPE)[index]
    assert read.dtype == np.uint8
    np.testing.assert_array_equal(read, faces[index])


@pytest.mark.parametrize("index", [-1, sum(COUNTS)])
def test_outside_is_an_index_error(stored, index):
    with pytest.raises(IndexError, match=f"of {sum(COUNTS)} faces"):
        RecordFaces(stored[1], COUNTS, SHAPE)[np.array([0, index])]


def test_travels_to_another_process(stored):
    faces, paths = stored
    source = RecordFaces(paths, COUNTS, SHAPE)
    source[np.arange(5)]
    copy = pickle.loads(pickle.dumps(source))
    assert (len(copy), copy.face_shape) == (len(faces), SHAPE)
    np.testing.assert_array_equal(copy[np.arange(len(faces))], faces)


@pytest.mark.skipif(not pathlib.Path("/proc/self/fd").exists(), reason="reads /proc")
def test_many_threads_read_at_once_also_with_few_files_open(stored, tmp_path, monkeypatch):
    faces, paths = stored
    links = []
    for number in range(5 * len(paths)):  # many more than may be open at once
        link = tmp_path / f"{number}.array_record"
        link.hardlink_to(paths[number % len(paths)])
        links.append(str(link))
    faces = np.concatenate([faces] * 5)
    monkeypatch.setattr(resource, "getrlimit", lambda kind: (16, 16))
    source = RecordFaces(tuple(links), COUNTS * 5, SHAPE)
    wrong = []

    def read(seed):
        rng = np.random.default_rng(seed)
        for _ in range(50):
            index = rng.integers(0, len(faces), 20)
            if not np.array_equal(source[index], faces[index]):
                wrong.append(index)

    threads = [threading.Thread(target=read, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    opened = {os.path.realpath(path) for path in pathlib.Path("/proc/self/fd").iterdir()}
    assert 1 <= len(opened.intersection(links)) <= 8


def test_damaged_face_is_told_and_others_still_read(stored, tmp_path):
    faces, paths = stored
    data = bytearray(pathlib.Path(paths[2]).read_bytes())
    place = data.index(faces[4 + 1 + 3].tobytes())
    data[place + 10] ^= 255
    path = tmp_path / "faces.array_record"
    path.write_bytes(data)
    source = RecordFaces((str(path),), (7,), SHAPE)
    np.testing.assert_array_equal(source[np.array([0, 2, 6])], faces[[5, 7, 11]])
    with pytest.raises(InputError, match=r"face 3 cannot be read.*hash mismatch.*damaged"):
        source[np.array([3])]


def test_file_that_vanished_and_faces_of_another_size_are_told(stored, tmp_path):
    with pytest.raises(InputError, match=r"gone\.array_record: face 0 cannot be read"):
        RecordFaces((str(tmp_path / "gone.array_record"),), (7,), SHAPE)[np.array([0])]
    with pytest.raises(InputError, match="90 bytes instead of 6×6×3"):
        RecordFaces(stored[1], COUNTS, (6, 6, 3))[np.array([0])]


def test_half_a_file_never_appears(tmp_path):
    path = epath.Path(tmp_path / "faces.array_record")

    def write_and_fail():
        with writing_faces(path, epath.Path(tmp_path)) as write:
            write(bytes(90))
            raise RuntimeError("the renderer broke")

    with pytest.raises(RuntimeError, match="the renderer broke"):
        write_and_fail()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not pathlib.Path("/dev/full").exists(), reason="needs /dev/full")
def test_full_disk_is_an_error_of_the_operating_system(tmp_path, monkeypatch):
    class Fixed:
        hex = "0" * 32

    monkeypatch.setattr(uuid, "uuid4", Fixed)
    (tmp_path / "f.array_record.00000000.tmp").symlink_to("/dev/full")

    def fill():
        with writing_faces(epath.Path(tmp_path / "f.array_record"), epath.Path(tmp_path)) as write:
            for _ in range(100):
                write(bytes(10_000))

    with pytest.raises(OSError) as caught:
        fill()
    assert caught.value.errno == errno.ENOSPC
    assert caught.value.filename.endswith("f.array_record")
