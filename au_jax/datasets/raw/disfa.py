"""DISFA (Mavadati et al., IEEE Transactions on Affective Computing 4 (2), 2013).

    ActionUnit_Labels/SN001/SN001_au1.txt           frame,intensity in each line, no header
    Video_RightCamera/RightVideoSN001_Comp.avi      or Videos_LeftCamera/LeftVideoSN001_comp.avi

27 subjects, 4,845 frames each (one has a label less); all frames are coded.
"""

import dataclasses
import functools
import re
from collections.abc import Sequence

import numpy as np
from etils import epath

from au_jax.datasets.raw.coding_files import (
    counted_from_one,
    join_tracks,
    read_intensity_pairs,
)
from au_jax.datasets.raw.label_csv import LabelTrack
from au_jax.datasets.raw.pictures import VideoPictures
from au_jax.datasets.raw.raw_dataset import Findings, RawDataset, ReaderOptions, assemble
from au_jax.datasets.raw.source_tree import SourceFolder, is_video, list_source, nothing_found, only
from au_jax.errors import InputError
from au_jax.facs import INTENSITIES

POSITIVE_FROM = 2
"""The usual rule of this data set: intensity B or more."""

_LABELS = re.compile(r"(SN\d{3})_au0*(\d+)\.txt", re.IGNORECASE)
_VIDEO = re.compile(r"(left|right)video(SN\d{3})(?!\d).*", re.IGNORECASE)


def read_disfa(source: epath.PathLike, options: ReaderOptions) -> RawDataset:
    """Find the recordings of DISFA without decoding a video.

    Labels belong to the frames of the video by their place: the first is the first, whether the
    numbers in the file begin with 0 or 1.

    Args:
        source: the folder with `ActionUnit_Labels` and the videos.
        options: what to take.

    Raises:
        InputError: if there are no label files, or none has an action unit asked for.
    """
    folders = list_source(source)
    findings = Findings()
    positive_from = options.positive_from or POSITIVE_FROM
    _find_labels(folders, positive_from, findings)
    if not findings.labels:
        raise nothing_found(source, folders, "label files", "ActionUnit_Labels/SN001/SN001_au1.txt")
    _find_videos(folders, options.camera, findings)
    raw = assemble(
        findings,
        source=source,
        reader="disfa",
        rule=f"coded with intensity {INTENSITIES[positive_from - 1]} or more",
        options=options,
        subject_of=lambda name: name,
    )
    settings = {**raw.settings, "camera": options.camera, "positive_from": positive_from}
    return dataclasses.replace(raw, settings=settings)


def _find_labels(folders: Sequence[SourceFolder], positive_from: int, findings: Findings) -> None:
    places: dict[str, dict[int, list[epath.Path]]] = {}
    for folder in folders:
        for file in folder.files:
            if match := _LABELS.fullmatch(file):
                of_name = places.setdefault(match.group(1).upper(), {})
                of_name.setdefault(int(match.group(2)), []).append(folder.path / file)
    for name, by_au in sorted(places.items()):
        findings.labels[name] = functools.partial(_read_labels, by_au, positive_from, name)


def _read_labels(by_au: dict[int, list[epath.Path]], positive_from: int, name: str) -> LabelTrack:
    tracks = [
        read_intensity_pairs(only(paths, f"{name}: labels of AU{au}"), au, positive_from)
        for au, paths in sorted(by_au.items())
    ]
    first = tracks[0].frames[:1]
    for track, au in zip(tracks, sorted(by_au), strict=True):
        if not np.array_equal(track.frames[:1], first):
            raise InputError(
                f"{by_au[au][0]}: frames begin with {track.frames[0]}, those of the other action "
                f"units of {name} with {first[0]}; copy the labels again from the original"
            )
    return counted_from_one(join_tracks(tracks))


def _find_videos(folders: Sequence[SourceFolder], camera: str, findings: Findings) -> None:
    places: dict[str, list[epath.Path]] = {}
    others = 0
    for folder in folders:
        for file in folder.files:
            match = _VIDEO.fullmatch(file)
            if not match or not is_video(file):
                continue
            if match.group(1).lower() == camera:
                places.setdefault(match.group(2).upper(), []).append(folder.path / file)
            else:
                others += 1
    for name, paths in sorted(places.items()):
        findings.add(
            "pictures",
            name,
            functools.partial(_only_video, paths, name),
        )
    if others and not places:
        other = "left" if camera == "right" else "right"
        findings.notes.append(
            f"all videos are of the {other} camera; take them with --camera={other}"
        )


def _only_video(paths: Sequence[epath.Path], name: str) -> VideoPictures:
    return VideoPictures(only(paths, f"{name}: videos"))
