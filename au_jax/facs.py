"""Action units of the Facial Action Coding System: numbers, names, muscles, regions.

Source: P. Ekman, W. V. Friesen, J. C. Hager, Facial Action Coding System, 2002.
"""

import dataclasses
import re
from collections.abc import Sequence

from au_jax.errors import InputError


@dataclasses.dataclass(frozen=True)
class ActionUnit:
    """One action unit.

    Attributes:
        number: its number in FACS.
        name: its FACS name.
        muscles: the muscles that produce it.
        region: `upper` or `lower` face.
    """

    number: int
    name: str
    muscles: str
    region: str


ACTION_UNITS: dict[int, ActionUnit] = {
    unit.number: unit
    for unit in (
        ActionUnit(1, "inner brow raiser", "frontalis, pars medialis", "upper"),
        ActionUnit(2, "outer brow raiser", "frontalis, pars lateralis", "upper"),
        ActionUnit(
            4, "brow lowerer", "corrugator supercilii, depressor supercilii, procerus", "upper"
        ),
        ActionUnit(5, "upper lid raiser", "levator palpebrae superioris", "upper"),
        ActionUnit(6, "cheek raiser", "orbicularis oculi, pars orbitalis", "upper"),
        ActionUnit(7, "lid tightener", "orbicularis oculi, pars palpebralis", "upper"),
        ActionUnit(9, "nose wrinkler", "levator labii superioris alaeque nasi", "lower"),
        ActionUnit(10, "upper lip raiser", "levator labii superioris", "lower"),
        ActionUnit(11, "nasolabial deepener", "zygomaticus minor", "lower"),
        ActionUnit(12, "lip corner puller", "zygomaticus major", "lower"),
        ActionUnit(13, "sharp lip puller", "levator anguli oris", "lower"),
        ActionUnit(14, "dimpler", "buccinator", "lower"),
        ActionUnit(15, "lip corner depressor", "depressor anguli oris", "lower"),
        ActionUnit(16, "lower lip depressor", "depressor labii inferioris", "lower"),
        ActionUnit(17, "chin raiser", "mentalis", "lower"),
        ActionUnit(18, "lip pucker", "incisivii labii", "lower"),
        ActionUnit(20, "lip stretcher", "risorius", "lower"),
        ActionUnit(22, "lip funneler", "orbicularis oris", "lower"),
        ActionUnit(23, "lip tightener", "orbicularis oris", "lower"),
        ActionUnit(24, "lip presser", "orbicularis oris", "lower"),
        ActionUnit(25, "lips part", "depressor labii, relaxation of mentalis", "lower"),
        ActionUnit(26, "jaw drop", "masseter, relaxed temporalis and pterygoid", "lower"),
        ActionUnit(27, "mouth stretch", "pterygoids, digastric", "lower"),
        ActionUnit(28, "lip suck", "orbicularis oris", "lower"),
        ActionUnit(43, "eyes closed", "relaxation of levator palpebrae superioris", "upper"),
        ActionUnit(45, "blink", "levator palpebrae, orbicularis oculi", "upper"),
    )
}

# The twelve action units of Chu et al. 2018, in the order of their tables.
PAPER_AUS: tuple[int, ...] = (1, 2, 4, 6, 7, 10, 12, 14, 15, 17, 23, 24)

INTENSITIES = "ABCDE"
"""The intensities of FACS from trace to maximum; as numbers 1 to 5."""

_COLUMN = re.compile(r"^\s*(?:AU)?\s*0*(\d+)\s*$", re.IGNORECASE)


def column_name(au: int) -> str:
    """Return the column name of an action unit in tables, for example `AU01`."""
    return f"AU{au:02d}"


def parse_column(text: str) -> int | None:
    """Return the action unit that a column header such as `AU01`, `au1` or `1` names, or None."""
    match = _COLUMN.match(text)
    return int(match.group(1)) if match else None


def describe(au: int) -> str:
    """Return `AU12 lip corner puller`; unknown numbers give `AU99`."""
    unit = ACTION_UNITS.get(au)
    return f"AU{au} {unit.name}" if unit else f"AU{au}"


def validate_aus(aus: Sequence[int]) -> tuple[int, ...]:
    """Return `aus` as a tuple after checking that they are known and not repeated.

    Raises:
        InputError: if the list is empty, repeats an AU, or holds an unknown number.
    """
    unknown = [au for au in aus if au not in ACTION_UNITS]
    if unknown:
        raise InputError(
            f"unknown action units {unknown}: allowed are {sorted(ACTION_UNITS)}; "
            "correct the list of AUs"
        )
    if not aus or len(set(aus)) != len(aus):
        raise InputError(f"the list of action units {list(aus)} is empty or repeats an AU")
    return tuple(aus)
