"""Colours of methods: apart from one another also for colour-blind readers, on paper and screen."""

from collections.abc import Sequence

LIGHT = (
    "#3b60cb",
    "#e26b03",
    "#9c424c",
    "#125d6d",
    "#718fda",
    "#619c8c",
    "#433a02",
    "#1127a2",
)
"""On white. Found by a search for the largest least difference (CIEDE2000) of two of them, as seen
with all colours, with protanopia and with deuteranopia, the first three farther apart. Each has a
contrast of 3 to the ground, as WCAG 2.2 asks of graphics (success criterion 1.4.11)."""

DARK = (
    "#1eafff",
    "#d78417",
    "#de4f9a",
    "#60fead",
    "#ffccff",
    "#cc7d7c",
    "#dde438",
    "#dccacd",
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
