"""Fields of settings with the values that they may have, and the check of all of them.

A class of settings is a plain dataclass, because command-line overrides assign to its fields; it is
hashable, because networks and compiled steps are made for it. Nothing assigns to it after
`check_settings`.
"""

import dataclasses
import enum
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from au_jax.errors import InputError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Value = TypeVar("Value")

_BOUNDS = "bounds"


@dataclasses.dataclass(frozen=True)
class Bounds:
    """The numbers that a setting may be: those for which `holds`, which `allowed` puts in words."""

    holds: Callable[[Any], bool]
    allowed: str


POSITIVE = Bounds(lambda x: x > 0, "above 0")
NOT_NEGATIVE = Bounds(lambda x: x >= 0, "0 or more")
SHARE = Bounds(lambda x: 0 <= x <= 1, "0 to 1")
PART = Bounds(lambda x: 0 < x < 1, "between 0 and 1")
RATE = Bounds(lambda x: 0 <= x < 1, "0 to below 1")
ANY = Bounds(lambda x: True, "any number")


def at_least(smallest: float, unit: str = "") -> Bounds:
    """Return the bounds of numbers from `smallest` on."""
    return Bounds(lambda x: x >= smallest, f"{smallest} {unit}".strip() + " or more")


def one_of(*numbers: int) -> Bounds:
    """Return the bounds of a few numbers."""
    return Bounds(lambda x: x in numbers, " or ".join(map(str, numbers)))


def several(bounds: Bounds) -> Bounds:
    """Return the bounds of a tuple of one or more numbers."""
    return Bounds(
        lambda values: bool(values) and all(map(bounds.holds, values)),
        f"one or more, all {bounds.allowed}",
    )


def bounded(default: Value, bounds: Bounds) -> Value:
    """Return a field of numbers, or None where the type allows it, with the values it may have."""
    # A field is what a dataclass wants to see here, its default what a type checker does.
    return dataclasses.field(default=default, metadata={_BOUNDS: bounds})  # pyright: ignore[reportReturnType]


def bounds_of(field: "dataclasses.Field[Any]") -> Bounds | None:
    """Return the bounds of a field; None if it was not made by `bounded`."""
    return field.metadata.get(_BOUNDS)


def check_settings(settings: "DataclassInstance", path: str = "") -> None:
    """Check every number and choice of settings and of those within, and what their classes check.

    A class checks how its fields fit together in a method `check(path)`, with `require`.

    Args:
        settings: what to check.
        path: of the settings in the experiment, such as `cnn.`.

    Raises:
        InputError: naming the field, its value, and what is allowed.
    """
    for field in dataclasses.fields(settings):
        value, bounds = getattr(settings, field.name), bounds_of(field)
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            check_settings(value, f"{path}{field.name}.")
        elif bounds is not None and value is not None:
            require(bounds.holds(value), path + field.name, value, bounds.allowed)
        elif isinstance(field.default, enum.Enum):
            allowed = ", ".join(str(member) for member in type(field.default))
            require(isinstance(value, type(field.default)), path + field.name, value, allowed)
    together = getattr(settings, "check", None)
    if together is not None:
        together(path)


def require(condition: bool, path: str, value: object, allowed: str) -> None:
    """Refuse a value of a setting.

    Args:
        condition: whether the value is allowed.
        path: of the setting, such as `cnn.input.crop`.
        value: what it is.
        allowed: what it may be.

    Raises:
        InputError: unless `condition` holds.
    """
    if not condition:
        raise InputError(
            f"experiment.{path} is {value!r}; allowed is {allowed}; "
            f"change it with --experiment.{path}=…"
        )
