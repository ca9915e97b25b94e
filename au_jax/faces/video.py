"""Reading video files: pictures, their numbers, their times, and what could not be read.

Frames are numbered from 1 in the order in which a player shows them, as annotation programs and
OpenFace do. A frame that the decoder cannot give keeps its number: the frames behind it are not
shifted. Files are read through PyAV (FFmpeg's libraries, https://pyav.org), which comes with
`pip install "au_jax[video]"`; unlike OpenCV it gives presentation times, rotation and errors.
"""

import contextlib
import dataclasses
import types
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from etils import epath

from au_jax.errors import InputError
from au_jax.faces.display_matrix import show_upright
from au_jax.faces.frame_numbers import FrameNumbers

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.stream import VideoStream

_GAP_TO_REPORT = 1.0
"""Seconds between two frames from which on a gap is mentioned."""


@dataclasses.dataclass(frozen=True)
class VideoFrame:
    """One picture of a video.

    Attributes:
        number: its place in the video, from 1.
        time: presentation time in seconds; 0 is where the file starts.
        image: uint8 `[height, width, 3]`, RGB, upright as a player shows it.
        damaged: the decoder reported damage, so parts of the picture may be wrong.
    """

    number: int
    time: float
    image: np.ndarray
    damaged: bool = False


@dataclasses.dataclass(frozen=True)
class VideoSummary:
    """What a video file holds, found without decoding a picture.

    Attributes:
        frames: frames whose data are in the file.
        declared_frames: frames that the file says it has; more than `frames` if it is cut off.
        frames_per_second: average frame rate.
    """

    frames: int
    declared_frames: int
    frames_per_second: float


@dataclasses.dataclass
class DecodingReport:
    """What happened while a video was decoded, filled in as the frames come.

    Attributes:
        decoded: number of frames given.
        damaged: number of those with damage.
        lost: number and time in seconds of every frame that could not be decoded.
        notes: sentences on other trouble, such as a file that ends early.
    """

    decoded: int = 0
    damaged: int = 0
    lost: list[tuple[int, float]] = dataclasses.field(default_factory=list)
    notes: list[str] = dataclasses.field(default_factory=list)

    def messages(self) -> list[str]:
        """Return one sentence per kind of trouble; an intact video gives none."""
        found = list(self.notes)
        if self.lost:
            (first, start), (last, end) = self.lost[0], self.lost[-1]
            found.append(
                f"{_frames(len(self.lost))} could not be decoded and left out "
                f"(between frame {first} at {start:.2f} s and frame {last} at {end:.2f} s)"
            )
        if self.damaged:
            found.append(f"{_frames(self.damaged)} damaged, counted as untracked")
        return found


