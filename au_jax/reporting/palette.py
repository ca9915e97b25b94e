"""Colours of methods: apart from one another also for colour-blind readers, on paper and screen."""

from collections.abc import Sequence

LIGHT = (
    "#0072b2",
    "#b07300",
    "#c8102e",
    "#00856a",
    "#b0519a",
    "#5c5c5c",
    "#6d6a00",
    "#332288",
)
"""On white: after M. Okabe and K. Ito, "Color universal design", 2008, darkened until each has a
contrast of 3 to the ground, as WCAG 2.2 asks of graphics (success criterion 1.4.11)."""

DARK = (
    "#56b4e9",
    "#f0b340",
    "#ff8066",
    "#2fd0a5",
    "#ee9fd3",
    "#b8b8b8",
    "#e8dc50",
    "#a99bff",
)
"""The same on a dark ground."""

_USUAL = {"cnn": 0, "lstm": 1, "hybrid": 2, "svm": 3, "jpml": 4, "cpm": 6, "anet_t": 7}


def series_of(methods: Sequence[str]) -> dict[str, int]:
    """Return the place of each method in the palettes; those of the paper have one of their own.

    With more methods than colours, colours are used again.
    """
    taken = {_USUAL[method] for method in methods if method in _USUAL}
    free = [place for place in range(len(LIGHT)) if place not in taken] or list(range(len(LIGHT)))
    others = [method for method in methods if method not in _USUAL]
    places = {method: free[number % len(free)] for number, method in enumerate(others)}
    return {method: _USUAL.get(method, places.get(method, 0)) for method in methods}


def colours_of(methods: Sequence[str]) -> dict[str, str]:
    """Return the colour of each method on white."""
    return {method: LIGHT[place] for method, place in series_of(methods).items()}
