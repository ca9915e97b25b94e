"""Faces in ArrayRecord files, one file per recording: random access, and writing one.

Reading is on the path of training: a batch takes faces from all over the data set. Files are
written with `group_size:1,uncompressed`, so that one read fetches one face
(https://github.com/google/array_record). The library reads and writes local files only: those of
a bucket are written beside and copied, and read from a local copy (see `local_copies`).
"""

import collections
import contextlib
import dataclasses
import errno
import math
import os
import tempfile
import threading
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from etils import epath

from au_jax.errors import InputError
from au_jax.system import atomic_files
from au_jax.system.local_copies import LocalCopies, is_remote

WRITER_OPTIONS = "group_size:1,uncompressed"


class RecordFaces:
    """The faces of a prepared data set; an implementation of `dataset.Faces`.

    Any number of threads may read from it, and it can be sent to another process, where the files
    are opened anew.

    Args:
        paths: the files; their records, one after the other, are the faces.
        counts: number of faces in each.
        face_shape: height, width and channels of a face.
        digests: SHA-256 of the faces in each; needed for files in a bucket only.
    """

    def __init__(
        self,
        paths: tuple[str, ...],
        counts: tuple[int, ...],
        face_shape: tuple[int, int, int],
        digests: tuple[str, ...] = (),
    ) -> None:
        self.paths = paths
        self.counts = counts
        self._copies = LocalCopies(paths, digests) if any(map(is_remote, paths)) else None
        self.face_shape = face_shape
        self._ends = np.cumsum(counts, dtype=np.int64)
        self._face_bytes = math.prod(face_shape)
        self._max_open = _files_to_keep_open()
        self._start_reading()

    def __len__(self) -> int:
        return int(self._ends[-1]) if len(self._ends) else 0

    def __getitem__(self, indices: np.ndarray) -> np.ndarray:
        """Return uint8 `[index, height, width, channel]` for integer indices `[index]`.

        Raises:
            IndexError: if an index is negative or too large.
            InputError: if a file is missing or damaged.
        """
        wanted = np.asarray(indices, np.int64)
        if len(wanted) and not 0 <= wanted.min() <= wanted.max() < len(self):
            raise IndexError(f"indices from {wanted.min()} to {wanted.max()} of {len(self)} faces")
        faces = np.empty((len(wanted), *self.face_shape), np.uint8)
        flat = faces.reshape(len(wanted), self._face_bytes)
        file = np.searchsorted(self._ends, wanted, side="right")
        position = wanted - (self._ends - self.counts)[file]
        # Neighbours in a file one after the other: one look-up per file, and kinder to disks.
        order = np.lexsort((position, file))
        if self._copies:
            self._copies.fetch(np.unique(file).tolist())
        last, opened = -1, None
        for row, number, place in zip(
            order.tolist(), file[order].tolist(), position[order].tolist(), strict=True
        ):
            if opened is None or number != last:
                last, opened = number, self._open(number)
            flat[row] = self._read(opened, number, place)
        return faces

    def __getstate__(self) -> dict[str, Any]:
        """Return what another process needs; open files stay behind."""
        return {key: value for key, value in self.__dict__.items() if key not in _OPEN}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._start_reading()

    def _start_reading(self) -> None:
        self._files: collections.OrderedDict[int, _OpenFile] = collections.OrderedDict()
        self._lock = threading.Lock()

    def _open(self, number: int) -> "_OpenFile":
        with self._lock:
            opened = self._files.get(number)
            if opened is None:
                reader = open_reader(self._local_path(number), self.face_shape)
                opened = self._files[number] = _OpenFile(reader, threading.Lock())
                if len(self._files) > self._max_open:
                    # A thread may still be reading from it; it closes when that lets go.
                    self._files.popitem(last=False)
            else:
                self._files.move_to_end(number)
            return opened

    def _local_path(self, number: int) -> str:
        if self._copies is None:
            return self.paths[number]
        path = self._copies.path(number)
        found = count_records(path, self.face_shape)
        if found != self.counts[number]:
            raise InputError(
                f"{self.paths[number]}: holds {found} faces instead of {self.counts[number]}; it "
                f"is damaged. Copy it again, delete {path}, or prepare the data set again"
            )
        return path

    def _read(self, opened: "_OpenFile", number: int, place: int) -> np.ndarray:
        try:
            # One at a time: lists of places start threads that cost more than they bring.
            with opened.lock:
                opened.reader.seek(place)
                record = opened.reader.read()
            face = np.frombuffer(record, np.uint8)
        except (RuntimeError, IndexError) as error:
            raise InputError(
                f"{self.paths[number]}: face {place} cannot be read ({error}); the file is damaged "
                "or gone. Copy it again, or delete the folder and prepare the data set again"
            ) from error
        if face.size != self._face_bytes:
            raise InputError(
                f"{self.paths[number]}: face {place} has {face.size} bytes instead of "
                f"{'×'.join(map(str, self.face_shape))}; prepare the data set again"
            )
        return face


