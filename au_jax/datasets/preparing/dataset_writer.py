"""Writing a prepared data set recording by recording, so that it can be stopped at any moment.

A recording is finished when its part of the table lies in `.preparation/`; its faces were put in
place just before. `finish` joins the parts and writes `dataset.json` last. So a process killed at
any moment leaves finished recordings and nothing half, and the finished folder is the same, byte
for byte, however often it was interrupted. Several processes may prepare the same folder: they do
the same work and write the same bytes.
"""

import contextlib
import dataclasses
import hashlib
import json
import urllib.parse
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from etils import epath

import au_jax
from au_jax.datasets.dataset import Dataset
from au_jax.datasets.prepared import reading as records
from au_jax.datasets.prepared.face_files import count_records, writing_faces
from au_jax.datasets.prepared.table_parts import (
    FrameBlock,
    RecordingKey,
    join_parts,
    make_part,
    part_about,
)
from au_jax.errors import InputError
from au_jax.settings.tree import leaves
from au_jax.system import atomic_files
from au_jax.system.local_copies import is_remote


class DatasetWriter:
    """Writes one prepared data set.

    Args:
        directory: its folder; new, or with the same settings.
        name: name of the data set.
        aus: action units of the label columns.
        face_shape: height, width and channels of the faces.
        settings: further settings of the preparation, as JSON values.

    Raises:
        InputError: if the folder holds other files, or a data set with other settings.
    """

    def __init__(
        self,
        directory: epath.PathLike,
        *,
        name: str,
        aus: Sequence[int],
        face_shape: tuple[int, int, int],
        settings: Mapping[str, Any],
    ) -> None:
        self.directory = epath.Path(directory)
        self._parts = self.directory / records.PREPARATION_FOLDER
        self._face_shape = face_shape
        self._about = {
            "format": records.FORMAT,
            "format_version": records.FORMAT_VERSION,
            "name": name,
            "aus": list(aus),
            "face_shape": list(face_shape),
            "settings": json.loads(json.dumps(settings)),
            "au_jax_version": au_jax.__version__,
        }
        settings_file = self._parts / "settings.json"
        if self.finished:
            found = records.read_about(self.directory)
            # A finished set stays valid when the package gets a new version.
            self._compare({**found, "au_jax_version": au_jax.__version__})
        elif settings_file.exists():
            self._compare(_read_settings(settings_file))
        else:
            if self.directory.exists() and any(
                path.name != records.PREPARATION_FOLDER for path in self.directory.iterdir()
            ):
                raise InputError(
                    f"{self.directory}: this folder holds other files, so no data set is prepared "
                    "in it; choose another --name or --data_dir"
                )
            atomic_files.write_json(settings_file, self._about)

    @property
    def preparation_folder(self) -> epath.Path:
        """Where the finished recordings' parts lie until the data set is finished."""
        return self._parts

    @property
    def finished(self) -> bool:
        """Whether the data set is complete."""
        return records.is_finished(self.directory)

    def has(self, recording: RecordingKey) -> bool:
        """Tell whether a recording is finished, made from the same source."""
        try:
            part = atomic_files.read_arrays(self._part_path(recording.name))
            about = part_about(part)
        except (OSError, ValueError, KeyError, zipfile.BadZipFile):
            return False  # not there, or a damaged disk: it is made again
        if about["subject"] != recording.subject or about["source"] != dict(recording.source):
            return False
        shard = self.directory / records.shard_name(recording.name)
        if is_remote(shard):  # in a bucket a file is there in full or not at all
            return shard.exists()
        return count_records(shard, self._face_shape) == len(part["frame"])

    def notes(self, recording: RecordingKey) -> tuple[str, ...]:
        """Return what went wrong inside a finished recording."""
        return tuple(part_about(atomic_files.read_arrays(self._part_path(recording.name)))["notes"])

    def add(self, recording: RecordingKey, blocks: Iterable[FrameBlock]) -> None:
        """Write one recording; read the blocks one at a time.

        Raises:
            InputError: if there is no frame, or the blocks raise it; nothing is written then.
            OSError: if the disk is full.
        """
        collected: list[FrameBlock] = []
        shard = self.directory / records.shard_name(recording.name)
        self._parts.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256()
        with writing_faces(shard, self._parts) as write:
            for block in blocks:
                block.check(len(self._about["aus"]), self._face_shape)
                for face in block.faces:
                    data = face.tobytes()
                    digest.update(data)
                    write(data)
                collected.append(dataclasses.replace(block, faces=block.faces[:0].copy()))
            if not collected:
                raise InputError(f"recording {recording.name} has no frames; take it out")
        part = make_part(recording, collected, digest.hexdigest())
        atomic_files.write_arrays(self._part_path(recording.name), part)

    def finish(self, recordings: Sequence[RecordingKey]) -> Dataset:
        """Join the recordings, in this order, to the finished data set and open it.

        If the data set was finished before, it must have been made from the same recordings.

        Raises:
            InputError: if it was finished from other recordings.
        """
        if not self.finished:
            try:
                parts = [atomic_files.read_arrays(self._part_path(key.name)) for key in recordings]
                self._publish(*join_parts(self._about, parts))
            except FileNotFoundError:
                if not self.finished:  # else another process was faster
                    raise
        self._check_recordings(recordings)
        self._tidy()
        return records.open_prepared(self.directory)

    def _publish(self, about: Mapping[str, Any], table: Mapping[str, np.ndarray]) -> None:
        # Written in .preparation first: a kill in between leaves no temporary file outside.
        frames = self._parts / records.FRAMES_FILE
        atomic_files.write_arrays(frames, table)
        frames.replace(self.directory / records.FRAMES_FILE)
        dataset = self._parts / records.DATASET_FILE
        atomic_files.write_json(dataset, about)
        dataset.replace(self.directory / records.DATASET_FILE)

    def _part_path(self, recording: str) -> epath.Path:
        return self._parts / f"part-{urllib.parse.quote(recording, safe='')}.npz"

    def _compare(self, found: Mapping[str, Any]) -> None:
        there, asked = leaves(found), leaves(self._about)
        differences = [
            f"{key} is {there.get(key)} there, {asked[key]} was asked for"
            for key in asked
            if there.get(key) != asked[key]
        ]
        if differences:
            raise InputError(
                f"{self.directory}: a data set with other settings lies here: "
                f"{'; '.join(differences)}. Delete the folder or choose another --name"
            )

    def _check_recordings(self, recordings: Sequence[RecordingKey]) -> None:
        def entries(found: Iterable[Mapping[str, Any]]) -> dict[str, tuple[str, Any]]:
            return {entry["recording"]: (entry["subject"], entry["source"]) for entry in found}

        there = entries(records.read_about(self.directory)["recordings"])
        asked = {key.name: (key.subject, dict(key.source)) for key in recordings}
        changes = [
            *(f"{name} is new" for name in asked if name not in there),
            *(f"{name} is gone" for name in there if name not in asked),
            *(
                f"{name} was changed"
                for name in asked
                if there.get(name, asked[name]) != asked[name]
            ),
        ]
        if changes or list(there) != list(asked):
            shown = "; ".join(changes[:5]) or "their order differs"
            raise InputError(
                f"{self.directory}: the finished data set there was made from other recordings: "
                f"{shown}{' …' if len(changes) > 5 else ''}. Delete the folder to prepare it "
                "again, or choose another --name"
            )

    def _tidy(self) -> None:
        """Remove what only the preparation needed, also what earlier runs have left."""
        wanted = {entry["file"] for entry in records.read_about(self.directory)["recordings"]}
        with contextlib.suppress(OSError):  # another process may be tidying up as well
            for path in self.directory.iterdir():
                if records.is_shard(path.name) and path.name not in wanted:
                    path.unlink(missing_ok=True)
            if self._parts.exists():
                self._parts.rmtree()


def _read_settings(path: epath.Path) -> Mapping[str, Any]:
    try:
        settings = json.loads(path.read_text())
    except ValueError:
        settings = None
    if not isinstance(settings, dict):
        raise InputError(
            f"{path}: this file is damaged, so the preparation cannot go on; delete the folder "
            f"{path.parent.parent} and run the same command again"
        )
    return settings
