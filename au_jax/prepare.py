r"""Turn raw data into a prepared data set.

    python -m au_jax.prepare --dataset=folder --source=videos/ --data_dir=data [--name=mine]
    python -m au_jax.prepare --describe=data/mine

It uses all cores and can be stopped at any moment; the same command goes on where it stopped. For
the layout of the folder see au_jax/datasets/folder.py. On a cluster, through Apache Beam:

    python -m au_jax.prepare --dataset=folder --source=gs://b/videos --data_dir=gs://b/data \
        --runner=DataflowRunner --beam_options="--project=… --region=… --temp_location=gs://b/tmp"
"""

import io
import shlex
import sys
from collections.abc import Sequence

from absl import flags
from etils import epath

from au_jax import atomic_files
from au_jax.command import execute
from au_jax.datasets.contact_sheet import contact_sheet
from au_jax.datasets.dataset import Dataset
from au_jax.datasets.description import describe_dataset, describe_preparation
from au_jax.datasets.folder import prepare_folder
from au_jax.datasets.local_copies import is_remote
from au_jax.datasets.preparation import Execution
from au_jax.datasets.records import open_dataset, read_about, verify_faces
from au_jax.datasets.registry import LICENSED_DATASETS, NO_DATA_NEEDED, dataset_directory
from au_jax.errors import InputError
from au_jax.faces.mean_shape import FACE_SIZE
from au_jax.facs import validate_aus

_MIN_FACE_SIZE, _MAX_FACE_SIZE = 16, 1024


def run(arguments: Sequence[str]) -> int:
    """Run the command.

    Args:
        arguments: command line, the program's name first.

    Returns:
        the exit code, see `au_jax.command`.
    """
    values = _define_flags()

    def body() -> None:
        _check_flags(values)
        _check_buckets(values)
        print(_describe(values) if values.describe else _prepare(values))

    return execute(values, arguments, __doc__ or "", body)


def _define_flags() -> flags.FlagValues:
    """Return this command's own flags; apart from absl's global ones, which others define too."""
    values = flags.FlagValues()

    def text(name: str, default: str | None, explanation: str) -> None:
        flags.DEFINE_string(name, default, explanation, flag_values=values)

    kinds = ["folder", *LICENSED_DATASETS]
    flags.DEFINE_enum("dataset", None, kinds, "Kind of raw data.", flag_values=values)
    text("source", None, "Folder of the raw data.")
    text("name", None, "Name of the prepared data set; default: name of the source folder.")
    text("data_dir", "data", "Folder of the prepared data sets.")
    text("aus", None, "Action units to take, as in 1,2,4; default: those in all label files.")
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


def _check_buckets(values: flags.FlagValues) -> None:
    """Check that paths such as `gs://…` have the library that reaches them."""
    for path in (values.source, values.data_dir, values.describe, values.out):
        if path and is_remote(path):
            try:
                epath.Path(path).exists()
            except ImportError as error:
                raise InputError(
                    f"{path}: {error}. For gs:// that is: pip install 'au_jax[gcs]'"
                ) from error


def _prepare(values: flags.FlagValues) -> str:
    if values.dataset in LICENSED_DATASETS:
        raise InputError(
            f"this version of au_jax has no reader for {LICENSED_DATASETS[values.dataset].title}; "
            "bring its videos, labels and landmarks into the layout of --dataset=folder and use "
            f"--name={values.dataset}, or try {NO_DATA_NEEDED}, which needs no data"
        )
    source = epath.Path(values.source)
    name = values.name or source.expanduser().resolve().name
    if name.lower() == "synthetic":
        raise InputError("the name 'synthetic' stands for the built-in faces; give another --name")
    directory = dataset_directory(name, values.data_dir)
    if values.runner is not None:  # workers elsewhere do not know what a relative path starts from
        source, directory = _absolute(source), _absolute(directory)
    dataset = prepare_folder(
        source,
        directory,
        name=name,
        aus=_parse_aus(values.aus),
        face_size=values.face_size,
        execution=_execution(values),
    )
    trouble = _notes(directory)
    return (
        f"{describe_dataset(dataset)}\n{trouble}\nprepared in {directory}; use it with: "
        f"python -m au_jax.main --experiment=folder_3fold --dataset={name} "
        f"--data_dir={values.data_dir}"
    )


def _execution(values: flags.FlagValues) -> Execution:
    return Execution(values.workers, values.runner, tuple(shlex.split(values.beam_options)))


def _absolute(path: epath.Path) -> epath.Path:
    return path if is_remote(path) else path.expanduser().resolve()


def _describe(values: flags.FlagValues) -> str:
    directory = epath.Path(values.describe)
    dataset = open_dataset(directory)
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
