"""How fast videos become a prepared data set, and which stage takes how much of it.

    python -m tests.benchmarks.preparation_speed [--video=FILE] [--frames=500] [--face_size=200]
        [--recordings=4]

Without --video a face (scikit-image's astronaut) moves through 640×360 pixels in an H.264 file.
The stages are timed one after the other on the same frames, in processor time of the one process,
so that other programs on the machine count little. Whole preparations of a folder follow,
with one process and with two, in time of the clock.
"""

import argparse
import pathlib
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence

import av
import numpy as np
from etils import epath
from PIL import Image
from skimage import data

from au_jax.datasets.prepared.face_files import writing_faces
from au_jax.datasets.preparing.preparation import Execution
from au_jax.datasets.raw.folder import read_folder
from au_jax.datasets.raw.raw_dataset import ReaderOptions, prepare_raw
from au_jax.faces.alignment import BLOCK_FRAMES, align_video
from au_jax.faces.face_tracker import FaceTracker
from au_jax.faces.landmarks import LandmarkTrack
from au_jax.faces.video import Video, VideoFrame

WIDTH, HEIGHT = 640, 360
RUNS = 3


def moving_astronaut(frames: int) -> Iterator[np.ndarray]:
    """Yield pictures of a face that moves and nods as people do, with some noise."""
    rng = np.random.default_rng(0)
    picture = Image.fromarray(data.astronaut())
    for number in range(frames):
        angle, scale = 0.1 * np.sin(number / 9), 1.5 + 0.1 * np.sin(number / 23)
        cos, sin = np.cos(angle) / scale, np.sin(angle) / scale
        x, y = 320 + 20 * np.sin(number / 15), 190 + 8 * np.sin(number / 7)
        place = (cos, sin, 224 - cos * x - sin * y, -sin, cos, 126 + sin * x - cos * y)
        image = picture.transform(
            (WIDTH, HEIGHT), Image.Transform.AFFINE, place, Image.Resampling.BICUBIC
        )
        noise = rng.normal(0, 2, (HEIGHT, WIDTH, 1))
        yield np.clip(np.asarray(image) + noise, 0, 255).astype(np.uint8)


def write_video(path: pathlib.Path, frames: int) -> None:
    """Write the moving face as H.264."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=30)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for image in moving_astronaut(frames):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        container.mux(stream.encode())


def _decoded(path: pathlib.Path, at_most: int) -> list[VideoFrame]:
    with Video(path) as video:
        return [frame for frame, _ in zip(video, range(at_most), strict=False)]


def _tracked(frames: Sequence[VideoFrame]) -> LandmarkTrack:
    tracker = FaceTracker()
    found = [
        tracker(frames[start : start + BLOCK_FRAMES])
        for start in range(0, len(frames), BLOCK_FRAMES)
    ]
    points, confidence = (np.concatenate(parts) for parts in zip(*found, strict=True))
    numbers = np.array([frame.number for frame in frames])
    return LandmarkTrack(numbers, points, confidence > 0, confidence)


def _write(path: epath.Path, blocks: Sequence[np.ndarray]) -> None:
    with writing_faces(path, path.parent) as write:
        for faces in blocks:
            for face in faces:
                write(face.tobytes())


def measure_stages(video: pathlib.Path, at_most: int, face_size: int) -> None:
    """Print the processor time of each stage per frame, its share, and the sum."""
    frames = _decoded(video, at_most)
    track = _tracked(frames)
    blocks = [block.faces for block in align_video(frames, track, face_size)]  # compiles
    with tempfile.TemporaryDirectory() as folder:
        stages = {
            "decode": lambda: _decoded(video, at_most),
            "landmarks": lambda: _tracked(frames),
            "align": lambda: list(align_video(frames, track, face_size)),
            "write": lambda: _write(epath.Path(folder) / "faces.array_record", blocks),
        }
        times = {}
        for name, work in stages.items():
            runs = []
            for _ in range(RUNS):
                start = time.process_time()
                work()
                runs.append(time.process_time() - start)
            times[name] = min(runs) / len(frames) * 1e3
    total = sum(times.values())
    height, width = frames[0].image.shape[:2]
    print(f"{len(frames)} frames of {width}×{height}, face in {track.success.mean():.1%}")
    for name, milliseconds in times.items():
        print(
            f"{name:<10} {milliseconds:6.2f} ms of one core per frame {milliseconds / total:6.1%}"
        )
    print(f"{'together':<10} {total:6.2f} ms, {1000 / total:.0f} frames/s on each core")


def measure_whole(video: pathlib.Path, face_size: int, recordings: int) -> None:
    """Print frames per second of preparing a folder with copies of the video."""
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder) / "source"
        source.mkdir()
        lines = ["recording,subject,video,labels"]
        for name in (f"r{number}" for number in range(recordings)):
            shutil.copy(video, source / f"{name}{video.suffix}")
            lines.append(f"{name},{name},{name}{video.suffix},")
        (source / "recordings.csv").write_text("\n".join(lines))
        for workers in (1, 2):
            start = time.perf_counter()
            raw = read_folder(source, ReaderOptions(face_size=face_size))
            directory = pathlib.Path(folder) / f"out{workers}"
            dataset = prepare_raw(raw, directory, "x", Execution(workers=workers))
            speed = len(dataset.frames) / (time.perf_counter() - start)
            print(f"{recordings} recordings, {workers} process(es): {speed:.0f} frames/s")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--video", type=pathlib.Path)
    parser.add_argument("--frames", type=int, default=500)
    parser.add_argument("--face_size", type=int, default=200)
    parser.add_argument("--recordings", type=int, default=4)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        chosen = options.video or pathlib.Path(made) / "made.mp4"
        if not options.video:
            write_video(chosen, options.frames)
        measure_stages(chosen, options.frames, options.face_size)
        measure_whole(chosen, options.face_size, options.recordings)
