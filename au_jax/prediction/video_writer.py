"""Writing pictures as a video that browsers play."""

import contextlib
import types
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np
from etils import epath
from PIL import Image

from au_jax.errors import InputError
from au_jax.faces.video import VideoFrame, import_av

_ENCODERS: Mapping[str, Mapping[str, str]] = {
    "libx264": {"crf": "20", "preset": "superfast"},
    "libopenh264": {},
    "libvpx-vp9": {"crf": "30", "b": "0", "deadline": "realtime", "cpu-used": "6"},
    "libsvtav1": {"crf": "32", "preset": "9"},
}
"""Encoders whose pictures browsers play in an MP4, best first, and their options."""

_TICKS = 90_000
"""Units of time in a second."""


class VideoWriter:
    """Writes frames into an MP4; a context manager.

    The first frame gives the size, made even by repeating edges; later ones of another size are
    scaled to it. Frames keep their times, also where these are not regular.

    Args:
        path: the file; its name may end with anything.
        frames_per_second: average frame rate.

    Raises:
        InputError: if PyAV is not installed or has no encoder that fits.
    """

    def __init__(self, path: epath.Path, frames_per_second: float) -> None:
        self._av = import_av()
        self._encoder = _choose_encoder(self._av)
        self._rate = Fraction(frames_per_second).limit_denominator(1001)
        self._path = path
        self._last: int | None = None
        self._stream: Any = None

    def __enter__(self) -> "VideoWriter":
        with contextlib.ExitStack() as stack:
            # The index comes first, so that a browser can start before all is loaded.
            self._container = stack.enter_context(
                self._av.open(
                    str(self._path), "w", format="mp4", options={"movflags": "+faststart"}
                )
            )
            self._closing = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: types.TracebackType | None,
    ) -> None:
        with self._closing:
            if kind is None and self._stream is not None:
                self._container.mux(self._stream.encode())

    def add(self, frame: VideoFrame) -> None:
        """Write the next frame."""
        if self._stream is None:
            self._stream = self._new_stream(*frame.image.shape[:2])
        stream = self._stream
        image = _fitted(frame.image, stream.height, stream.width)
        encoded = self._av.VideoFrame.from_ndarray(image, "rgb24")
        ticks = round(frame.time * _TICKS)
        # An MP4 cannot hold two frames of one time.
        self._last = ticks if self._last is None else max(ticks, self._last + 1)
        encoded.pts, encoded.time_base = self._last, Fraction(1, _TICKS)
        self._container.mux(stream.encode(encoded))

    def _new_stream(self, height: int, width: int) -> Any:  # noqa: ANN401 (an optional import)
        options = dict(_ENCODERS[self._encoder])
        stream = self._container.add_stream(self._encoder, rate=self._rate, options=options)
        stream.height, stream.width = height + height % 2, width + width % 2
        stream.pix_fmt = "yuv420p"
        stream.codec_context.time_base = Fraction(1, _TICKS)
        return stream


def _fitted(image: np.ndarray, height: int, width: int) -> np.ndarray:
    """Return an image at a size, padded if a pixel is missing and else scaled."""
    below, right = height - image.shape[0], width - image.shape[1]
    if (below, right) == (0, 0):
        return np.ascontiguousarray(image)
    if below in (0, 1) and right in (0, 1):
        return np.pad(image, ((0, below), (0, right), (0, 0)), mode="edge")
    return np.asarray(Image.fromarray(image).resize((width, height), Image.Resampling.BILINEAR))


def _choose_encoder(av: Any) -> str:  # noqa: ANN401 (a module)
    for name in _ENCODERS:
        with contextlib.suppress(av.codec.codec.UnknownCodecError):
            av.codec.Codec(name, "w")
            return name
    raise InputError(
        f"this build of PyAV has none of the encoders {', '.join(_ENCODERS)}, so no video can be "
        "written; install one from PyPI: pip install --force-reinstall av"
    )
