r"""Turn raw data into a prepared data set.

    python -m au_jax.prepare --dataset=folder --source=videos/ --data_dir=data [--name=mine]
    python -m au_jax.prepare --dataset=bp4d --source=/data/BP4D --check
    python -m au_jax.prepare --dataset=bp4d --source=/data/BP4D --data_dir=data
    python -m au_jax.prepare --describe=data/mine

It uses all cores and can be stopped at any moment; the same command goes on where it stopped. For
the layout of the folder see au_jax/datasets/raw/folder.py, for those of the licensed data sets the
files beside it that are named after them. On a cluster, through Apache Beam:

    python -m au_jax.prepare --dataset=folder --source=gs://b/videos --data_dir=gs://b/data \
        --runner=DataflowRunner --beam_options="--project=… --region=… --temp_location=gs://b/tmp"
"""

import io
import shlex
import sys
from collections.abc import Sequence

from absl import flags
from etils import epath

from au_jax.datasets.dataset import Dataset
from au_jax.datasets.prepared.contact_sheet import contact_sheet
from au_jax.datasets.prepared.description import describe_dataset, describe_preparation
from au_jax.datasets.prepared.finding import dataset_directory
from au_jax.datasets.prepared.reading import open_prepared, read_about, verify_faces
from au_jax.datasets.preparing.preparation import Execution
from au_jax.datasets.raw.catalogue import CATALOGUE, taking
from au_jax.datasets.raw.check_report import check_report
from au_jax.datasets.raw.raw_dataset import RawDataset, ReaderOptions, left_out, prepare_raw
from au_jax.datasets.raw.recording_landmarks import LandmarkFolder, TrackedFaces
from au_jax.errors import InputError
from au_jax.faces.mean_shape import FACE_SIZE
from au_jax.facs import INTENSITIES, validate_aus
from au_jax.system import atomic_files
from au_jax.system.command import execute
from au_jax.system.local_copies import is_remote

_MIN_FACE_SIZE, _MAX_FACE_SIZE = 16, 1024


def run(arguments: Sequence[str]) -> int:
    """Run the command.

    Args:
        arguments: command line, the program's name first.

    Returns:
        the exit code, see `au_jax.system.command`.
    """
    values = _define_flags()

    def body() -> None:
        _check_flags(values)
        _check_buckets(values)
        if values.describe:
            print(_describe(values))
        elif values.check:
            _survey(values)
        else:
            print(_prepare(values))

    return execute(values, arguments, __doc__ or "", body)


def _define_flags() -> flags.FlagValues:
    """Return this command's own flags; apart from absl's global ones, which others define too."""
    values = flags.FlagValues()

    def text(name: str, default: str | None, explanation: str) -> None:
        flags.DEFINE_string(name, default, explanation, flag_values=values)

    flags.DEFINE_enum("dataset", None, list(CATALOGUE), "Kind of raw data.", flag_values=values)
    text("source", None, "Folder of the raw data.")
    text(
        "name",
        None,
        "Name of the prepared data set; default: that of a licensed data set, else that of the "
        "source folder.",
    )
    text("data_dir", "data", "Folder of the prepared data sets.")
    text("aus", None, "Action units to take, as in 1,2,4; default: those in all label files.")
    text(
        "landmarks",
        None,
        "Licensed data sets: folder of landmark files, RECORDING.csv of OpenFace or RECORDING.npy; "
        "default: faces are found.",
    )
    flags.DEFINE_enum(
        "positive_from",
        None,
        list(INTENSITIES),
        "Licensed data sets: lowest intensity that counts as present, A to E; default: what is "
        "coded as occurring, B where only intensities are coded.",
        flag_values=values,
    )
    flags.DEFINE_enum(
        "camera",
        None,
        ["left", "right"],
        f"{', '.join(taking('camera'))}: camera; default: right.",
        flag_values=values,
    )
    flags.DEFINE_boolean(
        "check",
        False,
        "Tell what would be prepared, what is missing and what is wrong; write nothing.",
        flag_values=values,
    )
    text("describe", None, "Folder of a prepared data set: print what is in it, draw its faces.")
    text("out", None, "With --describe: picture of its faces; default: NAME_faces.png beside it.")
    text("runner", None, "Apache Beam runner, as in DirectRunner or DataflowRunner.")
    text("beam_options", "", "Further options of the Beam pipeline, as on a command line.")
    flags.DEFINE_boolean(
        "verify", False, "With --describe: read and check every face.", flag_values=values
    )
    flags.DEFINE_integer(
        "workers",
        None,
        "Processes at work; default: as many as cores, if there is enough to do.",
        lower_bound=1,
        flag_values=values,
    )
    flags.DEFINE_integer(
        "face_size",
        FACE_SIZE,
        "Height and width of the faces in pixels.",
        lower_bound=_MIN_FACE_SIZE,
        upper_bound=_MAX_FACE_SIZE,
        flag_values=values,
    )
    return values


