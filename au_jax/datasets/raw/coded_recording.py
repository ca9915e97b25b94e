"""A recording of a licensed data set: pictures, a coder's labels, and landmarks."""

import dataclasses
import functools
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from au_jax.datasets.prepared.table_parts import FrameBlock, RecordingKey
from au_jax.datasets.raw.coding_files import track_sha256
from au_jax.datasets.raw.label_csv import LabelTrack
from au_jax.datasets.raw.pictures import Pictures
from au_jax.datasets.raw.recording_landmarks import RecordingLandmarks
from au_jax.datasets.raw.video_recording import labelled_block, notes_block
from au_jax.faces.alignment import align_video
from au_jax.faces.video import VideoFrame


@dataclasses.dataclass(frozen=True)
class CodedRecording:
    """A `preparation.RawRecording` with labels in memory.

    Prepared are the frames from the first to the last that the coder looked at. Those in between
    without a row keep their place in time, with missing labels; frames outside were not coded, so
    nothing can be learned from them.

    Attributes:
        name: name of the recording.
        subject: name of its subject.
        pictures: all pictures of the recording.
        labels: what the coder wrote; at least one row.
        landmarks: what finds the face.
        aus: action units to take.
        face_size: height and width of the faces in pixels.
    """

    name: str
    subject: str
    pictures: Pictures
    labels: LabelTrack
    landmarks: RecordingLandmarks
    aus: tuple[int, ...]
    face_size: int

    @property
    def key(self) -> RecordingKey:
        """Name, subject, and what it is made from."""
        return self._key

    @functools.cached_property
    def _key(self) -> RecordingKey:
        # Asked for again and again, and it takes looking at files.
        source = {
            **self._coded_pictures().made_from(),
            "labels_sha256": track_sha256(self.labels),
            **self.landmarks.made_from(self.name),
        }
        return RecordingKey(self.name, self.subject, source)

    @property
    def block(self) -> tuple[int, int]:
        """The first and the last frame that is coded."""
        return int(self.labels.frames[0]), int(self.labels.frames[-1])

    @property
    def expected_frames(self) -> int:
        """About how many frames it has."""
        return len(self.labels.frames)

    def blocks(self) -> Iterator[FrameBlock]:
        """Decode and align the pictures and yield their frames in blocks.

        Labels of frames in which the face is not tracked are missing.

        Raises:
            InputError: if they cannot be read.
        """
        landmarks = self.landmarks.start(self.name, self.pictures)
        seen: list[np.ndarray] = []
        with self._coded_pictures().open() as frames:
            for aligned in align_video(self._inside(frames), landmarks, self.face_size):
                seen.append(aligned.number)
                yield labelled_block(aligned, self.labels.at(aligned.number, self.aus))
            messages = frames.report.messages()
            known = np.concatenate([*seen, [number for number, _ in frames.report.lost]])
        missing = np.setdiff1d(self.labels.frames, known)
        if len(missing):
            messages.append(missing_pictures(missing))
        if messages:
            yield notes_block(messages, len(self.aus), self.face_size)

    def _coded_pictures(self) -> Pictures:
        return self.pictures.between(*self.block)

    def _inside(self, frames: Iterable[VideoFrame]) -> Iterator[VideoFrame]:
        first, last = self.block
        return (frame for frame in frames if first <= frame.number <= last)


def missing_pictures(frames: Sequence[int] | np.ndarray) -> str:
    """Return a sentence on coded frames without a picture."""
    count = "1 coded frame has" if len(frames) == 1 else f"{len(frames)} coded frames have"
    return f"{count} no picture (between frame {frames[0]} and frame {frames[-1]})"
