"""The file `recordings.csv` of a folder data set: one row per recording."""

import dataclasses
import posixpath

from etils import epath

from au_jax.errors import InputError
from au_jax.system.csv_rows import open_csv

RECORDINGS_FILE = "recordings.csv"

_COLUMNS = ("recording", "subject", "video", "labels")


@dataclasses.dataclass(frozen=True)
class RecordingRow:
    """One row; paths are as written in the file.

    Attributes:
        place: file and line, for messages.
        recording: name of the recording.
        subject: name of its subject.
        video: path of the video, or of a folder of pictures, inside the folder.
        labels: path of the label file inside the folder, or nothing.
        landmarks: path of the landmark file inside the folder, or nothing.
    """

    place: str
    recording: str
    subject: str
    video: str
    labels: str
    landmarks: str = ""

    def file(self, source: epath.Path, column: str) -> epath.Path:
        """Return the path of a file of this recording.

        Args:
            source: the folder.
            column: `video`, `labels` or `landmarks`.

        Raises:
            InputError: if it lies outside the folder, or there is no such file.
        """
        text = getattr(self, column)
        normal = posixpath.normpath(text.replace("\\", "/"))
        if normal.startswith(("/", "../")) or normal == ".." or normal[1:3] == ":/":
            raise InputError(
                f"{self.place}: {column} '{text}' is outside the folder; give paths relative to "
                f"{source}, without '..' (a link inside the folder may point elsewhere)"
            )
        path = source / normal
        if not path.exists() or (path.is_dir() and column != "video"):
            raise InputError(f"{self.place}: {column} '{text}': there is no file {path}")
        return path


def read_recordings_csv(source: epath.Path) -> tuple[list[RecordingRow], list[str]]:
    """Read the file.

    The column `landmarks` may be missing; `session` and further ones are not used.

    Returns:
        the rows whose cells are in order, and a message for each of the others.

    Raises:
        InputError: if the file as a whole cannot be used.
    """
    path = source / RECORDINGS_FILE
    with open_csv(path) as (header, rows):
        places = [header.index(name) for name in _COLUMNS]
        if "landmarks" in (name.lower() for name in header.names):
            places.append(header.index("landmarks"))
        found = [
            RecordingRow(f"{path}, line {row.line}", *(row.cells[i].strip() for i in places))
            for row in rows
        ]
    if not found:
        raise InputError(f"{path}: there is no recording in it; add a line for each video")
    good: list[RecordingRow] = []
    mistakes: list[str] = []
    # File systems that ignore capitals would mix up names that differ in these only.
    seen: dict[str, RecordingRow] = {}
    for row in found:
        first = seen.setdefault(row.recording.lower(), row)
        message = _mistake(row, None if first is row else first)
        if message:
            mistakes.append(f"{row.place}: {message}")
        else:
            good.append(row)
    return good, mistakes


def _mistake(row: RecordingRow, earlier: RecordingRow | None) -> str | None:
    for column in ("recording", "subject", "video"):
        if not getattr(row, column):
            return f"column '{column}' is empty"
    if earlier:
        return (
            f"recording '{row.recording}' was there before ({earlier.place}); give every "
            "recording its own name, not only in capitals"
        )
    return None
