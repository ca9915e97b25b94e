"""Sayette Group Formation Task, GFT (Girard et al., FG 2017).

Public release: 96 participants in groups of three, a minute of each at 30 frames/s, named by the
number of the group and a letter. How its files lie differs between copies, so this reader goes by
names and headers only:

    …/001A.csv          a table with a frame column and columns such as AU01
    …/001A/1.jpg …      pictures named by frame, or
    …/001A.mp4          a video

Tables in a folder or file whose name says intensity (`AU_Intensity`, `INT`) hold 0 to 5, all
others 0 and 1.
"""

import functools
import pathlib
import re
from collections.abc import Callable, Sequence

from etils import epath

from au_jax.datasets.raw.coding_files import (
    TableLayout,
    counted_from_one,
    read_coding_table,
)
from au_jax.datasets.raw.label_csv import LabelTrack
from au_jax.datasets.raw.picture_files import number_pictures
from au_jax.datasets.raw.pictures import Pictures, VideoPictures
from au_jax.datasets.raw.raw_dataset import Findings, RawDataset, ReaderOptions, assemble
from au_jax.datasets.raw.source_tree import (
    SourceFolder,
    is_video,
    list_source,
    nothing_found,
    only,
)
from au_jax.facs import ACTION_UNITS, INTENSITIES, parse_column
from au_jax.system.csv_rows import open_csv

FRAMES_PER_SECOND = 30.0

_LAYOUT = TableLayout(
    "'frame,AU1,AU2,…': the frame first, and columns named by action unit",
    first_column=True,
    other_columns=True,
    other_codes=True,
    first_frame=0,
)
_PARTICIPANT = re.compile(r"(?<![0-9A-Za-z])(\d{3}[A-Za-z])(?![0-9A-Za-z])")
_SAYS_INTENSITY = re.compile(r"intens|(?<![a-z])int(?![a-z])", re.IGNORECASE)


def read_gft(source: epath.PathLike, options: ReaderOptions) -> RawDataset:
    """Find the recordings of GFT without decoding a picture.

    An action unit is present at 1, absent at 0 and missing at any other code. With `positive_from`
    the intensity tables decide instead. Files and rows whose numbers begin with 0 count from 0.

    Args:
        source: the folder with label tables and pictures or videos.
        options: what to take.

    Raises:
        InputError: if there are no label tables, or none has an action unit asked for.
    """
    folders = list_source(source)
    findings = Findings()
    _find_labels(folders, options.positive_from, findings)
    if not findings.labels and not findings.mistakes:
        kind = "occurrence tables" if options.positive_from is None else "intensity tables"
        raise nothing_found(source, folders, kind, "a file such as 001A.csv per participant")
    _find_pictures(folders, findings)
    letter = INTENSITIES[(options.positive_from or 1) - 1]
    return assemble(
        findings,
        source=source,
        reader="gft",
        rule="coded as occurring (1)"
        if options.positive_from is None
        else f"coded with intensity {letter} or more",
        options=options,
        subject_of=lambda name: name,
    )


def _find_labels(
    folders: Sequence[SourceFolder], positive_from: int | None, findings: Findings
) -> None:
    places: dict[str, list[epath.Path]] = {}
    for folder in folders:
        for file in folder.files:
            name = _participant(pathlib.PurePosixPath(file).stem)
            intensity = _SAYS_INTENSITY.search("/".join((*folder.parts, file))) is not None
            if name and file.lower().endswith(".csv") and intensity == (positive_from is not None):
                places.setdefault(name, []).append(folder.path / file)
    for name, paths in sorted(places.items()):
        findings.add("labels", name, functools.partial(_label_reader, paths, name, positive_from))


def _label_reader(
    paths: Sequence[epath.Path], name: str, positive_from: int | None
) -> Callable[[], LabelTrack]:
    # Tracking and results of other programs may lie in files of the same name.
    if len(paths) > 1:
        paths = [path for path in paths if _has_action_units(path)] or paths
    path = only(paths, f"{name}: labels")
    return lambda: counted_from_one(read_coding_table(path, _LAYOUT, positive_from))


def _has_action_units(path: epath.Path) -> bool:
    with open_csv(path) as (header, _):
        return any(parse_column(column) in ACTION_UNITS for column in header.names)


def _find_pictures(folders: Sequence[SourceFolder], findings: Findings) -> None:
    places: dict[str, dict[epath.Path, Callable[[], Pictures | None]]] = {}
    for folder in folders:
        name = _participant(folder.path.name)
        if name and folder.images():
            reader = functools.partial(_folder_pictures, folder, findings)
            places.setdefault(name, {})[folder.path] = reader
        for file in folder.files:
            name = _participant(pathlib.PurePosixPath(file).stem)
            if name and is_video(file):
                path = folder.path / file
                places.setdefault(name, {})[path] = functools.partial(VideoPictures, path)
    for name, readers in sorted(places.items()):
        findings.add("pictures", name, functools.partial(_only_reader, readers, name))


def _only_reader(
    readers: dict[epath.Path, Callable[[], Pictures | None]], name: str
) -> Pictures | None:
    return readers[only(list(readers), f"{name}: pictures")]()


def _folder_pictures(folder: SourceFolder, findings: Findings) -> Pictures | None:
    pictures = number_pictures(folder.path, folder.images(), FRAMES_PER_SECOND)
    if pictures and pictures.numbers[0] == 0:
        findings.notes.append(f"{folder.path}: the pictures count from 0; 0 is taken for frame 1")
        return pictures.counted_from_one()
    return pictures


def _participant(text: str) -> str | None:
    match = _PARTICIPANT.search(text.replace("_", " "))
    return match.group(1).upper() if match else None
