"""The prepared format: what lies in the folder of a prepared data set, and opening it.

    faces-<recording>.array_record   one raw uint8 face per record
    frames.npz                       the frames table and the transform of each face
    dataset.json                     name, AUs, settings, counts, digest, format version

`dataset.json` is written last: a folder without it is not finished. Until then `.preparation/`
holds the settings and the finished parts of the table (see `preparing.dataset_writer`).
"""

import hashlib
import json
import urllib.parse
from collections.abc import Mapping
from typing import Any

import numpy as np
from etils import epath

from au_jax.datasets.dataset import Dataset, FramesTable
from au_jax.datasets.prepared.face_files import RecordFaces, count_records
from au_jax.errors import InputError
from au_jax.system import atomic_files
from au_jax.system.local_copies import is_remote
from au_jax.system.progress import progress_bar

FORMAT = "au_jax prepared data set"
FORMAT_VERSION = 1
DATASET_FILE = "dataset.json"
FRAMES_FILE = "frames.npz"
PREPARATION_FOLDER = ".preparation"

TABLE_COLUMNS = ("subject", "recording", "frame", "time", "labels", "tracked")
"""Arrays of `frames.npz` that make up the frames table, with `landmarks` where they are known;
`transform` is kept beside them."""

_FACES_AT_ONCE = 256
_AGAIN = "delete the folder and prepare the data set again"
_UPDATE = "install the version that prepared it, or a newer one"


def shard_name(recording: str) -> str:
    """Return the name of the file with the faces of a recording."""
    return f"faces-{urllib.parse.quote(recording, safe='')}.array_record"


def is_shard(file_name: str) -> bool:
    """Tell whether a file of this name holds the faces of a recording."""
    return file_name.startswith("faces-") and file_name.endswith(".array_record")


def arrays_digest(arrays: Mapping[str, np.ndarray]) -> str:
    """Return the SHA-256 of names, types, shapes and values of some arrays."""
    digest = hashlib.sha256()
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        digest.update(f"{name} {array.dtype.str} {array.shape};".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()


def dataset_digest(about: Mapping[str, Any]) -> str:
    """Return the digest of a data set from the digests of its parts in `dataset.json`."""
    parts = [
        about["format_version"],
        about["aus"],
        about["face_shape"],
        about["frames_sha256"],
        [[shard["recording"], shard["faces_sha256"]] for shard in about["recordings"]],
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def is_finished(directory: epath.PathLike) -> bool:
    """Tell whether a folder holds a prepared data set."""
    return (epath.Path(directory) / DATASET_FILE).exists()


def read_about(directory: epath.PathLike) -> dict[str, Any]:
    """Return the content of `dataset.json`.

    Raises:
        InputError: if there is no prepared data set, or one that this version does not read.
    """
    directory = epath.Path(directory)
    path = directory / DATASET_FILE
    if not path.exists():
        if (directory / PREPARATION_FOLDER).exists():
            raise InputError(
                f"{directory}: the preparation of this data set was not finished; run the same "
                "command again, it goes on where it stopped"
            )
        raise InputError(f"{directory}: there is no prepared data set in this folder")
    try:
        about = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be read ({error}); {_AGAIN}") from error
    if not isinstance(about, dict) or about.get("format") != FORMAT:
        raise InputError(f"{path}: this is not the file of a prepared data set; {_AGAIN}")
    version = about.get("format_version")
    if version != FORMAT_VERSION:
        newer = isinstance(version, int) and version > FORMAT_VERSION
        raise InputError(
            f"{path}: format version {version}, but this version of au_jax reads version "
            f"{FORMAT_VERSION}; {_UPDATE if newer else _AGAIN}"
        )
    return about


def open_prepared(directory: epath.PathLike) -> Dataset:
    """Open a prepared data set.

    `dataset.json` and the frames table are checked against their digests, the files of faces for
    their number of records. A damaged face is found when it is read, or by `verify_faces`.

    Args:
        directory: its folder.

    Raises:
        InputError: if it is missing, unfinished, of another format version, or damaged.
    """
    directory = epath.Path(directory)
    about = read_about(directory)
    try:
        if dataset_digest(about) != about["digest"]:
            raise InputError(
                f"{directory / DATASET_FILE}: what it says differs from its digest, so it was "
                f"changed or damaged; {_AGAIN}"
            )
        frames = _read_frames(directory / FRAMES_FILE, about["frames_sha256"])
        return Dataset(
            name=about["name"],
            aus=tuple(about["aus"]),
            frames=frames,
            faces=_open_faces(directory, about),
            digest=about["digest"],
            preparation=about["settings"],
        )
    except InputError:
        raise
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(
            f"{directory / DATASET_FILE}: does not fit the frames table ({error}); {_AGAIN}"
        ) from error


def _read_frames(path: epath.Path, expected_digest: str) -> FramesTable:
    try:
        arrays = atomic_files.read_arrays(path)
    # zipfile and NumPy raise many kinds of errors on damaged files.
    except Exception as error:
        raise InputError(f"{path}: cannot be read ({error}); {_AGAIN}") from error
    if arrays_digest(arrays) != expected_digest:
        raise InputError(f"{path}: its digest differs from the one in {DATASET_FILE}; {_AGAIN}")
    return FramesTable(
        **{name: arrays[name] for name in TABLE_COLUMNS},
        subjects=tuple(arrays["subjects"].tolist()),
        recordings=tuple(arrays["recordings"].tolist()),
        landmarks=arrays.get("landmarks"),
    )


def _open_faces(directory: epath.Path, about: Mapping[str, Any]) -> RecordFaces:
    height, width, channels = about["face_shape"]
    shape = (height, width, channels)
    paths, counts = [], []
    for shard in about["recordings"]:
        path = directory / shard["file"]
        if not path.exists():
            raise InputError(f"{path}: the file is missing; copy it again, or {_AGAIN}")
        # Those of a bucket are counted when they are fetched.
        found = shard["frames"] if is_remote(path) else count_records(path, shape)
        if found != shard["frames"]:
            raise InputError(
                f"{path}: holds {found} faces instead of {shard['frames']}; it is cut off or "
                f"damaged. Copy it again, or {_AGAIN}"
            )
        paths.append(path.as_posix())
        counts.append(shard["frames"])
    digests = tuple(shard["faces_sha256"] for shard in about["recordings"])
    return RecordFaces(tuple(paths), tuple(counts), shape, digests)


def verify_faces(directory: epath.PathLike, dataset: Dataset) -> None:
    """Read every face of an open data set and compare with the digests of its recordings.

    Args:
        directory: the folder it was opened from.
        dataset: the data set.

    Raises:
        InputError: if a face is damaged, or not the one that was prepared.
    """
    shards = read_about(directory)["recordings"]
    first = 0
    with progress_bar(len(dataset.faces), "checking", unit="faces") as bar:
        for shard in shards:
            digest = hashlib.sha256()
            end = first + shard["frames"]
            for start in range(first, end, _FACES_AT_ONCE):
                faces = dataset.faces[np.arange(start, min(start + _FACES_AT_ONCE, end))]
                digest.update(faces.tobytes())
                bar.update(len(faces))
            if digest.hexdigest() != shard["faces_sha256"]:
                raise InputError(
                    f"{epath.Path(directory) / shard['file']}: its faces are not those that were "
                    f"prepared; copy it again, or {_AGAIN}"
                )
            first = end
