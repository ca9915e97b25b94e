"""Frames per second of `au_jax.predict`, the share of each stage, and memory over a long video.

    python tests/benchmarks/prediction_speed.py --model=runs/synthetic_3fold/detector
    python tests/benchmarks/prediction_speed.py --model=DIR --video=clip.mp4 --minutes=60

Without a video it makes one of 640×360, in which a face moves. Each stage is measured alone on the
first frames of the video; then all of it, repeated until it lasts `--minutes`, with the memory of
the process after every minute of video.
"""

import argparse
import itertools
import pathlib
import resource
import tempfile
import time
from collections.abc import Iterator

import numpy as np

import au_jax
from au_jax.detector.scoring import RecordingScorer
from au_jax.faces.alignment import align_video
from au_jax.faces.face_tracker import FaceTracker
from au_jax.faces.video import Video, VideoFrame
from au_jax.prediction.video_scorer import FRAMES_AT_ONCE, VideoScorer
from au_jax.system.memory import give_large_arrays_back
from tests.made.portraits import camera, photograph
from tests.made.videos import write_video

_FRAMES = 320


def _made_video(folder: pathlib.Path) -> pathlib.Path:
    angles = np.linspace(0, 2 * np.pi, 50, endpoint=False)
    images = [photograph(camera(1.0, 5 * np.sin(a), x=320 + 40 * np.cos(a))) for a in angles]
    repeated = np.stack(images * 7)[:_FRAMES]
    return write_video(folder / "moving.mp4", repeated, codec="libx264")


def _repeated(video: pathlib.Path, frames: int) -> Iterator[VideoFrame]:
    """Yield so many frames, the video over and over, with numbers and times that go on."""
    number = 0
    while number < frames:
        with Video(video) as opened:
            for frame in itertools.islice(opened, frames - number):
                number += 1
                yield VideoFrame(number, number / opened.frames_per_second, frame.image)


def _seconds(label: str, frames: int, work: Iterator) -> float:
    started = time.perf_counter()
    for _ in work:
        pass
    seconds = time.perf_counter() - started
    print(f"{label}: {1000 * seconds / frames:.2f} ms a frame", flush=True)
    return seconds


def _resident() -> float:
    """Return the memory of this process in megabytes."""
    pages = int(pathlib.Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def _stages(video: pathlib.Path, detector: au_jax.Detector) -> None:
    size = detector.face_shape[0]
    _seconds("decoding", _FRAMES, _repeated(video, _FRAMES))
    blocks = list(align_video(_repeated(video, FRAMES_AT_ONCE), FaceTracker(), size))
    started = time.perf_counter()
    tracker = FaceTracker()
    for frame in _repeated(video, _FRAMES):
        tracker([frame])
    print(f"with landmarks: {1000 * (time.perf_counter() - started) / _FRAMES:.2f} ms a frame")
    aligned = align_video(_repeated(video, _FRAMES), FaceTracker(), size)
    _seconds("with aligned faces", _FRAMES, aligned)
    faces = np.concatenate([block.faces for block in blocks])[:FRAMES_AT_ONCE]
    scorer = RecordingScorer(detector, FRAMES_AT_ONCE)
    scorer(faces)
    rounds = _FRAMES // FRAMES_AT_ONCE
    _seconds("scores alone", rounds * len(faces), (scorer(faces) for _ in range(rounds)))


def main() -> None:
    """Print a line for each stage and for each minute of video."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", required=True)
    parser.add_argument("--video")
    parser.add_argument("--minutes", type=float, default=1.0)
    given = parser.parse_args()
    give_large_arrays_back()  # as the command does
    begun = time.perf_counter()
    detector = au_jax.Detector.load(given.model)
    with tempfile.TemporaryDirectory() as folder:
        video = pathlib.Path(given.video) if given.video else _made_video(pathlib.Path(folder))
        with Video(video) as opened:
            a_minute = round(60 * opened.frames_per_second)
        begun = time.perf_counter() if not given.video else begun
        frames = round(given.minutes * a_minute)
        scorer = VideoScorer(detector)
        done, started, minute = 0, 0.0, 1
        for scored, _ in scorer(_repeated(video, frames)):
            if not done:
                print(f"first rows after {time.perf_counter() - begun:.1f} s")
                started = time.perf_counter()
            done += len(scored)
            if done >= minute * a_minute:
                print(f"minute {minute}: {_resident():.0f} MB", flush=True)
                minute += 1
        rate = (done - FRAMES_AT_ONCE) / (time.perf_counter() - started)
        print(f"all of it, overlapped: {rate:.0f} frames/s over {done} frames")
        _stages(video, detector)


if __name__ == "__main__":
    main()