class Video:
    """A video file opened for reading from start to end; a context manager.

    Iterate it once to get its `VideoFrame`s; only one frame is held in memory. Then `report` says
    what was lost. Turns and mirroring stored in the file (phones) are applied; grey pictures become
    RGB; transparency is dropped. Pixels are taken as stored, also where the file asks for other
    than square ones.

    Args:
        path: the file.

    Raises:
        InputError: if there is no such file, PyAV is missing, the file is no video, or (while
            iterating) not one of its frames can be decoded.
    """

    def __init__(self, path: epath.PathLike) -> None:
        self.path = epath.Path(path)
        self.report = DecodingReport()
        self._av = import_av()
        with contextlib.ExitStack() as stack:
            self._container, self._stream = self._open(stack)
            self._closing = stack.pop_all()
        # More threads bring little for small pictures; recordings are the better unit of
        # parallel work.
        self._stream.thread_type = "NONE"
        self._stream.codec_context.thread_count = 1
        rate = self._stream.average_rate or self._stream.guessed_rate
        self.frames_per_second = float(rate) if rate else 25.0
        # One converter for the whole video: to_ndarray would set up a new one for every frame
        # (1.4 instead of 0.35 ms per frame at 320×240, decoding included).
        self._converter = self._av.video.reformatter.VideoReformatter()
        self._matrix_key = self._av.sidedata.sidedata.Type.DISPLAYMATRIX
        self._discarded = 0
        self._last_time: float | None = None

    def __enter__(self) -> "Video":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: types.TracebackType | None,
    ) -> None:
        self._closing.close()

    def __iter__(self) -> Iterator[VideoFrame]:
        # In AVI files with H.264 the times count packets, not presented frames.
        numbers = FrameNumbers(trust_times="avi" not in self._container.format.name)
        broken = False
        for packet in self._packets():
            if packet.size and not packet.is_discard:
                numbers.sent(packet.pts)
            try:
                frames = packet.decode()
            except self._av.error.FFmpegError:
                broken = True
                continue
            for frame in frames:
                lost_before = len(numbers.lost)
                number = numbers.came_out(frame.pts)
                lost = len(numbers.lost) > lost_before
                # After an error pictures build on missing ones until the next key frame.
                broken = (broken or lost) and not frame.key_frame
                if number is None:
                    continue
                time = self._seconds(frame.pts if numbers.trust_times else None, number)
                damaged = broken or frame.is_corrupt
                self._count(time, damaged, gap_explained=lost)
                yield VideoFrame(number, time, self._upright_rgb(frame), damaged)
        numbers.ended()
        self.report.lost = [(lost.number, self._seconds(lost.time, 0)) for lost in numbers.lost]
        self._finish_report()

    def summarise(self) -> VideoSummary:
        """Count the frames in the file without decoding them; uses up the video."""
        frames = sum(1 for packet in self._packets() if packet.size and not packet.is_discard)
        return VideoSummary(frames, max(frames, self._declared()), self.frames_per_second)

    def _open(self, stack: contextlib.ExitStack) -> "tuple[InputContainer, VideoStream]":
        try:
            file = stack.enter_context(self.path.open("rb"))
            if not file.read(1):
                raise InputError(f"{self.path}: the file is empty; copy it again")
            file.seek(0)
            container = stack.enter_context(self._av.open(file, mode="r"))
            if not container.streams.video:
                raise InputError(f"{self.path}: no video in this file; give a video file")
            stream = container.streams.video[0]
            if stream.codec_context is None:
                raise InputError(
                    f"{self.path}: damaged, or coded in a way that this FFmpeg does not know; "
                    "convert the video again from the original"
                )
            return container, stream
        except InputError:
            raise
        except FileNotFoundError as error:
            raise InputError(f"{self.path}: there is no such video; check the path") from error
        except (OSError, ValueError, self._av.error.FFmpegError) as error:
            raise InputError(
                f"{self.path}: cannot be read as a video ({_reason(error)}); play it with another "
                "program, convert it again from the original, or take it out of the data set"
            ) from error

    def _packets(self) -> Iterator[Any]:
        """Yield the packets of the video and, last, the empty one that flushes the decoder."""
        try:
            for packet in self._container.demux(self._stream):
                # Cut away by the file's edit list: needed for decoding, never shown.
                self._discarded += packet.is_discard
                yield packet
        except (OSError, self._av.error.FFmpegError) as error:
            self.report.notes.append(f"reading stopped early ({_reason(error)})")

    def _declared(self) -> int:
        """Return how many frames to show the file says it has, 0 if it does not say."""
        if self._stream.frames:
            return self._stream.frames - self._discarded
        if self._stream.duration and self._stream.time_base:
            return round(self._stream.duration * self._stream.time_base * self.frames_per_second)
        # That of the longest track; 0 for a stream that is still growing.
        return round((self._container.duration or 0) * 1e-6 * self.frames_per_second)

    def _seconds(self, time: int | None, number: int) -> float:
        if time is None or self._stream.time_base is None:
            return (number - 1) / self.frames_per_second
        return float(time * self._stream.time_base) - (self._container.start_time or 0) * 1e-6

    def _upright_rgb(self, frame: Any) -> np.ndarray:  # noqa: ANN401 (an optional import)
        image = self._converter.reformat(frame, format="rgb24").to_ndarray()
        try:
            matrix = frame.side_data[self._matrix_key]
        except KeyError:
            return image
        except ValueError:  # other data beside the frame, such as EXIF, of which PyAV knows nothing
            quarter_turns = round(frame.rotation / 90) % 4
            return np.ascontiguousarray(np.rot90(image, quarter_turns)) if quarter_turns else image
        return show_upright(image, bytes(matrix))

    def _count(self, time: float, damaged: bool, gap_explained: bool) -> None:
        report = self.report
        gap = 0.0 if self._last_time is None else time - self._last_time
        if gap > _GAP_TO_REPORT and not gap_explained:
            report.notes.append(f"no frames between {self._last_time:.2f} and {time:.2f} s")
        self._last_time = time
        report.decoded += 1
        report.damaged += damaged

    def _finish_report(self) -> None:
        report = self.report
        if report.decoded == 0:
            raise InputError(
                f"{self.path}: not one frame can be decoded; convert the video again from the "
                "original, or take it out of the data set"
            )
        declared = self._declared()
        missing = declared - report.decoded - len(report.lost)
        # A count is exact, the length of the video good to a frame; a file that tells its length
        # as a whole may have a longer sound track.
        of_video = self._stream.duration or len(self._container.streams) == 1
        tolerance = 0 if self._stream.frames else 1 if of_video else self.frames_per_second
        if missing > tolerance:
            report.notes.append(
                f"the file says it has {declared} frames, but {missing} of them are not in it "
                "(cut off or damaged; where is not known, so numbers behind the damage may be "
                "too small)"
            )


def _frames(count: int) -> str:
    return "1 frame" if count == 1 else f"{count} frames"


def import_av() -> Any:  # noqa: ANN401 (a module)
    """Return PyAV.

    Raises:
        InputError: if it is not installed.
    """
    try:
        import av
    except ImportError as error:
        raise InputError(
            'reading and writing videos needs PyAV; install it with: pip install "au_jax[video]"'
        ) from error
    return av


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
