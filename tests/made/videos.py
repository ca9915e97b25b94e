"""Small videos, landmark files and folder data sets that tests write for themselves."""

import csv
from fractions import Fraction
from typing import cast

import av
import numpy as np
from av.video.stream import VideoStream

from au_jax.faces.mean_shape import MEAN_SHAPE

RATE = 25


def pictures(count, height=48, width=64):
    """Grey pictures, uint8 `[count, height, width, 3]`, whose brightness tells their place."""
    levels = (10 + 5 * np.arange(count)) % 250
    return np.broadcast_to(levels[:, None, None, None], (count, height, width, 3)).astype(np.uint8)


def place_of(image):
    """The place, from 1, of one of the first 48 `pictures` in a decoded copy."""
    return round((float(image.mean()) - 10) / 5) + 1


def write_video(path, images, *, codec="mpeg4", rate=RATE, times=None, options=None):
    """Write images uint8 `[frame, height, width, 3]`; `times` are in units of 1/1000 s."""
    formats = {"ffv1": "gray", "png": "rgba", "mpeg4": "yuv420p", "libx264": "yuv420p"}
    with av.open(str(path), "w") as container:
        stream = cast(VideoStream, container.add_stream(codec, rate=rate, options=options or {}))
        stream.width, stream.height = images.shape[2], images.shape[1]
        stream.pix_fmt = formats[codec]
        if codec == "mpeg4":
            stream.bit_rate = 4_000_000
        if times is not None:
            stream.codec_context.time_base = Fraction(1, 1000)
        for index, image in enumerate(images):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(image), format="rgb24")
            if times is not None:
                frame.pts = int(times[index])
                frame.time_base = stream.codec_context.time_base
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def packets_of(path):
    """(place in the file, size) of every packet of a video, in the order of decoding."""
    with av.open(str(path)) as container:
        return [(p.pos, p.size) for p in container.demux(video=0) if p.size]


def destroy_packets(path, numbers):
    """Overwrite packets (counted from 0 in the order of decoding) with bytes that do not decode."""
    packets = packets_of(path)
    data = bytearray(path.read_bytes())
    for number in numbers:
        place, size = packets[number]
        data[place : place + size] = b"\xff" * size
    path.write_bytes(data)


def landmark_header():
    return [
        "frame",
        "confidence",
        "success",
        *(f"x_{i}" for i in range(68)),
        *(f"y_{i}" for i in range(68)),
    ]


def write_landmarks(path, points, success=None, frames=None):
    """Write an OpenFace-shaped file of points `[frame, 68, 2]`."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(landmark_header())
        for row, one in enumerate(points):
            good = 1 if success is None else int(success[row])
            cells = [f"{v:.3f}" for v in one.T.ravel()] if good else [""] * 136
            writer.writerow([row + 1 if frames is None else frames[row], 0.9, good, *cells])
    return path


def face_points(count, height=48, width=64):
    """Landmarks of a face that fills a picture, float64 `[count, 68, 2]`, moving a little."""
    scale = min(height, width) / 200
    still = MEAN_SHAPE * scale + [(width - 200 * scale) / 2, (height - 200 * scale) / 2]
    return still + 0.1 * np.sin(np.arange(count))[:, None, None]


def similarity(scale, angle, x, y):
    """A transform `[2, 3]` that turns by an angle in radians and then shifts."""
    c, s = scale * np.cos(angle), scale * np.sin(angle)
    return np.array([[c, -s, x], [s, c, y]])


def apply(transform, points):
    """Points `[point, 2]` taken by a transform `[2, 3]`."""
    return points @ transform[:, :2].T + transform[:, 2]


def write_folder(root, recordings=2, frames=20, aus=(1, 12)):
    """Write a folder data set with one recording for each of some subjects."""
    for name in ("videos", "labels", "landmarks"):
        (root / name).mkdir(parents=True)
    rows = ["recording,subject,session,video,labels,landmarks"]
    rng = np.random.default_rng(0)
    for number in range(recordings):
        name = f"r{number}"
        write_video(root / f"videos/{name}.mp4", pictures(frames))
        write_landmarks(root / f"landmarks/{name}.csv", face_points(frames))
        lines = ["frame," + ",".join(f"AU{au:02d}" for au in aus)]
        for frame in range(1, frames + 1):
            lines.append(f"{frame}," + ",".join(str(c) for c in rng.integers(0, 2, len(aus))))
        (root / f"labels/{name}.csv").write_text("\n".join(lines) + "\n")
        rows.append(f"{name},p{number},1,videos/{name}.mp4,labels/{name}.csv,landmarks/{name}.csv")
    (root / "recordings.csv").write_text("\n".join(rows) + "\n")
    return root
