import dataclasses

import numpy as np
import pytest

from au_jax.datasets.feature_file import file_version, read_feature_file
from au_jax.errors import InputError
from tests.made.random_datasets import made_dataset

TABLE = made_dataset("a", subjects=3).frames


def arrays_of(table, rows, width=2):
    features = np.stack([rows * 10.0 + column for column in range(width)], axis=1)
    return {
        "features": features,
        "recording": np.array(table.recordings)[table.recording[rows]],
        "frame": table.frame[rows],
    }


def written(folder, arrays):
    file = folder / "mine.npz"
    np.savez(file, **arrays)
    return file


def test_features_find_their_rows_in_any_order_and_may_lack_some_or_have_others(tmp_path):
    rows = np.random.default_rng(0).permutation(len(TABLE))[:-2]
    arrays = arrays_of(TABLE, rows)
    arrays["features"] = np.concatenate([arrays["features"], [[-1, -1], [-1, -1]]])
    arrays["recording"] = np.append(arrays["recording"], ["elsewhere", TABLE.recordings[0]])
    arrays["frame"] = np.append(arrays["frame"], [1, 1000])
    found = read_feature_file(written(tmp_path, arrays), TABLE)
    np.testing.assert_array_equal(found.of_rows(rows), arrays["features"][:-2])
    lacking = np.setdiff1d(np.arange(len(TABLE)), rows)
    assert (found.place[lacking] == -1).all() and len(lacking) == 2


def test_recordings_of_joined_data_sets_may_be_called_by_their_own_name(tmp_path):
    rows = np.arange(len(TABLE))
    file = written(tmp_path, arrays_of(TABLE, rows))
    joined = dataclasses.replace(TABLE, recordings=tuple(f"b/{name}" for name in TABLE.recordings))
    assert read_feature_file(file, joined).place.tolist() == rows.tolist()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"frame": None}, "no array 'frame'"),
        ({"frame": np.arange(3)}, "frames count from 1, add 1 to all"),
        ({"frame": np.ones(2, np.int64)}, r"frame is int64 \(2,\)"),
        ({"frame": np.array([1.0, 2, 3])}, "frame is float64"),
        ({"frame": np.array([1, 1, 2])}, "frame 1 of recording 'r0' comes twice, at places 0"),
        ({"features": np.ones(3)}, r"features is float64 \(3,\)"),
        ({"features": np.full((3, 2), np.nan)}, "place 0, frame 1 of 'r0', are not all finite"),
        ({"recording": np.zeros(3)}, "recording is float64"),
        ({"recording": np.array(["x", "y", "z"])}, "none of its 3 frames is in the data set"),
        ({"recording": np.array(["r0"] * 3, object)}, "without unpickling"),
    ],
)
def test_what_does_not_match_is_named(tmp_path, change, message):
    arrays = arrays_of(TABLE, np.arange(3)) | change
    file = written(tmp_path, {name: one for name, one in arrays.items() if one is not None})
    with pytest.raises(InputError, match=message):
        read_feature_file(file, TABLE)


def test_files_that_are_no_npz_or_not_there_are_named(tmp_path):
    text, array = tmp_path / "a.npz", tmp_path / "b.npy"
    text.write_text("features")
    np.save(array, np.ones(3))
    for file in (text, array):
        with pytest.raises(InputError, match="cannot be read as"):
            read_feature_file(file, TABLE)
    for read in (lambda file: read_feature_file(file, TABLE), file_version):
        with pytest.raises(InputError, match="no such file"):
            read(tmp_path / "c.npz")
