"""What a reader finds in a folder of raw data, before anything is prepared."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from etils import epath

from au_jax.datasets.dataset import Dataset
from au_jax.datasets.preparing.dataset_writer import DatasetWriter
from au_jax.datasets.preparing.preparation import THIS_PROCESS, Execution, prepare_recordings
from au_jax.datasets.raw.coded_recording import CodedRecording
from au_jax.datasets.raw.label_csv import LabelTrack, choose_aus
from au_jax.datasets.raw.pictures import PictureCount, Pictures
from au_jax.datasets.raw.recording_landmarks import LandmarkFolder, TrackedFaces
from au_jax.errors import InputError, as_lines
from au_jax.faces.mean_shape import FACE_SIZE
from au_jax.system.progress import progress_bar


@dataclasses.dataclass(frozen=True)
class ReaderOptions:
    """What a user can choose.

    Attributes:
        landmarks: what finds the faces where the data set says nothing of it.
        face_size: height and width of the faces in pixels.
        aus: action units to take; None for the rule of the reader.
        positive_from: the lowest intensity that counts as present, 1 (A) to 5 (E); None for the
            rule of the data set.
        camera: `left` or `right`, where a data set was filmed by two.
    """

    landmarks: LandmarkFolder | TrackedFaces = dataclasses.field(default_factory=TrackedFaces)
    face_size: int = FACE_SIZE
    aus: tuple[int, ...] | None = None
    positive_from: int | None = None
    camera: str = "right"


@dataclasses.dataclass(frozen=True)
class RawDataset:
    """Recordings that can be prepared, and what is wrong with the others.

    Attributes:
        source: the folder.
        rule: when an action unit counts as present, for a person.
        aus: action units to take.
        recordings: the recordings.
        settings: what decides the prepared data beside the files, for `dataset.json`.
        labels_alone: names of recordings with labels and no pictures.
        pictures_alone: names of recordings with pictures and no labels.
        mistakes: messages on files that cannot be used.
        notes: other sentences for the user.
    """

    source: epath.Path
    rule: str
    aus: tuple[int, ...]
    recordings: tuple[CodedRecording, ...]
    settings: Mapping[str, Any]
    labels_alone: tuple[str, ...] = ()
    pictures_alone: tuple[str, ...] = ()
    mistakes: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclasses.dataclass
class Findings:
    """What a reader collects, by the name of the recording.

    Attributes:
        labels: reads the labels of each.
        pictures: the pictures of each.
        mistakes: messages on files that cannot be used.
        notes: other sentences for the user.
    """

    labels: dict[str, Callable[[], LabelTrack]] = dataclasses.field(default_factory=dict)
    pictures: dict[str, Pictures] = dataclasses.field(default_factory=dict)
    mistakes: list[str] = dataclasses.field(default_factory=list)
    notes: list[str] = dataclasses.field(default_factory=list)

    def add(
        self, kind: str, name: str, find: Callable[[], Any], where: dict[str, Any] | None = None
    ) -> None:
        """Put what `find` returns under a name; an InputError becomes a mistake.

        Args:
            kind: `labels` or `pictures`.
            name: name of the recording.
            find: returns what to put there, or None for nothing.
            where: another place to put it.
        """
        try:
            found = find()
        except InputError as error:
            self.mistakes.append(str(error))
            return
        if found is not None:
            (getattr(self, kind) if where is None else where)[name] = found


def assemble(
    findings: Findings,
    *,
    source: epath.PathLike,
    reader: str,
    rule: str,
    options: ReaderOptions,
    subject_of: Callable[[str], str],
) -> RawDataset:
    """Read all labels and join what belongs together.

    Args:
        findings: what the reader found.
        source: the folder.
        reader: name of the reader, for the settings.
        rule: when an action unit counts as present, for a person.
        options: what the user chose.
        subject_of: returns the subject of a recording.

    Raises:
        InputError: if an action unit that was asked for is in no file.
    """
    tracks, mistakes = _read_labels(findings)
    aus = choose_aus([track.aus for track in tracks.values()], options.aus)
    if options.aus is None:
        aus = _coded_somewhere(aus, list(tracks.values()))
    counts, more_mistakes = _count_pictures(findings, tracks)
    tried = set(findings.labels)
    return RawDataset(
        source=epath.Path(source),
        rule=rule,
        aus=aus,
        recordings=tuple(
            CodedRecording(
                name=name,
                subject=subject_of(name),
                pictures=findings.pictures[name],
                count=count,
                labels=tracks[name],
                landmarks=options.landmarks,
                aus=aus,
                face_size=options.face_size,
            )
            for name, count in counts.items()
        ),
        settings={
            "reader": reader,
            "face_size": options.face_size,
            "positive_from": options.positive_from,
        },
        labels_alone=tuple(sorted(tried.difference(findings.pictures))),
        pictures_alone=tuple(sorted(set(findings.pictures).difference(tried))),
        mistakes=(*findings.mistakes, *mistakes, *more_mistakes),
        notes=tuple(findings.notes),
    )


def prepare_raw(
    raw: RawDataset,
    directory: epath.PathLike,
    name: str,
    execution: Execution = THIS_PROCESS,
) -> Dataset:
    """Prepare what was found, or go on where an earlier call stopped.

    Args:
        raw: what to prepare.
        directory: folder of the prepared data set.
        name: name of the data set.
        execution: who does the work.

    Raises:
        InputError: if files cannot be used, before anything is prepared.
        OSError: if the disk is full.
    """
    if raw.mistakes:
        raise InputError(as_lines(raw.mistakes))
    if not raw.recordings:
        raise InputError(
            f"{raw.source}: no recording has both labels and pictures; labels alone: "
            f"{some_names(raw.labels_alone)}; pictures alone: {some_names(raw.pictures_alone)}"
        )
    writer = DatasetWriter(
        directory,
        name=name,
        aus=raw.aus,
        face_shape=(raw.recordings[0].face_size, raw.recordings[0].face_size, 3),
        settings=raw.settings,
    )
    return prepare_recordings(writer, raw.recordings, execution)


def left_out(raw: RawDataset) -> list[str]:
    """Return lines on what is in the folder and is not prepared."""
    lines = [
        f"left out, with {what}: {some_names(names)}"
        for what, names in (
            ("labels but no pictures", raw.labels_alone),
            ("pictures but no labels", raw.pictures_alone),
        )
        if names
    ]
    return [*lines, *raw.notes]


def some_names(names: Sequence[str], shown: int = 10) -> str:
    """Return names with commas, with their count if they are too many to show."""
    if not names:
        return "none"
    text = ", ".join(names[:shown])
    return f"{text}, … ({len(names)} in all)" if len(names) > shown else text


def _read_labels(findings: Findings) -> tuple[dict[str, LabelTrack], list[str]]:
    tracks: dict[str, LabelTrack] = {}
    mistakes: list[str] = []
    with progress_bar(len(findings.labels), "reading labels", unit="recordings") as bar:
        for name, read in findings.labels.items():
            try:
                track = read()
                if not len(track.frames):
                    raise InputError(f"the labels of {name} hold no frame; take the file out")
                tracks[name] = track
            except InputError as error:
                mistakes.append(str(error))
            bar.update()
    return tracks, mistakes


def _count_pictures(
    findings: Findings, tracks: Mapping[str, LabelTrack]
) -> tuple[dict[str, PictureCount], list[str]]:
    """Return the pictures of the recordings with labels, by name, without decoding."""
    counts: dict[str, PictureCount] = {}
    mistakes: list[str] = []
    names = sorted(name for name in tracks if name in findings.pictures)
    with progress_bar(len(names), "counting pictures", unit="recordings") as bar:
        for name in names:
            try:
                count = findings.pictures[name].count()
                last = int(tracks[name].frames[-1])
                if last > count.declared and findings.pictures[name].numbers_by_name() is None:
                    raise InputError(
                        f"the labels of {name} go to frame {last}, but its video has "
                        f"{count.declared} frames; it is another video, or was converted to "
                        "another frame rate"
                    )
                counts[name] = count
            except InputError as error:
                mistakes.append(str(error))
            bar.update()
    return counts, mistakes


def _coded_somewhere(aus: Sequence[int], tracks: Sequence[LabelTrack]) -> tuple[int, ...]:
    """Return the action units with at least one label that is known."""
    known = {
        au
        for track in tracks
        for au, some in zip(track.aus, (track.labels != 0).any(axis=0), strict=True)
        if some
    }
    return tuple(au for au in aus if au in known) or tuple(aus)
