"""The folder that the command writes: what lies in it, and what it never overwrites."""

import json

import numpy as np
import pytest
from jax import export

from au_jax import export as command
from au_jax.errors import InputError
from au_jax.exporting import folder as folders
from au_jax.exporting.description import as_json
from au_jax.exporting.folder import ExportChoice, export_detector
from au_jax.metrics.calibration import fit_calibration
from au_jax.system.command import DONE, REFUSED, WRONG_FLAGS
from tests.made.detectors import detector_of, random_cnn, random_fusion, random_lstm


@pytest.fixture(scope="module")
def hybrid():
    cnn = random_cnn()
    block = random_fusion(cnn, random_lstm(cnn))
    rng = np.random.default_rng(0)
    labels = rng.choice(np.array([-1, 1], np.int8), (50, 3))
    calibration = fit_calibration(labels, labels + rng.normal(size=(50, 3)))
    return detector_of(block, calibration=calibration, preparation={"tracker": "mesh"})


def names(folder):
    return sorted(file.name for file in folder.iterdir())


def test_a_detector_becomes_a_folder(hybrid, tmp_path):
    hybrid.save(tmp_path / "saved")
    arguments = [f"--model={tmp_path / 'saved'}", f"--out={tmp_path / 'new' / 'out'}"]
    assert command.run(["export", *arguments]) == DONE
    folder = tmp_path / "new" / "out"
    assert names(folder) == ["config.json", "detector.jax_export", "parameters.npz"]
    assert names(folder.parent) == ["out"]
    config = json.loads((folder / "config.json").read_text())
    assert config["aus"] == [1, 12, 24]
    assert [(one["name"], one["shape"], one["dtype"]) for one in config["inputs"]] == [
        ("faces", ["frames", 32, 32, 3], "uint8"),
        ("state", [20], "float32"),
    ]
    assert [one["name"] for one in config["outputs"]] == ["scores", "state"]
    assert config["detector"]["preparation"] == {"tracker": "mesh"}
    assert config["calibration"] == hybrid.calibration.to_json()
    assert [one["name"] for one in config["blocks"]] == ["cnn", "lstm", "fusion"]
    assert np.shape(config["alignment"]["points"]) == (49, 2)
    assert config["artefacts"]["jax"]["platforms"] == ["cpu", "cuda", "tpu"]
    with np.load(folder / "parameters.npz") as parameters:
        kernel = hybrid.block.inputs[0].model.arrays()["params"]["conv1"]["kernel"]
        np.testing.assert_array_equal(parameters["cnn/params/conv1/kernel"], kernel)
    artefact = export.deserialize(bytearray((folder / "detector.jax_export").read_bytes()))
    assert artefact.platforms == ("cpu", "cuda", "tpu")


def test_an_earlier_export_is_replaced_and_nothing_else_is(hybrid, tmp_path):
    folder = tmp_path / "out"
    export_detector(hybrid, folder)
    export_detector(hybrid, folder, ExportChoice(["npz"]))
    assert names(folder) == ["config.json", "parameters.npz"] and names(tmp_path) == ["out"]
    other = tmp_path / "thesis"
    other.mkdir()
    export_detector(hybrid, other, ExportChoice(["npz"]))
    for content in ('{"title": "mine"}', "[1]", "{"):
        (other / "config.json").write_text(content)
        with pytest.raises(
            InputError, match=r"thesis holds files that are no earlier export; .* new"
        ):
            export_detector(hybrid, other)
    with pytest.raises(InputError, match=r"config.json is a file; give a folder"):
        export_detector(hybrid, other / "config.json")


def test_an_export_that_fails_leaves_the_older_one(hybrid, tmp_path, monkeypatch):
    folder = export_detector(hybrid, tmp_path / "out", ExportChoice(["npz"]))

    def fail(*_):
        raise OSError("the disk is full")

    monkeypatch.setattr(folders, "serialise", fail)
    with pytest.raises(OSError, match="full"):
        export_detector(hybrid, folder)
    assert names(folder) == ["config.json", "parameters.npz"] and names(tmp_path) == ["out"]


@pytest.mark.parametrize(
    ("flag", "message"),
    [
        ("--formats=jax,tflite", "'tflite' is no format; allowed are jax, npz, onnx"),
        ("--platforms=gpu", "'gpu' is no platform; allowed are cpu, cuda, tpu, rocm"),
        ("--platforms=", "--platforms=: '' is no platform"),
        ("--method=forest", "no detector of the method 'forest'"),
    ],
)
def test_wrong_choices_are_named_with_those_there_are(hybrid, tmp_path, capsys, flag, message):
    hybrid.save(tmp_path / "saved")
    arguments = [f"--model={tmp_path / 'saved'}", f"--out={tmp_path / 'out'}"]
    assert command.run(["export", *arguments, flag]) == REFUSED
    assert message in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_the_command_says_which_folder_is_missing(capsys):
    assert command.run(["export", "--model=somewhere"]) == WRONG_FLAGS
    assert "give --out=FOLDER" in capsys.readouterr().err


def test_whatever_a_detector_says_of_itself_becomes_json():
    said = {
        "curve": np.array([1.5, np.nan]),
        3: (np.float32(2), np.int64(4)),
        "on": True,
        "no": None,
    }
    assert as_json(said) == {"curve": [1.5, None], "3": [2.0, 4], "on": True, "no": None}
