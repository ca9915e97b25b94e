"""Settings as a tree of named values: to store and read them, to list, compare and change them."""

import copy
import dataclasses
import enum
import functools
import types
import typing
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from au_jax.errors import InputError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Settings = TypeVar("Settings", bound="DataclassInstance")


def leaves(tree: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return the values of nested dictionaries by path, such as `cnn.optimizer.learning_rate`."""
    flat: dict[str, Any] = {}
    for key, value in tree.items():
        if isinstance(value, Mapping):
            flat |= leaves(value, f"{prefix}{key}.")
        else:
            flat[prefix + key] = value
    return flat


def to_json(settings: "DataclassInstance") -> dict[str, Any]:
    """Return settings as nested dictionaries of JSON values; an enum becomes its value."""

    def convert(value: Any) -> Any:  # noqa: ANN401 (any field of a dataclass)
        if isinstance(value, Mapping):
            return {key: convert(item) for key, item in value.items()}
        if isinstance(value, tuple | list):
            return [convert(item) for item in value]
        return value.value if isinstance(value, enum.Enum) else value

    return convert(dataclasses.asdict(settings))


def from_json(kind: type[Settings], tree: Mapping[str, Any], path: str = "") -> Settings:
    """Return the settings that `to_json` wrote; fields that the tree lacks have their defaults.

    Args:
        kind: the class of the settings.
        tree: nested dictionaries of JSON values.
        path: of the settings in the tree, for messages, such as `cnn.`.

    Raises:
        InputError: for a field that the class does not have, or a value that is not of its type.
    """
    hints = _types_of(kind)
    unknown = tree.keys() - hints.keys()
    if unknown:
        raise InputError(
            f"{path}{min(unknown)} is not a setting of this version; known are: {', '.join(hints)}"
        )
    values = {name: _typed(hints[name], value, path + name) for name, value in tree.items()}
    return kind(**values)


@functools.cache
def _types_of(kind: "type[DataclassInstance]") -> dict[str, Any]:
    hints = typing.get_type_hints(kind)
    return {field.name: hints[field.name] for field in dataclasses.fields(kind)}


def _typed(hint: Any, value: Any, path: str) -> Any:  # noqa: ANN401 (any field of a dataclass)
    """Return a JSON value, or one of the type itself, as a value of a field of type `hint`."""
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        (one,) = [member for member in inner if member is not types.NoneType]
        return None if value is None else _typed(one, value, path)
    if origin is tuple and isinstance(value, list | tuple):
        return tuple(_typed(inner[0], item, path) for item in value)
    if dataclasses.is_dataclass(hint) and isinstance(value, Mapping):
        return from_json(typing.cast("Any", hint), value, f"{path}.")
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        allowed = [member.value for member in hint]
        if value in allowed or value in list(hint):
            return hint(value)
        raise InputError(f"{path} is {value!r}; allowed is one of {', '.join(map(str, allowed))}")
    if origin is not None or hint is Any:
        return value
    hint = typing.cast("type", hint)
    accepted = (int, float) if hint is float else hint
    if not isinstance(value, accepted) or (isinstance(value, bool) and hint is not bool):
        raise InputError(
            f"{path} is {value!r}; it must be of type {getattr(hint, '__name__', hint)}"
        )
    return hint(value) if hint is float else value


def changed(settings: Settings, changes: Mapping[str, Any]) -> Settings:
    """Return settings with other values in some places; they themselves stay as they are.

    Args:
        settings: what is changed.
        changes: path to value, such as `{"sampling.strategy": "momu"}`; a choice by its word.

    Raises:
        InputError: for a path that is not a setting, or a value that it cannot have.
    """
    copied = copy.deepcopy(settings)
    for path, value in changes.items():
        *parts, name = path.split(".")
        place: Any = copied
        for part in parts:
            place = getattr(place, part, None)
        if not dataclasses.is_dataclass(place) or name not in _types_of(type(place)):
            known = ", ".join(leaves(dataclasses.asdict(settings)))
            raise InputError(f"{path!r} is not a setting; settings are: {known}")
        setattr(place, name, _typed(_types_of(type(place))[name], value, path))
    return copied


def differences(
    old: Mapping[str, Any], new: Mapping[str, Any], defaults: Mapping[str, Any]
) -> list[str]:
    """Compare two configurations from `to_json`.

    Args:
        old: a configuration, possibly written by a version with fewer settings.
        new: another.
        defaults: values of the settings that `old` lacks.

    Returns:
        One line `cnn.network.width: 1.0 before, 0.5 now` for each field that differs.
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
