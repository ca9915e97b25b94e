"""The folders and files of a data set as it is distributed, listed once."""

import dataclasses
from collections.abc import Collection, Iterable, Iterator

from etils import epath

from au_jax.errors import InputError
from au_jax.faces.picture_decoding import SUFFIXES, is_picture

VIDEO_SUFFIXES = (
    *(".3gp", ".avi", ".flv", ".m2ts", ".m4v", ".mkv", ".mov"),
    *(".mp4", ".mpeg", ".mpg", ".mts", ".webm", ".wmv"),
)

_MAX_DEPTH = 6
# Names that are never folders, so that nobody has to ask the file system.
_FILE_SUFFIXES = (
    *SUFFIXES,
    *VIDEO_SUFFIXES,
    *(".csv", ".txt", ".zip", ".mat", ".obj", ".mtl", ".bnd", ".pts", ".pdf"),
)


@dataclasses.dataclass(frozen=True)
class SourceFolder:
    """A folder of the source.

    Attributes:
        path: the folder.
        parts: names of the folders that lead to it from the source.
        files: names of its files, sorted.
    """

    path: epath.Path
    parts: tuple[str, ...]
    files: tuple[str, ...]

    def images(self) -> list[str]:
        """Return the names of its picture files."""
        return [name for name in self.files if is_picture(name)]


def list_source(source: epath.PathLike) -> list[SourceFolder]:
    """Return the source and all folders below it, to a depth of six; hidden ones are left out.

    Raises:
        InputError: if there is no such folder.
    """
    source = epath.Path(source)
    if not source.is_dir():
        raise InputError(f"{source}: there is no such folder; check --source")
    return list(_walk(source, ()))


def is_video(name: str) -> bool:
    """Tell by its suffix whether a file is a video."""
    return name.lower().endswith(VIDEO_SUFFIXES)


def nothing_found(
    source: epath.PathLike, folders: Iterable[SourceFolder], wanted: str, expected: str
) -> InputError:
    """Return the error for a source in which files of a kind were not found.

    Args:
        source: the folder given.
        folders: what is in it.
        wanted: what was looked for.
        expected: the layout that is expected.
    """
    seen = ["/".join((*folder.parts, name)) for folder in folders for name in (*folder.files[:2],)]
    shown = f"for example {', '.join(seen[:4])}" if seen else "no file"
    return InputError(
        f"{source}: no {wanted} found; there is {shown}. Expected is {expected}. Give the folder "
        "as it is distributed with --source, or use --dataset=folder"
    )


def only(found: Collection[epath.Path], what: str) -> epath.Path:
    """Return the only path.

    Args:
        found: where it was found.
        what: what was found, in the plural.

    Raises:
        InputError: if there are several.
    """
    if len(found) > 1:
        places = " and ".join(map(str, sorted(found)))
        raise InputError(
            f"{what} are in more than one place: {places}; move all but one out of the folder"
        )
    (path,) = found
    return path


def _walk(folder: epath.Path, parts: tuple[str, ...]) -> Iterator[SourceFolder]:
    files, below = [], []
    for path in folder.iterdir():
        name = path.name
        if name.startswith(".") or name == "__MACOSX":
            continue
        if name.lower().endswith(_FILE_SUFFIXES) or not path.is_dir():
            files.append(name)
        else:
            below.append(path)
    yield SourceFolder(folder, parts, tuple(sorted(files)))
    if len(parts) < _MAX_DEPTH:
        for path in sorted(below, key=lambda path: path.name):
            yield from _walk(path, (*parts, path.name))
