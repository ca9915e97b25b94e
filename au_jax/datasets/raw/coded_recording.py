"""A recording of raw data: pictures, a coder's labels, and landmarks."""

import dataclasses
import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from au_jax.datasets.prepared.table_parts import FrameBlock, RecordingKey
from au_jax.datasets.raw.coding_files import track_sha256
from au_jax.datasets.raw.label_csv import LabelTrack
from au_jax.datasets.raw.pictures import PictureCount, Pictures
from au_jax.datasets.raw.recording_landmarks import RecordingLandmarks
from au_jax.faces.alignment import AlignedFrames, align_video
from au_jax.faces.video import VideoFrame


@dataclasses.dataclass(frozen=True)
class CodedRecording:
    """A `preparation.RawRecording` with labels in memory.

    Unless all frames are wanted, those from the first to the last that the coder looked at are
    prepared. Those in between without a row keep their place in time, with missing labels; frames
    outside were not coded, so nothing can be learned from them.

    Attributes:
        name: name of the recording.
        subject: name of its subject.
        pictures: all pictures of the recording.
        count: how many there are.
        labels: what the coder wrote; at least one row, unless all frames are wanted.
        landmarks: what finds the face.
        aus: action units to take.
        face_size: height and width of the faces in pixels.
        all_frames: whether frames before and behind the coded ones are prepared too.
        made_from: what it is made from, as JSON values; None to look at the files when asked.
    """

    name: str
    subject: str
    pictures: Pictures
    count: PictureCount
    labels: LabelTrack
    landmarks: RecordingLandmarks
    aus: tuple[int, ...]
    face_size: int
    all_frames: bool = False
    made_from: Mapping[str, Any] | None = None

    @property
    def key(self) -> RecordingKey:
        """Name, subject, and what it is made from."""
        return self._key

    @functools.cached_property
    def _key(self) -> RecordingKey:
        # Asked for again and again, and it takes looking at files.
        made_from = self.made_from or {
            **self._wanted_pictures().made_from(),
            "labels_sha256": track_sha256(self.labels),
            **self.landmarks.made_from(self.name),
        }
        return RecordingKey(self.name, self.subject, made_from)

    @property
    def expected_frames(self) -> int:
        """About how many frames it has."""
        return len(self.count.numbers if self.all_frames else self.labels.frames)

    def blocks(self) -> Iterator[FrameBlock]:
        """Decode and align the pictures and yield their frames in blocks.

        Labels of frames in which the face is not tracked are missing.

        Raises:
            InputError: if they cannot be read.
        """
        landmarks = self.landmarks.start(self.name, self.pictures)
        seen: list[np.ndarray] = []
        with self._wanted_pictures().open() as frames:
            for aligned in align_video(self._wanted(frames), landmarks, self.face_size):
                seen.append(aligned.number)
                yield _labelled_block(aligned, self.labels.at(aligned.number, self.aus))
            messages = frames.report.messages()
            known = np.concatenate([*seen, [number for number, _ in frames.report.lost]])
        missing = np.setdiff1d(self.labels.frames, known)
        if len(missing) and not self.all_frames:
            messages.append(_missing_pictures(missing))
        if messages:
            yield _notes_block(messages, len(self.aus), self.face_size)

    def _block(self) -> tuple[int, int]:
        """Return the first and the last frame that is coded."""
        return int(self.labels.frames[0]), int(self.labels.frames[-1])

    def _wanted_pictures(self) -> Pictures:
        return self.pictures if self.all_frames else self.pictures.between(*self._block())

    def _wanted(self, frames: Iterable[VideoFrame]) -> Iterable[VideoFrame]:
        if self.all_frames:
            return frames
        first, last = self._block()
        return (frame for frame in frames if first <= frame.number <= last)


def _labelled_block(aligned: AlignedFrames, labels: np.ndarray) -> FrameBlock:
    """Join faces and labels int8 `[frame, au]`; those of untracked frames become missing."""
    return FrameBlock(
        frame=aligned.number,
        time=aligned.time,
        labels=np.where(aligned.tracked[:, None], labels, 0).astype(np.int8),
        tracked=aligned.tracked,
        transform=aligned.transforms.astype(np.float32),
        faces=aligned.faces,
        landmarks=aligned.landmarks,
    )


def _notes_block(messages: Sequence[str], num_aus: int, face_size: int) -> FrameBlock:
    """Return a block without frames: what was lost is known only behind the last frame."""
    return FrameBlock(
        frame=np.zeros(0, np.int32),
        time=np.zeros(0, np.float64),
        labels=np.zeros((0, num_aus), np.int8),
        tracked=np.zeros(0, bool),
        transform=np.zeros((0, 2, 3), np.float32),
        faces=np.zeros((0, face_size, face_size, 3), np.uint8),
        notes=tuple(messages),
    )


def _missing_pictures(frames: Sequence[int] | np.ndarray) -> str:
    """Return a sentence on coded frames without a picture."""
    count = "1 coded frame has" if len(frames) == 1 else f"{len(frames)} coded frames have"
    return f"{count} no picture (between frame {frames[0]} and frame {frames[-1]})"
