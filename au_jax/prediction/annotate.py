"""A copy of a video in which one sees what was found: boxes, landmarks and bars of probability."""

from etils import epath

from au_jax.datasets.raw.pictures import Pictures
from au_jax.faces.video import VideoFrame
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
    drawing: FrameDrawing | None = None
    size: tuple[int, int] | None = None

    def drawn(picture: VideoFrame) -> VideoFrame:
        nonlocal drawing, size
        if drawing is None or size != picture.image.shape[:2]:
            size = picture.image.shape[:2]
            drawing = FrameDrawing(found.aus, people, thresholds, size)
        index = place.get(picture.number)
        return VideoFrame(picture.number, picture.time, drawing(picture.image, index))

    with (
        atomic_files.replacing(file) as temporary,
        pictures.open() as opened,
        VideoWriter(temporary, found.video.frames_per_second) as writer,
        progress_bar(len(frames), "drawing", unit="frames") as bar,
    ):
        for picture in opened:
            writer.add(drawn(picture))
            bar.update()
