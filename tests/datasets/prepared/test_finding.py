import numpy as np
import pytest

from au_jax.datasets.prepared.description import describe_dataset
from au_jax.datasets.prepared.finding import load_dataset, prepared_names
from au_jax.datasets.prepared.table_parts import FrameBlock, RecordingKey
from au_jax.datasets.preparing.dataset_writer import DatasetWriter
from au_jax.datasets.raw.catalogue import CATALOGUE
from au_jax.errors import InputError

KEY = RecordingKey("r", "s")


def write(directory):
    return unfinished(directory).finish([KEY])


def unfinished(directory):
    writer = DatasetWriter(directory, name="made", aus=(1, 12), face_shape=(4, 4, 3), settings={})
    writer.add(
        KEY,
        [
            FrameBlock(
                frame=np.arange(1, 5, dtype=np.int32),
                time=np.arange(4) / 25,
                labels=np.array([[1, 0], [1, 0], [-1, 0], [0, 0]], np.int8),
                tracked=np.array([True, True, True, False]),
                transform=np.zeros((4, 2, 3), np.float32),
                faces=np.zeros((4, 4, 4, 3), np.uint8),
            )
        ],
    )
    return writer


def test_prepared_set_is_found_by_its_name(tmp_path):
    write(tmp_path / "mine")
    assert load_dataset("mine", tmp_path).frames.recordings == ("r",)


def test_missing_set_says_where_it_was_looked_for_and_how_to_get_it(tmp_path):
    write(tmp_path / "b")
    write(tmp_path / "a")
    unfinished(tmp_path / "half")
    (tmp_path / "other").mkdir()
    assert prepared_names(tmp_path) == ["a", "b"]
    with pytest.raises(InputError) as caught:
        load_dataset("mine", tmp_path)
    for part in (
        f"looked for {tmp_path / 'mine'}",
        f"python -m au_jax.prepare --dataset=folder --source=FOLDER --name=mine "
        f"--data_dir={tmp_path}",
        f"Prepared in {tmp_path}: a, b.",
        "python -m au_jax.main --experiment=synthetic_3fold",
    ):
        assert part in str(caught.value)


@pytest.mark.parametrize("name", ["bp4d", "bp4d_plus", "gft", "disfa"])
def test_licensed_sets_say_where_to_ask(tmp_path, name):
    with pytest.raises(InputError) as caught:
        load_dataset(name, tmp_path / "nothing")
    assert CATALOGUE[name].contact in str(caught.value)
    assert f"au_jax.prepare --dataset={name} --source=FOLDER" in str(caught.value)
    assert "nothing: nothing" in str(caught.value)


@pytest.mark.parametrize("name", ["", "..", "a/b", "../a", "C:a", "-x"])
def test_names_that_are_no_folder_are_refused(tmp_path, name):
    with pytest.raises(InputError, match="cannot be the name of a data set"):
        load_dataset(name, tmp_path)


def test_unfinished_set_is_told(tmp_path):
    unfinished(tmp_path / "half")
    with pytest.raises(InputError, match="was not finished"):
        load_dataset("half", tmp_path)


def test_description_counts_known_labels_only(tmp_path):
    lines = describe_dataset(write(tmp_path / "mine")).splitlines()
    found = {line.split("  ")[0]: line.split() for line in lines if line}
    assert found["subjects"][1] == "1" and found["frames"][1] == "4,"
    assert found["tracked"][1:] == ["75.0", "%"]
    assert found["AU1 inner brow raiser"][-5:] == ["66.7", "%", "75.0", "%", "1"]
    assert found["AU12 lip corner puller"][-4:] == ["-", "0.0", "%", "0"]
