"""Files that are either there in full or not there at all.

Every file of a run or of a prepared data set is written under a temporary name beside its final
one and then renamed, so that a killed process never leaves half a file under a real name.
"""

import contextlib
import io
import json
import os
import uuid
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from etils import epath


@contextlib.contextmanager
def replacing(
    path: epath.PathLike, temporary_folder: epath.PathLike | None = None
) -> Iterator[epath.Path]:
    """Yield a temporary path beside `path`; on success rename it to `path`.

    If the body raises, the temporary file is removed and an older file at `path` stays as it was.

    Args:
        path: the file that is there in the end.
        temporary_folder: where the temporary file lies, on the same file system.
    """
    final = epath.Path(path)
    folder = final.parent if temporary_folder is None else epath.Path(temporary_folder)
    folder.mkdir(parents=True, exist_ok=True)
    temporary = folder / f".{final.name}.{uuid.uuid4().hex[:8]}.tmp"
    try:
        yield temporary
        temporary.replace(final)
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


@contextlib.contextmanager
def replacing_folder(path: epath.PathLike) -> Iterator[epath.Path]:
    """Yield a temporary folder beside `path`; on success it takes the place of `path`.

    If the body raises, an older folder at `path` stays as it was. What a killed process left is
    removed by the next that succeeds.
    """
    final = epath.Path(path)
    mark = uuid.uuid4().hex[:8]
    temporary, older = (final.parent / f".{final.name}.{mark}.{end}" for end in ("tmp", "old"))
    temporary.mkdir(parents=True)
    try:
        yield temporary
        # A folder that is not empty cannot be replaced in one step; this takes two.
        if final.exists():
            final.rename(older)
        temporary.rename(final)
        for end in ("tmp", "old"):
            for left in final.parent.glob(f".{final.name}.*.{end}"):
                left.rmtree()
    finally:
        if temporary.exists():
            temporary.rmtree()


def remove_leftovers(path: epath.PathLike) -> None:
    """Remove what killed processes left of their attempts to write `path`.

    Only for files that no other process writes at the same time.
    """
    final = epath.Path(path)
    for temporary in final.parent.glob(f".{final.name}.*.tmp"):
        temporary.unlink(missing_ok=True)


def write_bytes(path: epath.PathLike, data: bytes) -> None:
    """Write `data` to `path`, in full or not at all."""
    with replacing(path) as temporary, temporary.open("wb") as file:
        file.write(data)
        file.flush()
        if isinstance(temporary, os.PathLike) and hasattr(file, "fileno"):
            # gs:// files have no descriptor to synchronise.
            with contextlib.suppress(OSError, io.UnsupportedOperation):
                os.fsync(file.fileno())


def write_text(path: epath.PathLike, text: str) -> None:
    """Write `text` as UTF-8 to `path`, in full or not at all."""
    write_bytes(path, text.encode("utf-8"))


def write_json(path: epath.PathLike, value: Any) -> None:  # noqa: ANN401 (any JSON value)
    """Write `value` as indented JSON; NaN is not allowed, use None."""
    write_text(path, json.dumps(value, indent=2, allow_nan=False, ensure_ascii=False) + "\n")


def write_arrays(path: epath.PathLike, arrays: Mapping[str, np.ndarray]) -> None:
    """Write arrays as an uncompressed `.npz`; object arrays are refused."""
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **arrays)
    write_bytes(path, buffer.getvalue())


def read_arrays(path: epath.PathLike) -> dict[str, np.ndarray]:
    """Read all arrays of an `.npz`; nothing is ever unpickled."""
    with epath.Path(path).open("rb") as file, np.load(file, allow_pickle=False) as archive:
        return {name: archive[name] for name in archive.files}


def write_array(path: epath.PathLike, array: np.ndarray) -> None:
    """Write one array as `.npy`."""
    with writing_rows(path, array.shape, array.dtype) as append:
        append(array)


def read_array(path: epath.PathLike) -> np.ndarray:
    """Return the array in a `.npy` file; a local one is mapped, not read."""
    file = epath.Path(path)
    if "://" not in str(file):
        return np.load(file, mmap_mode="r", allow_pickle=False)
    with file.open("rb") as opened:
        return np.load(opened, allow_pickle=False)


@contextlib.contextmanager
def writing_rows(
    path: epath.PathLike, shape: tuple[int, ...], dtype: npt.DTypeLike
) -> Iterator[Callable[[np.ndarray], None]]:
    """Yield a function that appends rows to the `.npy` file `path`, so the array need not fit.

    Rows are written, not mapped: a mapped file on a full disk kills the process without a word.

    Args:
        path: the file; it appears when the body is done and all rows are there.
        shape: shape of the whole array.
        dtype: its type, to which the rows are converted.

    Raises:
        ValueError: if another number of rows was appended than `shape` says.
    """
    written = 0
    header = {"descr": np.dtype(dtype).str, "fortran_order": False, "shape": shape}
    with replacing(path) as temporary, temporary.open("wb") as file:
        np.lib.format.write_array_header_1_0(file, header)

        def append(rows: np.ndarray) -> None:
            nonlocal written
            file.write(np.ascontiguousarray(rows, dtype).tobytes())
            written += len(rows)

        yield append
        if written != shape[0]:
            raise ValueError(f"{path} needs {shape[0]} rows, but {written} were appended")
