"""Local copies of files in a bucket, for libraries that read local files only.

A copy is named after the digest of its content, so it is taken again for any data set with the
same faces and never for other ones. Copies lie in the user's cache (`$XDG_CACHE_HOME/au_jax/faces`,
by default in `~/.cache`) until the user removes them.
"""

import concurrent.futures
import os
import pathlib
import threading
from collections.abc import Sequence
from typing import Any

from etils import epath

from au_jax.system import atomic_files

_AT_ONCE = 8
"""Files fetched at the same time: one stream does not fill the line to a bucket."""


def is_remote(path: epath.PathLike) -> bool:
    """Tell whether a path leads to a bucket, such as `gs://…`."""
    return "://" in os.fspath(path)


class LocalCopies:
    """Local copies of some files, fetched when they are needed; for any number of threads.

    Args:
        paths: the files.
        digests: a digest of the content of each.
    """

    def __init__(self, paths: Sequence[str], digests: Sequence[str]) -> None:
        if len(digests) != len(paths):
            raise ValueError(f"{len(paths)} files in a bucket, but {len(digests)} digests")
        self._paths, self._digests = tuple(paths), tuple(digests)
        self._lock = threading.Lock()

    def path(self, number: int) -> str:
        """Return the local path of a file; fetch it if it is not there yet."""
        self.fetch([number])
        return str(_cache_folder() / f"{self._digests[number]}.array_record")

    def fetch(self, numbers: Sequence[int]) -> None:
        """Fetch those of some files that are not here yet, several at a time.

        Raises:
            OSError: if a file cannot be read, or the disk is full.
        """
        folder = _cache_folder()
        with self._lock:
            missing = [
                (epath.Path(self._paths[number]), folder / f"{self._digests[number]}.array_record")
                for number in numbers
                if not (folder / f"{self._digests[number]}.array_record").exists()
            ]
            if missing:
                with concurrent.futures.ThreadPoolExecutor(_AT_ONCE) as pool:
                    list(pool.map(_fetch, *zip(*missing, strict=True)))

    def __getstate__(self) -> dict[str, Any]:
        """Return what another process needs."""
        return {key: value for key, value in self.__dict__.items() if key != "_lock"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._lock = threading.Lock()


def _fetch(remote: epath.Path, local: pathlib.Path) -> None:
    with atomic_files.replacing(local) as temporary:
        remote.copy(temporary)


def _cache_folder() -> pathlib.Path:
    base = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    return pathlib.Path(base) / "au_jax" / "faces"
