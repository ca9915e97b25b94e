"""Finding a prepared data set by its name, and saying what to do when it is not there."""

from etils import epath

from au_jax.datasets.dataset import Dataset
from au_jax.datasets.prepared.reading import is_finished, open_prepared
from au_jax.datasets.raw.catalogue import CATALOGUE, CatalogueEntry
from au_jax.errors import InputError

NO_DATA_NEEDED = "python -m au_jax.main --experiment=synthetic_3fold"


def load_dataset(name: str, data_dir: epath.PathLike) -> Dataset:
    """Open the prepared data set of a name.

    Args:
        name: the name it was prepared under.
        data_dir: folder of the prepared data sets.

    Raises:
        InputError: if it is not there, with how to prepare it; or unfinished, old or damaged.
    """
    directory = dataset_directory(name, data_dir)
    if directory.exists():
        return open_prepared(directory)
    there = prepared_names(data_dir)
    raise InputError(
        f"there is no prepared data set '{name}': looked for {directory}. {_how_to_get(name)} "
        f"into it with: {prepare_command(name, data_dir)} . "
        f"Prepared in {data_dir}: {', '.join(there) or 'nothing'}. "
        f"Without any data, try: {NO_DATA_NEEDED}"
    )


def dataset_directory(name: str, data_dir: epath.PathLike) -> epath.Path:
    """Return the folder of a prepared data set.

    Raises:
        InputError: if the name cannot be that of a folder.
    """
    if not name or name in (".", "..") or any(mark in name for mark in "/\\:\0") or name[0] == "-":
        raise InputError(
            f"'{name}' cannot be the name of a data set: it names a folder inside the folder of "
            "the prepared data sets, without / \\ or :"
        )
    return epath.Path(data_dir) / name


def prepared_names(data_dir: epath.PathLike) -> list[str]:
    """Return the names of the finished data sets in a folder, sorted."""
    data_dir = epath.Path(data_dir)
    if not data_dir.is_dir():
        return []
    return sorted(path.name for path in data_dir.iterdir() if path.is_dir() and is_finished(path))


def prepare_command(name: str, data_dir: epath.PathLike) -> str:
    """Return the command line that prepares a data set."""
    if _licensed(name):
        return f"python -m au_jax.prepare --dataset={name} --source=FOLDER --data_dir={data_dir}"
    return (
        f"python -m au_jax.prepare --dataset=folder --source=FOLDER --name={name} "
        f"--data_dir={data_dir}"
    )


def _how_to_get(name: str) -> str:
    if licensed := _licensed(name):
        return (
            f"Ask for a licence of {licensed.title} at {licensed.contact} , then bring the folder "
            "you get"
        )
    return "Bring your folder of videos, labels and landmarks"


def _licensed(name: str) -> CatalogueEntry | None:
    entry = CATALOGUE.get(name)
    return entry if entry and entry.licensed else None
