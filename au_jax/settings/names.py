"""Settings by shorter and by former names, as people write them on a command line.

`--experiment.cnn.learning_rate=1e-4` sets `cnn.optimizer.learning_rate`: the groups within a
section may be left out where one setting of the section has that name.
"""

import dataclasses
import re
from collections.abc import Sequence

from au_jax.settings.experiment import Experiment, setting_names
from au_jax.settings.tree import leaves

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
    if name in known or "." not in name:
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


def _as_literal(name: str, value: str) -> str:
    """Return names with commas between, such as `svm,jpml`, as the flag parser wants a tuple."""
    words = value.split(",")
    is_list = isinstance(leaves(dataclasses.asdict(Experiment())).get(name), tuple)
    if is_list and all(re.fullmatch(r"[A-Za-z]\w*", word) for word in words):
        return repr(tuple(words))
    return value


def _with_full_name(argument: str) -> str:
    for mark in (_FLAG, _FLAG.replace("--", "--no"), _FLAG.replace("--", "-")):
        if argument.startswith(mark):
            name, equals, value = argument.removeprefix(mark).partition("=")
            name = full_name(name)
            return f"{mark}{name}{equals}{_as_literal(name, value)}"
    return argument
