"""Opening what a recording's pictures come from: a video file or a folder of pictures."""

from etils import epath

from au_jax.errors import InputError
from au_jax.faces.image_folder import ImageFolder, picture_files
from au_jax.faces.video import Video, VideoSummary


def open_video(path: epath.PathLike) -> Video | ImageFolder:
    """Open a video file, or a folder of pictures.

    Raises:
        InputError: as `Video` and `ImageFolder`.
    """
    path = epath.Path(path)
    return ImageFolder(path) if path.is_dir() else Video(path)


def summarise_video(path: epath.PathLike) -> VideoSummary:
    """Return the number of frames and the frame rate of a video without decoding it.

    Raises:
        InputError: as `open_video`, or if the file holds no frame.
    """
    with open_video(path) as video:
        summary = video.summarise()
    if summary.frames == 0:
        raise InputError(f"{path}: the video holds no frames; take it out of the data set")
    return summary


def video_bytes(path: epath.PathLike) -> int:
    """Return the size of a video file, or of all pictures in a folder."""
    path = epath.Path(path)
    files = picture_files(path) if path.is_dir() else [path]
    return sum(int(file.stat().length) for file in files)
