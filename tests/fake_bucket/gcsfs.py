"""Stands for the package `gcsfs`: `gs://` paths lead to a folder that behaves like a bucket.

As in a bucket, folders are only parts of names: they need not be made, and an empty one is not
there. A file appears when it is closed. It is found as `gcsfs` by any process that has its folder
on the path, as `FAKE_BUCKET` says where the files are.
"""

import os
import pathlib
import shutil
import uuid

from fsspec import AbstractFileSystem


class GCSFileSystem(AbstractFileSystem):
    protocol = ("gs", "gcs")
    cachable = False

    def _place(self, path):
        return pathlib.Path(os.environ["FAKE_BUCKET"]) / str(self._strip_protocol(path))

    def _name(self, place):
        return place.relative_to(os.environ["FAKE_BUCKET"]).as_posix()

    def _files(self, place):
        return [file for file in place.rglob("*") if file.is_file() and ".writing" not in file.name]

    def info(self, path, **kwargs):
        place = self._place(path)
        if place.is_file():
            return {"name": self._name(place), "size": place.stat().st_size, "type": "file"}
        if place.is_dir() and self._files(place):
            return {"name": self._name(place), "size": 0, "type": "directory"}
        raise FileNotFoundError(path)

    def ls(self, path, detail=True, **kwargs):
        place = self._place(path)
        if self.info(path)["type"] == "file":
            found = [place]
        else:
            found = sorted(
                {place / file.relative_to(place).parts[0] for file in self._files(place)}
            )
        return [self.info(self._name(one)) if detail else self._name(one) for one in found]

    def _open(self, path, mode="rb", **kwargs):  # pyright: ignore[reportIncompatibleMethodOverride]
        place = self._place(path)
        if mode == "rb":
            self.info(path)
            return place.open(mode)
        return _Upload(place, mode)

    def cp_file(self, path1, path2, **kwargs):
        self._place(path2).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(self._place(path1), self._place(path2))

    def _rm(self, path):
        self._place(path).unlink()

    def rmdir(self, path):
        if not self._place(path).is_file():
            raise FileNotFoundError(path)

    def rm(self, path, recursive=False, maxdepth=None):
        place = self._place(path)
        if self.info(path)["type"] == "file":
            place.unlink()
        elif recursive:
            shutil.rmtree(place)
        else:
            raise IsADirectoryError(path)

    def mkdir(self, path, create_parents=True, **kwargs):
        pass

    def makedirs(self, path, exist_ok=False):
        pass


class _Upload:
    """A file that is under its name only after it is closed."""

    def __init__(self, place, mode):
        place.parent.mkdir(parents=True, exist_ok=True)
        self._place = place
        self._writing = place.parent / f"{uuid.uuid4().hex}.writing"
        self._file = self._writing.open(mode)

    def write(self, data):
        return self._file.write(data)

    def flush(self):
        self._file.flush()

    def close(self):
        if not self._file.closed:
            self._file.close()
            self._writing.replace(self._place)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()
