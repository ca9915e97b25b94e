"""Which videos are meant by files, folders and patterns on a command line."""

import glob
from collections.abc import Sequence

from etils import epath

from au_jax.datasets.raw.source_tree import VIDEO_SUFFIXES
from au_jax.errors import InputError
from au_jax.faces.picture_decoding import is_picture


def find_videos(given: Sequence[str]) -> list[epath.Path]:
    """Return the videos, each once, in the order given; those of a folder by name.

    Args:
        given: video files, folders of videos, folders of pictures, or patterns such as `*.mp4`.

    Raises:
        InputError: if nothing is given, or something is not there or holds no video.
    """
    if not given:
        raise InputError("no video is named; give --video=clip.mp4, a folder or a pattern")
    found: dict[epath.Path, None] = {}
    for text in given:
        for path in _paths(text):
            found.update(dict.fromkeys(_videos_at(path)))
    return list(found)


def _paths(text: str) -> list[epath.Path]:
    path = epath.Path(text)
    if path.exists():
        return [path]
    matching = [epath.Path(name) for name in sorted(glob.glob(text, recursive=True))]  # noqa: PTH207 (absolute ones)
    if not matching:
        raise InputError(f"there is no {text}; check the path, which is taken from this folder")
    return matching


def _videos_at(path: epath.Path) -> list[epath.Path]:
    if not path.is_dir():
        return [path]
    files = sorted(file for file in path.iterdir() if not file.name.startswith("."))
    videos = [file for file in files if file.name.lower().endswith(VIDEO_SUFFIXES)]
    if videos:
        return videos
    if any(is_picture(file.name) for file in files):
        return [path]
    raise InputError(
        f"{path}: there are neither videos ({', '.join(VIDEO_SUFFIXES)}) nor pictures in this "
        "folder; name the files themselves if they end otherwise"
    )
