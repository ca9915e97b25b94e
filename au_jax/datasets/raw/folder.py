"""Folder data sets: the user's own videos with labels and landmarks.

    recordings.csv    recording,subject,session,video,labels,landmarks   (paths inside the folder)
    label files       frame,AU01,AU02,…      (see `label_csv`; none for a recording without labels)
    landmark files    frame,confidence,success,x_0..x_67,y_0..y_67      (see `faces.landmarks`; none
                      for a recording in which this package is to find the face by itself)

A video may be a folder of pictures (see `faces.image_folder`), landmarks an array in a `.npy` file.
Everything that can be wrong in these files is found for all recordings before the first video is
decoded.
"""

import dataclasses
import hashlib
from collections.abc import Sequence

from etils import epath

from au_jax.datasets.dataset import Dataset
from au_jax.datasets.prepared.table_parts import RecordingKey
from au_jax.datasets.preparing.dataset_writer import DatasetWriter
from au_jax.datasets.preparing.preparation import THIS_PROCESS, Execution, prepare_recordings
from au_jax.datasets.raw.check_report import RecordingSurvey, Survey
from au_jax.datasets.raw.label_csv import NO_LABELS, choose_aus, read_label_csv
from au_jax.datasets.raw.pictures import PictureCount, VideoPictures
from au_jax.datasets.raw.recordings_csv import RecordingRow, read_recordings_csv
from au_jax.datasets.raw.video_recording import VideoRecording
from au_jax.errors import InputError
from au_jax.faces.face_tracker import FaceTracker
from au_jax.faces.image_folder import ImageFolder
from au_jax.faces.landmarks import landmark_file, read_landmark_file
from au_jax.faces.model_files import MODEL_FILES
from au_jax.faces.open_video import summarise_video, video_bytes
from au_jax.system.progress import progress_bar

_MESSAGES_SHOWN = 20


def prepare_folder(
    source: epath.PathLike,
    directory: epath.PathLike,
    *,
    name: str,
    aus: Sequence[int] | None = None,
    face_size: int,
    execution: Execution = THIS_PROCESS,
) -> Dataset:
    """Prepare a folder data set, or go on where an earlier call stopped.

    Args:
        source: the folder with `recordings.csv`.
        directory: folder of the prepared data set.
        name: name of the data set.
        aus: action units to take; None for those that all label files have.
        face_size: height and width of the faces in pixels.
        execution: who does the work.

    Raises:
        InputError: for every mistake in the folder, or if videos cannot be read.
        OSError: if the disk is full.
    """
    recordings, chosen = read_folder(source, aus=aus, face_size=face_size)
    writer = DatasetWriter(
        directory,
        name=name,
        aus=chosen,
        face_shape=(face_size, face_size, 3),
        settings={"reader": "folder", "face_size": face_size},
    )
    return prepare_recordings(writer, recordings, execution)


def survey_folder(source: epath.PathLike, *, aus: Sequence[int] | None, face_size: int) -> Survey:
    """Return what would be prepared, without decoding a video.

    Args:
        source: the folder with `recordings.csv`.
        aus: action units to take; None for those that all label files have.
        face_size: height and width of the faces in pixels.

    Raises:
        InputError: with all mistakes found, each with file and line.
    """
    recordings, chosen = read_folder(source, aus=aus, face_size=face_size)
    surveys = [
        RecordingSurvey(
            recording.key.name,
            recording.key.subject,
            read_label_csv(recording.labels) if recording.labels else NO_LABELS,
            _count_frames(recording.video),
            video=not recording.video.is_dir(),
        )
        for recording in recordings
    ]
    return Survey(
        title="folder",
        source=epath.Path(source),
        rule="1 in the label files",
        aus=chosen,
        recordings=surveys,
        pictures_alone=[one.name for one in surveys if not one.coded_frames],
    )


def _count_frames(video: epath.Path) -> PictureCount:
    if video.is_dir():
        numbers = ImageFolder(video).numbers
        return PictureCount(numbers, int(numbers[-1]))
    return VideoPictures(video).count()


def read_folder(
    source: epath.PathLike, *, aus: Sequence[int] | None, face_size: int
) -> tuple[list[VideoRecording], tuple[int, ...]]:
    """Check a folder data set completely, without decoding a video.

    Args:
        source: the folder with `recordings.csv`.
        aus: action units to take; None for those that all label files have.
        face_size: height and width of the faces in pixels.

    Returns:
        its recordings in the order of the file, and the action units: as asked for, or those of
        the paper in the paper's order, then others by number.

    Raises:
        InputError: with all mistakes found, each with file and line.
    """
    source = epath.Path(source)
    if not source.is_dir():
        raise InputError(f"{source}: there is no such folder; check --source")
    rows, mistakes = read_recordings_csv(source)
    recordings: list[VideoRecording] = []
    if not all(row.landmarks for row in rows):
        try:
            FaceTracker()
        except InputError as error:
            mistakes.append(str(error))
    with progress_bar(len(rows), "checking", unit="recordings") as bar:
        for row in rows:
            try:
                recordings.append(_check_files(source, row, face_size))
            except InputError as error:
                mistakes.append(str(error))
            bar.update()
    if mistakes:
        more = len(mistakes) - _MESSAGES_SHOWN
        raise InputError(
            "\n".join(mistakes[:_MESSAGES_SHOWN]) + (f"\nand {more} more" if more > 0 else "")
        )
    chosen = choose_aus([recording.aus for recording in recordings if recording.labels], aus)
    return [dataclasses.replace(recording, aus=chosen) for recording in recordings], chosen


def _check_files(source: epath.Path, row: RecordingRow, face_size: int) -> VideoRecording:
    """Check the files of a row and return its recording with all action units it has."""
    video = row.file(source, "video")
    landmarks_path = row.file(source, "landmarks") if row.landmarks else None
    labels_path = row.file(source, "labels") if row.labels else None
    labels = read_label_csv(labels_path) if labels_path else NO_LABELS
    landmarks = read_landmark_file(landmarks_path) if landmarks_path else None
    summary = summarise_video(video)
    numbered = [("labels", labels_path, labels.frames)]
    if landmarks:
        numbered.append(("landmarks", landmarks_path, landmarks.frames))
    for what, path, frames in numbered:
        if len(frames) and frames[-1] > summary.declared_frames:
            raise InputError(
                f"{path}: {what} go to frame {frames[-1]}, but {video} has "
                f"{summary.declared_frames} frames; they belong to another video, or were made at "
                "another frame rate"
            )
    made_from = {
        "video": row.video,
        "video_bytes": video_bytes(video),
        "labels_sha256": _sha256(labels_path) if labels_path else None,
        "landmarks_sha256": _sha256(landmarks_path) if landmarks_path else None,
    }
    if not landmarks_path:
        made_from["landmark_models_sha256"] = [model.sha256 for model in MODEL_FILES]
    return VideoRecording(
        key=RecordingKey(row.recording, row.subject, made_from),
        video=video,
        labels=labels_path,
        landmarks=landmark_file(landmarks_path) if landmarks_path else FaceTracker,
        expected_frames=summary.frames,
        aus=labels.aus,
        face_size=face_size,
    )


def _sha256(path: epath.Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