def _check_flags(values: flags.FlagValues) -> None:
    if not values.describe and not (values.dataset and values.source):
        raise flags.Error("give --dataset and --source, or --describe; --help explains")
    if not values.describe and (values.out or values.verify):
        raise flags.Error("--out and --verify belong to --describe")
    if values.out and not values.out.lower().endswith(".png"):
        raise flags.Error(f"--out={values.out} is not a PNG: end the name with .png")
    if values.runner is None and values.beam_options:
        raise flags.Error("--beam_options belong to --runner, as in --runner=DirectRunner")
    if values.runner is not None and values.workers is not None:
        raise flags.Error("give --workers or --runner: a runner has its own workers")
    for name in ("landmarks", "positive_from", "camera"):
        if values[name].value is not None and values.dataset not in taking(name):
            raise flags.Error(f"--{name} is for {', '.join(taking(name))}")


def _check_buckets(values: flags.FlagValues) -> None:
    """Check that paths such as `gs://…` have the library that reaches them."""
    for path in (
        values.source,
        values.landmarks,
        values.data_dir,
        values.describe,
        values.out,
    ):
        if path and is_remote(path):
            try:
                epath.Path(path).exists()
            except ImportError as error:
                raise InputError(
                    f"{path}: {error}. For gs:// that is: pip install 'au_jax[gcs]'"
                ) from error


def _survey(values: flags.FlagValues) -> None:
    """Print what would be prepared.

    Raises:
        InputError: behind the report, if there are files that cannot be used.
    """
    kind = CATALOGUE[values.dataset]
    raw = _read(values, epath.Path(values.source))
    print(check_report(kind.title, raw, kind.base_rates))
    if raw.mistakes:
        raise InputError("mend these files or take them out, and check again")


def _prepare(values: flags.FlagValues) -> str:
    source = epath.Path(values.source)
    licensed = CATALOGUE[values.dataset].licensed
    name = values.name or (values.dataset if licensed else source.expanduser().resolve().name)
    if name.lower() == "synthetic":
        raise InputError("the name 'synthetic' stands for the built-in faces; give another --name")
    directory = dataset_directory(name, values.data_dir)
    if values.runner is not None:  # workers elsewhere do not know what a relative path starts from
        source, directory = _absolute(source), _absolute(directory)
    raw = _read(values, source)
    for line in left_out(raw):
        print(line, file=sys.stderr)
    dataset = prepare_raw(raw, directory, name, _execution(values))
    trouble = _notes(directory)
    return (
        f"{describe_dataset(dataset)}\n{trouble}\nprepared in {directory}; use it with: "
        f"python -m au_jax.main --experiment={values.dataset}_3fold --dataset={name} "
        f"--data_dir={values.data_dir}"
    )


def _read(values: flags.FlagValues, source: epath.Path) -> RawDataset:
    """Find the recordings in the source."""
    kind = CATALOGUE[values.dataset]
    folder = values.landmarks and _absolute(epath.Path(values.landmarks))
    landmarks = LandmarkFolder(folder) if folder else TrackedFaces()
    if "landmarks" in kind.options and not values.check:
        landmarks.require()
    options = ReaderOptions(
        landmarks=landmarks,
        face_size=values.face_size,
        aus=_parse_aus(values.aus),
        positive_from=INTENSITIES.index(values.positive_from) + 1 if values.positive_from else None,
        camera=values.camera or "right",
    )
    return kind.read(source, options)


def _execution(values: flags.FlagValues) -> Execution:
    return Execution(values.workers, values.runner, tuple(shlex.split(values.beam_options)))


def _absolute(path: epath.Path) -> epath.Path:
    return path if is_remote(path) else path.expanduser().resolve()


def _describe(values: flags.FlagValues) -> str:
    directory = epath.Path(values.describe)
    dataset = open_prepared(directory)
    if values.verify:
        verify_faces(directory, dataset)
    lines = [describe_dataset(dataset), describe_preparation(read_about(directory))]
    if values.verify:
        lines.append("all faces are as they were prepared")
    sheet = _write_sheet(dataset, directory, values.out)
    return "\n".join([*lines, _notes(directory), f"faces: {sheet}"])


def _write_sheet(dataset: Dataset, directory: epath.Path, out: str | None) -> epath.Path:
    """Write the contact sheet and return where it is."""
    from PIL import Image

    whole = _absolute(directory)
    path = epath.Path(out) if out else directory.parent / f"{whole.name}_faces.png"
    buffer = io.BytesIO()
    Image.fromarray(contact_sheet(dataset)).save(buffer, "PNG")
    atomic_files.write_bytes(path, buffer.getvalue())
    return path


def _notes(directory: epath.PathLike) -> str:
    """Return a line for everything that went wrong inside a recording."""
    return "".join(
        f"\nrecording {entry['recording']}: {note}"
        for entry in read_about(directory)["recordings"]
        for note in entry["notes"]
    )


def _parse_aus(text: str | None) -> tuple[int, ...] | None:
    if text is None:
        return None
    try:
        aus = [int(part.strip().upper().removeprefix("AU")) for part in text.split(",")]
    except ValueError as error:
        raise InputError(
            f"--aus is '{text}'; give numbers of action units with commas, as in 1,2,4"
        ) from error
    return validate_aus(aus)


def main() -> None:
    """Run the command line."""
    sys.exit(run(sys.argv))


if __name__ == "__main__":
    main()
