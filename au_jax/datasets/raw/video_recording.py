"""A recording made of a video, its landmarks and its labels: read, aligned, labelled."""

import dataclasses
from collections.abc import Iterator, Sequence

import numpy as np
from etils import epath

from au_jax.datasets.prepared.table_parts import FrameBlock, RecordingKey
from au_jax.datasets.raw.label_csv import NO_LABELS, read_label_csv
from au_jax.faces.alignment import AlignedFrames, align_video
from au_jax.faces.landmarks import OpenLandmarks
from au_jax.faces.open_video import open_video


@dataclasses.dataclass(frozen=True)
class VideoRecording:
    """A `preparation.RawRecording` made of a video, landmarks from anywhere, and a label file.

    Attributes:
        key: name, subject, and what it is made from.
        video: path of the video, or of a folder of pictures.
        labels: path of the label file, or None.
        landmarks: opens its landmarks: a file (`faces.landmarks.landmark_file`), a tracker
            (`faces.face_tracker.FaceTracker`), or the data set's own tracking.
        expected_frames: frames in the video file.
        aus: action units to take.
        face_size: height and width of the faces in pixels.
    """

    key: RecordingKey
    video: epath.Path
    labels: epath.Path | None
    landmarks: OpenLandmarks
    expected_frames: int
    aus: tuple[int, ...]
    face_size: int

    def blocks(self) -> Iterator[FrameBlock]:
        """Decode and align the video and yield its frames in blocks.

        Labels of frames in which the face is not tracked are missing.

        Raises:
            InputError: if a file cannot be read.
        """
        landmarks = self.landmarks()
        labels = read_label_csv(self.labels) if self.labels else NO_LABELS
        with open_video(self.video) as video:
            for aligned in align_video(video, landmarks, self.face_size):
                yield labelled_block(aligned, labels.at(aligned.number, self.aus))
            if messages := video.report.messages():
                yield notes_block(messages, len(self.aus), self.face_size)


def labelled_block(aligned: AlignedFrames, labels: np.ndarray) -> FrameBlock:
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


def notes_block(messages: Sequence[str], num_aus: int, face_size: int) -> FrameBlock:
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
