"""BP4D-Spontaneous (Zhang et al., Image and Vision Computing 32, 2014).

    AUCoding/AU_OCC/F001_T1.csv             0,1,2,4,…   frame, then one column per action unit
    AUCoding/AU_INT/AU06/F001_T1_AU06.csv   frame,intensity, without a header
    BP4D-training/F001/T1/2440.jpg          the pictures, named by frame

In older copies the tables lie in `AUCoding/` itself and the intensities in
`AU-Intensity-Codes3.0/`. The pictures may lie below any folder, such as `2D+3D` or `images`, with
any number of leading zeros. One block of each task is coded, and often begins late.
"""

import functools
import re
from collections.abc import Callable, Sequence

from etils import epath

from au_jax.datasets.raw.coding_files import (
    TableLayout,
    join_tracks,
    read_coding_table,
    read_intensity_pairs,
)
from au_jax.datasets.raw.label_csv import LabelTrack
from au_jax.datasets.raw.picture_files import PictureFiles, number_pictures, open_zip
from au_jax.datasets.raw.raw_dataset import Findings, RawDataset, ReaderOptions, assemble
from au_jax.datasets.raw.source_tree import SourceFolder, list_source, nothing_found, only
from au_jax.errors import InputError
from au_jax.facs import INTENSITIES

FRAMES_PER_SECOND = 25.0
TASKS = tuple(f"T{task}" for task in range(1, 9))

_LAYOUT = TableLayout("'0,1,2,4,…': a column '0' with the frame, others named by action unit")
_OCCURRENCE = re.compile(r"([FM]\d{3})_(T\d+)\.csv", re.IGNORECASE)
_INTENSITY = re.compile(r"([FM]\d{3})_(T\d+)_AU0*(\d+)\.csv", re.IGNORECASE)
_SUBJECT = re.compile(r"[FM]\d{3}", re.IGNORECASE)
_TASK = re.compile(r"T\d+", re.IGNORECASE)


def read_bp4d(source: epath.PathLike, options: ReaderOptions) -> RawDataset:
    """Find the recordings of BP4D without decoding a picture.

    An action unit is present where `AU_OCC` has 1, absent at 0 and missing at 9. With
    `positive_from` the intensities decide instead; there are some for AU 6, 10, 12, 14 and 17 only.

    Args:
        source: the folder with `AUCoding` and the pictures.
        options: what to take.

    Raises:
        InputError: if there are no label files, or none has an action unit asked for.
    """
    return read_task_recordings(source, options, "bp4d", TASKS)


def read_task_recordings(
    source: epath.PathLike, options: ReaderOptions, reader: str, coded_tasks: Sequence[str]
) -> RawDataset:
    """Find recordings named by subject and task, as in BP4D and BP4D+.

    Args:
        source: the folder.
        options: what to take.
        reader: name of the reader.
        coded_tasks: tasks whose pictures should have labels.

    Raises:
        InputError: if there are no label files, or none has an action unit asked for.
    """
    folders = list_source(source)
    findings = Findings()
    if options.positive_from is None:
        _find_occurrence(folders, findings)
        rule, wanted = "coded as occurring (AU_OCC is 1)", "AUCoding/AU_OCC/F001_T1.csv"
    else:
        _find_intensity(folders, options.positive_from, findings)
        letter = INTENSITIES[options.positive_from - 1]
        rule = f"coded with intensity {letter} or more (AU_INT)"
        wanted = "AUCoding/AU_INT/AU06/F001_T1_AU06.csv"
    if not findings.labels and not findings.mistakes:
        raise nothing_found(source, folders, "label files", wanted)
    _find_pictures(folders, findings)
    for name in list(findings.pictures):
        if name not in findings.labels and _task_of(name) not in coded_tasks:
            del findings.pictures[name]
    return assemble(
        findings,
        source=source,
        reader=reader,
        rule=rule,
        options=options,
        subject_of=lambda name: name.split("_")[0],
    )


