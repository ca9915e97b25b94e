"""The two networks that find faces and landmarks: where their files lie, and that they are whole.

Both are from MediaPipe (https://github.com/google-ai-edge/mediapipe, Apache-2.0), as its wheel
0.10.21 holds them, the last that holds any. `python -m au_jax.faces.install_models` puts them into
the user's cache once; nothing is ever fetched while faces are looked for.
"""

import dataclasses
import hashlib
import os
import pathlib

from au_jax.errors import InputError

INSTALL_COMMAND = "python -m au_jax.faces.install_models"

CACHE_VARIABLE = "AU_JAX_CACHE"
"""Environment variable with the cache folder, in place of `~/.cache/au_jax`."""


@dataclasses.dataclass(frozen=True)
class ModelFile:
    """One file with a network.

    Attributes:
        name: name of the file.
        wheel_path: where it lies in the wheel of MediaPipe.
        sha256: SHA-256 of its content, hexadecimal.
    """

    name: str
    wheel_path: str
    sha256: str


FACE_DETECTOR = ModelFile(
    "face_detection_short_range.tflite",
    "mediapipe/modules/face_detection/face_detection_short_range.tflite",
    "bbff11cebd1eb27a1e004cae0b0e63ec8c551cbf34a4451148b4908b8db3eca8",
)
"""BlazeFace for faces near the camera (V. Bazarevsky et al., https://arxiv.org/abs/1907.05047)."""

FACE_MESH = ModelFile(
    "face_landmark.tflite",
    "mediapipe/modules/face_landmark/face_landmark.tflite",
    "1055cb9d4a9ca8b8c688902a3a5194311138ba256bcc94e336d8373a5f30c814",
)
"""The mesh of 468 points (Y. Kartynnik et al., https://arxiv.org/abs/1907.06724).

The file with attention, of sharper lips and eyes, has an operation of MediaPipe's own that LiteRT
does not know, so that only the plain one can be run.
"""

MODEL_FILES = (FACE_DETECTOR, FACE_MESH)


def models_directory() -> pathlib.Path:
    """Return the folder of the files, in the user's cache."""
    if chosen := os.environ.get(CACHE_VARIABLE):
        return pathlib.Path(chosen).expanduser() / "landmark_models"
    cache = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return pathlib.Path(cache).expanduser() / "au_jax/landmark_models"


def is_intact(model: ModelFile, content: bytes) -> bool:
    """Tell whether the content is that of the file, byte for byte."""
    return hashlib.sha256(content).hexdigest() == model.sha256


def are_installed() -> bool:
    """Tell whether both files are there and whole."""
    try:
        return all(
            is_intact(model, (models_directory() / model.name).read_bytes())
            for model in MODEL_FILES
        )
    except OSError:
        return False


def read_model(model: ModelFile) -> bytes:
    """Return the content of an installed file.

    Raises:
        InputError: if it is not installed, or damaged; says how to install it.
    """
    path = models_directory() / model.name
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise InputError(
            f"{path}: the networks that find landmarks are not installed; run once: "
            f"{INSTALL_COMMAND} (or name a landmark file for every recording)"
        ) from error
    except OSError as error:
        raise InputError(
            f"{path}: cannot be read ({error.strerror or error}); delete it and run: "
            f"{INSTALL_COMMAND}"
        ) from error
    if not is_intact(model, content):
        raise InputError(f"{path}: the file is damaged; run again: {INSTALL_COMMAND}")
    return content
