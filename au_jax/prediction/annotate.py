"""A copy of a video in which one sees what was found: boxes, landmarks and bars of probability."""

import dataclasses

from etils import epath

from au_jax.datasets.raw.pictures import Pictures
from au_jax.prediction.drawing import FrameDrawing
from au_jax.prediction.person_curves import person_curves
from au_jax.prediction.prediction import Prediction
from au_jax.prediction.scored_frames import ScoredFrames
from au_jax.prediction.video_writer import VideoWriter
from au_jax.system import atomic_files
from au_jax.system.progress import progress_bar


def write_annotated_video(
    file: epath.Path, found: Prediction, frames: ScoredFrames, pictures: Pictures
) -> None:
    """Write a video with all that was found drawn over its pictures, without sound.

    Frames keep their size and their times. The video is read once more; one frame is in memory.

    Args:
        file: the MP4 file, on a local disk.
        found: the prediction of the video.
        frames: all its frames.
        pictures: the video.

    Raises:
        InputError: if the video cannot be read, or PyAV has no encoder that browsers can play.
    """
    people = person_curves(found, frames)
    place = {number: index for index, number in enumerate(frames.number.tolist())}
    thresholds = found.about.get("thresholds", {})
    # Mostly one; pictures in a folder may differ in size.
    drawings: dict[tuple[int, ...], FrameDrawing] = {}
    with (
        atomic_files.replacing(file) as temporary,
        pictures.open() as opened,
        VideoWriter(temporary, found.video.frames_per_second) as writer,
        progress_bar(len(frames), "drawing", unit="frames") as bar,
    ):
        for picture in opened:
            size = picture.image.shape[:2]
            if size not in drawings:
                drawings[size] = FrameDrawing(found.aus, people, thresholds, size)
            image = drawings[size](picture.image, place.get(picture.number))
            writer.add(dataclasses.replace(picture, image=image))
            bar.update()
