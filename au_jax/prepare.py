"""Turn raw data into a prepared data set.

    python -m au_jax.prepare --dataset=folder --source=videos/ --data_dir=data [--name=mine]
    python -m au_jax.prepare --describe=data/mine

It can be stopped at any moment; the same command goes on where it stopped. For the layout of the
folder see au_jax/datasets/folder.py.
"""

import sys
from collections.abc import Sequence

from absl import flags
from etils import epath

from au_jax.command import execute
from au_jax.datasets.description import describe_dataset
from au_jax.datasets.folder import prepare_folder
from au_jax.datasets.records import open_dataset, read_about
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
        if not values.describe and not (values.dataset and values.source):
            raise flags.Error("give --dataset and --source, or --describe; --help explains")
        print(_describe(values.describe) if values.describe else _prepare(values))

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
    text("describe", None, "Folder of a prepared data set: print what is in it, do nothing else.")
    flags.DEFINE_integer(
        "face_size",
        FACE_SIZE,
        "Height and width of the faces in pixels.",
        lower_bound=_MIN_FACE_SIZE,
        upper_bound=_MAX_FACE_SIZE,
        flag_values=values,
    )
    return values


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
    dataset = prepare_folder(
        source,
        directory,
        name=name,
        aus=_parse_aus(values.aus),
        face_size=values.face_size,
    )
    trouble = _notes(directory)
    return (
        f"{describe_dataset(dataset)}\n{trouble}\nprepared in {directory}; use it with: "
        f"python -m au_jax.main --experiment=folder_3fold --dataset={name} "
        f"--data_dir={values.data_dir}"
    )


def _describe(directory: str) -> str:
    return f"{describe_dataset(open_dataset(directory))}\n{_notes(directory)}".rstrip()


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