@dataclasses.dataclass(frozen=True)
class _OpenFile:
    """A reader of the library, and what a thread holds between its seek and its read."""

    reader: Any
    lock: threading.Lock


_OPEN = ("_files", "_lock")


def open_reader(path: str, face_shape: tuple[int, int, int]) -> Any:  # noqa: ANN401
    """Open one file of faces for random access; a file that cannot be read has no records."""
    size = math.prod(face_shape)
    return _library().ArrayRecordReader(
        path,
        options="readahead_buffer_size:0,max_parallelism:0",
        # A face and its header in one go; the default of a megabyte is read for every face.
        file_reader_buffer_size=max(4096, min(size + 1024, 1 << 20)),
    )


def _library() -> Any:  # noqa: ANN401 (a module)
    from array_record.python import array_record_module  # pyright: ignore (compiled, no types)

    return array_record_module


def count_records(path: epath.PathLike, face_shape: tuple[int, int, int]) -> int:
    """Return the number of faces in a file; 0 if it is no such file."""
    return open_reader(epath.Path(path).as_posix(), face_shape).num_records()


@contextlib.contextmanager
def writing_faces(
    path: epath.Path, temporary_folder: epath.Path
) -> Iterator[Callable[[bytes], None]]:
    """Yield a function that appends a face to a file, which appears at `path` when complete.

    Raises:
        OSError: if the file cannot be written, for example because the disk is full.
    """
    if is_remote(path):
        with tempfile.TemporaryDirectory() as folder:
            local = epath.Path(folder) / path.name
            with writing_faces(local, local.parent) as append_locally:
                yield append_locally
            with atomic_files.replacing(path, temporary_folder) as uploaded:
                local.copy(uploaded)
        return
    temporary = temporary_folder / f"{path.name}.{uuid.uuid4().hex[:8]}.tmp"
    with _errors_of_writing(path):
        writer = _library().ArrayRecordWriter(temporary.as_posix(), WRITER_OPTIONS)

    def append(face: bytes) -> None:
        with _errors_of_writing(path):
            writer.write(face)

    try:
        try:
            yield append
        except BaseException:
            with contextlib.suppress(RuntimeError):
                writer.close()
            raise
        with _errors_of_writing(path):
            writer.close()
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


@contextlib.contextmanager
def _errors_of_writing(path: epath.Path) -> Iterator[None]:
    """Turn the library's errors, which are words only, into errors of the operating system."""
    try:
        yield
    except RuntimeError as error:
        full = os.strerror(errno.ENOSPC) in str(error)
        number = errno.ENOSPC if full else errno.EIO
        raise OSError(number, str(error), path.as_posix()) from error


def _files_to_keep_open() -> int:
    """Return half of the files that this process may have open."""
    import resource

    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return 1024 if soft == resource.RLIM_INFINITY else max(8, soft // 2)
