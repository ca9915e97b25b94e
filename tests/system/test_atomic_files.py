import json

import numpy as np
import pytest

from au_jax.system import atomic_files


def test_a_failed_write_leaves_the_old_file_and_no_rest(tmp_path):
    file = tmp_path / "deep" / "a.txt"
    atomic_files.write_text(file, "old")

    def write_half():
        with atomic_files.replacing(file) as temporary:
            temporary.write_text("half")
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        write_half()
    assert file.read_text() == "old"
    assert [entry.name for entry in file.parent.iterdir()] == ["a.txt"]


def test_json_refuses_nan(tmp_path):
    with pytest.raises(ValueError, match="nan"):
        atomic_files.write_json(tmp_path / "a.json", {"x": float("nan")})
    atomic_files.write_json(tmp_path / "a.json", {"x": "é"})
    assert json.loads((tmp_path / "a.json").read_text()) == {"x": "é"}


def test_arrays_come_back_and_objects_are_refused(tmp_path):
    arrays = {"names": np.array(["a", "bc"]), "labels": np.eye(3, dtype=np.int8)}
    atomic_files.write_arrays(tmp_path / "a.npz", arrays)
    back = atomic_files.read_arrays(tmp_path / "a.npz")
    assert back.keys() == arrays.keys()
    np.testing.assert_array_equal(back["names"], arrays["names"])
    with pytest.raises(ValueError, match=r"[Oo]bject arrays"):
        atomic_files.write_arrays(tmp_path / "b.npz", {"o": np.array([{}], object)})
    assert not (tmp_path / "b.npz").exists()


def test_rows_are_appended_to_an_array_file(tmp_path):
    expected = np.arange(12, dtype=np.float32).reshape(6, 2)
    with atomic_files.writing_rows(tmp_path / "a.npy", (6, 2), np.float16) as append:
        append(expected[:4])
        append(expected[4:])
    back = atomic_files.read_array(tmp_path / "a.npy")
    assert back.dtype == np.float16
    np.testing.assert_array_equal(back, expected)


def test_an_array_file_with_missing_rows_does_not_appear(tmp_path):
    def append_too_little():
        with atomic_files.writing_rows(tmp_path / "a.npy", (6, 2), np.float32) as append:
            append(np.zeros((5, 2)))

    with pytest.raises(ValueError, match="6 rows, but 5"):
        append_too_little()
    assert list(tmp_path.iterdir()) == []


def test_leftovers_of_killed_writers_are_removed_and_nothing_else(tmp_path):
    for name in ("a.npy", ".a.npy.12ab.tmp", ".b.npy.12ab.tmp"):
        (tmp_path / name).write_bytes(b"x")
    atomic_files.remove_leftovers(tmp_path / "a.npy")
    assert sorted(path.name for path in tmp_path.iterdir()) == [".b.npy.12ab.tmp", "a.npy"]
