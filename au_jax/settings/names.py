"""Settings by shorter and by former names, as people write them on a command line.

`--experiment.cnn.learning_rate=1e-4` sets `cnn.optimizer.learning_rate`: the groups within a
section may be left out where one setting of the section has that name.
"""

from collections.abc import Sequence

from au_jax.settings.experiment import setting_names

_FORMER = {
    "dataset": "data.name",
    "test_dataset": "test_data.name",
    "transfer_dataset": "transfer_data.name",
    "synthetic": "data.synthetic",
    "test_synthetic": "test_data.synthetic",
    "transfer_synthetic": "transfer_data.synthetic",
}
"""Settings and sections that were called otherwise before data sets had settings of their own."""

_FLAG = "--experiment."


def full_name(name: str) -> str:
    """Return the path of the setting that a shorter or former name stands for.

    Args:
        name: such as `cnn.learning_rate`.

    Returns:
        its path, such as `cnn.optimizer.learning_rate`; `name` itself where it is a path, or stands
        for none or for several.
    """
    first, _, rest = name.partition(".")
    if first in _FORMER:
        name = _FORMER[first] + (f".{rest}" if rest else "")
    known = setting_names()
    if name in known:
        return name
    section, *groups, field = name.split(".")
    found = [
        path
        for path in known
        if (parts := path.split("."))[0] == section
        and len(parts) > 1
        and parts[-1] == field
        and set(groups) <= set(parts[1:-1])
    ]
    return found[0] if len(found) == 1 else name


def with_full_names(arguments: Sequence[str]) -> list[str]:
    """Return a command line whose `--experiment.SETTING` have the full names of the settings."""
    return [_with_full_name(argument) for argument in arguments]


def _with_full_name(argument: str) -> str:
    for mark in (_FLAG, _FLAG.replace("--", "--no"), _FLAG.replace("--", "-")):
        if argument.startswith(mark):
            name, equals, value = argument.removeprefix(mark).partition("=")
            return f"{mark}{full_name(name)}{equals}{value}"
    return argument