def _task_of(name: str) -> str:
    return name.split("_")[1]


def _find_occurrence(folders: Sequence[SourceFolder], findings: Findings) -> None:
    places: dict[str, list[epath.Path]] = {}
    for folder in folders:
        for file in folder.files:
            if match := _OCCURRENCE.fullmatch(file):
                places.setdefault(_name(*match.groups()), []).append(folder.path / file)
    for name, paths in sorted(places.items()):
        # A copy in the older place, too, is no reason to stop.
        newest = [path for path in paths if path.parent.name.upper() == "AU_OCC"] or paths
        findings.add("labels", name, functools.partial(_table_reader, newest, name))


def _table_reader(paths: Sequence[epath.Path], name: str) -> Callable[[], LabelTrack]:
    path = only(paths, f"{name}: labels")
    return lambda: read_coding_table(path, _LAYOUT, None)


def _find_intensity(
    folders: Sequence[SourceFolder], positive_from: int, findings: Findings
) -> None:
    places: dict[str, dict[int, list[epath.Path]]] = {}
    for folder in folders:
        for file in folder.files:
            if match := _INTENSITY.fullmatch(file):
                of_name = places.setdefault(_name(match.group(1), match.group(2)), {})
                of_name.setdefault(int(match.group(3)), []).append(folder.path / file)
    for name, by_au in sorted(places.items()):
        findings.labels[name] = functools.partial(_read_pairs, by_au, positive_from, name)


def _read_pairs(by_au: dict[int, list[epath.Path]], positive_from: int, name: str) -> LabelTrack:
    return join_tracks(
        [
            read_intensity_pairs(only(paths, f"{name}: files of AU{au:02d}"), au, positive_from)
            for au, paths in sorted(by_au.items())
        ]
    )


def _find_pictures(folders: Sequence[SourceFolder], findings: Findings) -> None:
    unpacked: dict[str, list[SourceFolder]] = {}
    for folder in folders:
        if len(folder.parts) < 2 or not folder.images():
            continue
        subject, task = folder.parts[-2:]
        if _SUBJECT.fullmatch(subject) and _TASK.fullmatch(task):
            unpacked.setdefault(_name(subject, task), []).append(folder)
    for name, places in sorted(unpacked.items()):
        findings.add("pictures", name, functools.partial(_folder_pictures, places, name))
    for folder in folders:
        for file in folder.files:
            stem, dot, suffix = file.rpartition(".")
            if dot and suffix.lower() == "zip" and _SUBJECT.fullmatch(stem):
                try:
                    findings.pictures |= _zip_pictures(folder.path / file, stem.upper())
                except InputError as error:
                    findings.mistakes.append(str(error))


def _folder_pictures(places: Sequence[SourceFolder], name: str) -> PictureFiles | None:
    place = only([place.path for place in places], f"{name}: pictures")
    return number_pictures(place, places[0].images(), FRAMES_PER_SECOND)


def _zip_pictures(path: epath.Path, subject: str) -> dict[str, PictureFiles]:
    """Return the pictures of the tasks in the zip of a subject; it is not unpacked."""
    by_task: dict[str, list[tuple[str, int]]] = {}
    with open_zip(path) as archive:
        for entry in archive.infolist():
            parts = entry.filename.split("/")
            if len(parts) > 1 and _TASK.fullmatch(parts[-2]) and parts[0] != "__MACOSX":
                by_task.setdefault(parts[-2].upper(), []).append((entry.filename, entry.CRC))
    found = {}
    for task, entries in sorted(by_task.items()):
        names, checksums = zip(*entries, strict=True)
        pictures = number_pictures(path, names, FRAMES_PER_SECOND, checksums)
        if pictures:
            found[_name(subject, task)] = pictures
    return found


def _name(subject: str, task: str) -> str:
    return f"{subject.upper()}_{task.upper()}"
