"""Turn raw data into a prepared data set.

    python -m au_jax.prepare --dataset=folder --source=videos/ --data_dir=data [--name=mine]
    python -m au_jax.prepare --dataset=bp4d --source=/data/BP4D --check
    python -m au_jax.prepare --dataset=bp4d --source=/data/BP4D --data_dir=data
    python -m au_jax.prepare --describe=data/mine

It can be stopped at any moment; the same command goes on where it stopped. For the layout of the
folder see au_jax/datasets/folder.py, for those of the licensed data sets bp4d.py, bp4d_plus.py,
gft.py and disfa.py beside it.
"""

import sys
from collections.abc import Sequence

from absl import flags
from etils import epath

from au_jax.command import execute
from au_jax.datasets.check_report import check_report, survey_raw
from au_jax.datasets.coded_recording import LandmarkFolder
from au_jax.datasets.description import describe_dataset
from au_jax.datasets.folder import prepare_folder, survey_folder
from au_jax.datasets.published_base_rates import PUBLISHED_BASE_RATES
from au_jax.datasets.raw_dataset import RawDataset, ReaderOptions, prepare_raw, some_names
from au_jax.datasets.readers import READERS
from au_jax.datasets.records import open_dataset, read_about
from au_jax.datasets.registry import LICENSED_DATASETS, dataset_directory
from au_jax.errors import InputError
from au_jax.faces.mean_shape import FACE_SIZE
from au_jax.facs import INTENSITIES, validate_aus

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
        _refuse_flags_of_other_kinds(values)
        if values.describe:
            print(_describe(values.describe))
        elif values.check:
            _check(values)
        else:
            print(_prepare(values))

    return execute(values, arguments, __doc__ or "", body)


def _define_flags() -> flags.FlagValues:
    """Return this command's own flags; apart from absl's global ones, which others define too."""
    values = flags.FlagValues()

    def text(name: str, default: str | None, explanation: str) -> None:
        flags.DEFINE_string(name, default, explanation, flag_values=values)

    kinds = ["folder", *LICENSED_DATASETS]
    flags.DEFINE_enum("dataset", None, kinds, "Kind of raw data.", flag_values=values)
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
        "Licensed data sets: folder of OpenFace's files, RECORDING.csv for each recording.",
    )
    flags.DEFINE_enum(
        "positive_from",
        None,
        list(INTENSITIES),
        "Licensed data sets: lowest intensity that counts as present, A to E; default: what is "
        "coded as occurring, for disfa B.",
        flag_values=values,
    )
    flags.DEFINE_enum(
        "camera", None, ["left", "right"], "disfa: camera; default: right.", flag_values=values
    )
    flags.DEFINE_boolean(
        "check",
        False,
        "Tell what would be prepared, what is missing and what is wrong; write nothing.",
        flag_values=values,
    )
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


def _refuse_flags_of_other_kinds(values: flags.FlagValues) -> None:
    licensed = values.dataset in LICENSED_DATASETS
    for name in ("landmarks", "positive_from"):
        if values[name].value is not None and not licensed:
            raise flags.Error(f"--{name} is for {', '.join(LICENSED_DATASETS)}")
    if values.camera and values.dataset != "disfa":
        raise flags.Error("--camera is for disfa")


def _check(values: flags.FlagValues) -> None:
    """Print what would be prepared.

    Raises:
        InputError: behind the report, if there are files that cannot be used.
    """
    if values.dataset == "folder":
        aus = _parse_aus(values.aus)
        survey = survey_folder(values.source, aus=aus, face_size=values.face_size)
    else:
        survey = survey_raw(
            LICENSED_DATASETS[values.dataset].title,
            READERS[values.dataset](values.source, _options(values)),
            PUBLISHED_BASE_RATES.get(values.dataset),
        )
    print(check_report(survey))
    if survey.mistakes:
        raise InputError("mend these files or take them out, and check again")


def _prepare(values: flags.FlagValues) -> str:
    source = epath.Path(values.source)
    licensed = values.dataset in LICENSED_DATASETS
    name = values.name or (values.dataset if licensed else source.expanduser().resolve().name)
    if name.lower() == "synthetic":
        raise InputError("the name 'synthetic' stands for the built-in faces; give another --name")
    directory = dataset_directory(name, values.data_dir)
    if licensed:
        raw = READERS[values.dataset](source, _options(values))
        _tell_what_is_left_out(raw)
        dataset = prepare_raw(raw, directory, name)
        experiment = f"{values.dataset}_3fold"
    else:
        dataset = prepare_folder(
            source,
            directory,
            name=name,
            aus=_parse_aus(values.aus),
            face_size=values.face_size,
        )
        experiment = "folder_3fold"
    trouble = _notes(directory)
    return (
        f"{describe_dataset(dataset)}\n{trouble}\nprepared in {directory}; use it with: "
        f"python -m au_jax.main --experiment={experiment} --dataset={name} "
        f"--data_dir={values.data_dir}"
    )


def _options(values: flags.FlagValues) -> ReaderOptions:
    if values.landmarks is None and not values.check:
        raise InputError(
            "give --landmarks=FOLDER with OpenFace's landmark files, RECORDING.csv for each "
            "recording (F001_T1.csv, 001A.csv, SN001.csv)"
        )
    return ReaderOptions(
        landmarks=LandmarkFolder(epath.Path(values.landmarks or "")),
        face_size=values.face_size,
        aus=_parse_aus(values.aus),
        positive_from=INTENSITIES.index(values.positive_from) + 1 if values.positive_from else None,
        camera=values.camera or "right",
    )


def _tell_what_is_left_out(raw: RawDataset) -> None:
    for what, names in (
        ("labels but no pictures", raw.labels_alone),
        ("pictures but no labels", raw.pictures_alone),
    ):
        if names:
            print(f"left out, with {what}: {some_names(names)}", file=sys.stderr)
    for note in raw.notes:
        print(note, file=sys.stderr)


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
