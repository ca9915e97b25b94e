"""Folder data sets: the user's own videos with labels and landmarks.

    recordings.csv    recording,subject,session,video,labels,landmarks   (paths inside the folder)
    label files       frame,AU01,AU02,…      (see `label_csv`; none for a recording without labels)
    landmark files    frame,confidence,success,x_0..x_67,y_0..y_67      (see `faces.landmarks`; none
                      for a recording in which this package is to find the face by itself)

A video may be a folder of pictures (see `picture_files`), landmarks an array in a `.npy` file.
Everything that can be wrong in these files is found for all recordings before the first video is
decoded.
"""

import dataclasses
import hashlib

import numpy as np
from etils import epath

from au_jax.datasets.raw.coded_recording import CodedRecording
from au_jax.datasets.raw.label_csv import NO_LABELS, choose_aus, read_label_csv
from au_jax.datasets.raw.picture_files import PictureFiles, picture_folder
from au_jax.datasets.raw.pictures import VideoPictures
from au_jax.datasets.raw.raw_dataset import RawDataset, ReaderOptions
from au_jax.datasets.raw.recording_landmarks import LandmarkFile, RecordingLandmarks
from au_jax.datasets.raw.recordings_csv import RecordingRow, read_recordings_csv
from au_jax.errors import InputError, as_lines
from au_jax.faces.landmarks import read_landmark_file
from au_jax.system.progress import progress_bar


def read_folder(source: epath.PathLike, options: ReaderOptions) -> RawDataset:
    """Check a folder data set completely, without decoding a video.

    Recordings come in the order of `recordings.csv`, with all frames of their videos.

    Args:
        source: the folder with `recordings.csv`.
        options: what to take. Action units are by default those that all label files have: those
            of the paper in the paper's order, then others by number.

    Raises:
        InputError: with all mistakes found, each with file and line.
    """
    source = epath.Path(source)
    if not source.is_dir():
        raise InputError(f"{source}: there is no such folder; check --source")
    rows, mistakes = read_recordings_csv(source)
    recordings: list[CodedRecording] = []
    if not all(row.landmarks for row in rows):
        try:
            options.landmarks.require()
        except InputError as error:
            mistakes.append(str(error))
    with progress_bar(len(rows), "checking", unit="recordings") as bar:
        for row in rows:
            try:
                recordings.append(_check_files(source, row, options))
            except InputError as error:
                mistakes.append(str(error))
            bar.update()
    if mistakes:
        raise InputError(as_lines(mistakes))
    coded = [recording.labels.aus for recording in recordings if recording.labels.aus]
    aus = choose_aus(coded, options.aus)
    return RawDataset(
        source=source,
        rule="1 in the label files",
        aus=aus,
        recordings=tuple(dataclasses.replace(recording, aus=aus) for recording in recordings),
        settings={"reader": "folder", "face_size": options.face_size},
    )


def pictures_at(path: epath.Path) -> VideoPictures | PictureFiles:
    """Return the pictures of a video file, or of a folder of pictures.

    Raises:
        InputError: as `picture_folder`.
    """
    return picture_folder(path) if path.is_dir() else VideoPictures(path)


def _check_files(source: epath.Path, row: RecordingRow, options: ReaderOptions) -> CodedRecording:
    """Check the files of a row and return its recording with all action units it has."""
    video = row.file(source, "video")
    landmarks_path = row.file(source, "landmarks") if row.landmarks else None
    labels_path = row.file(source, "labels") if row.labels else None
    digest = hashlib.sha256()
    labels = read_label_csv(labels_path, digest) if labels_path else NO_LABELS
    landmarks, numbered = options.landmarks, [("labels", labels_path, labels.frames)]
    if landmarks_path:
        landmarks, frames = _check_landmarks(landmarks_path)
        numbered.append(("landmarks", landmarks_path, frames))
    pictures = pictures_at(video)
    count = pictures.count()
    for what, path, frames in numbered:
        if len(frames) and frames[-1] > count.declared:
            raise InputError(
                f"{path}: {what} go to frame {frames[-1]}, but {video} has {count.declared} "
                "frames; they belong to another video, or were made at another frame rate"
            )
    made_from = {
        "video": row.video,
        "video_bytes": _size(video, pictures),
        "labels_sha256": digest.hexdigest() if labels_path else None,
        "landmarks_sha256": None,
        **landmarks.made_from(row.recording),
    }
    return CodedRecording(
        name=row.recording,
        subject=row.subject,
        pictures=pictures,
        count=count,
        labels=labels,
        landmarks=landmarks,
        aus=labels.aus,
        face_size=options.face_size,
        all_frames=True,
        made_from=made_from,
    )


def _check_landmarks(path: epath.Path) -> tuple[RecordingLandmarks, np.ndarray]:
    """Read a landmark file; return where to find it again, and the numbers of its frames."""
    digest = hashlib.sha256()
    frames = read_landmark_file(path, digest).frames
    return LandmarkFile(path, digest.hexdigest()), frames


def _size(video: epath.Path, pictures: VideoPictures | PictureFiles) -> int:
    """Return the size of a video file, or of all pictures in a folder, in bytes."""
    of_folder = isinstance(pictures, PictureFiles)
    files = [video / name for name in pictures.names] if of_folder else [video]
    return sum(int(file.stat().length) for file in files)
