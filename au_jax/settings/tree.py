"""A configuration as a tree of named values: to store it, to list it, to compare two."""

import dataclasses
import enum
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def leaves(tree: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return the values of nested dictionaries by path, such as `cnn.learning_rate`."""
    flat: dict[str, Any] = {}
    for key, value in tree.items():
        if isinstance(value, Mapping):
            flat |= leaves(value, f"{prefix}{key}.")
        else:
            flat[prefix + key] = value
    return flat


def to_json(config: "DataclassInstance") -> dict[str, Any]:
    """Return a configuration as nested dictionaries of JSON values; an enum becomes its value."""

    def convert(value: Any) -> Any:  # noqa: ANN401 (any field of a dataclass)
        if isinstance(value, Mapping):
            return {key: convert(item) for key, item in value.items()}
        if isinstance(value, tuple):
            return list(value)
        return value.value if isinstance(value, enum.Enum) else value

    return convert(dataclasses.asdict(config))


def differences(
    old: Mapping[str, Any], new: Mapping[str, Any], defaults: Mapping[str, Any]
) -> list[str]:
    """Compare two configurations from `to_json`.

    Args:
        old: a configuration, possibly written by a version with fewer settings.
        new: another.
        defaults: values of the settings that `old` lacks.

    Returns:
        One line `cnn.width: 1.0 before, 0.5 now` for each field that differs.
    """
    old_leaves, new_leaves = leaves(defaults) | leaves(old), leaves(new)
    absent = object()
    lines = []
    for path in sorted(old_leaves.keys() | new_leaves.keys()):
        before, now = old_leaves.get(path, absent), new_leaves.get(path, absent)
        if before != now:
            shown = ["absent" if value is absent else repr(value) for value in (before, now)]
            lines.append(f"{path}: {shown[0]} before, {shown[1]} now")
    return lines
