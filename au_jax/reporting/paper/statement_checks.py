"""What a statement about a table of F1 can claim, as checks on its columns.

Each check takes columns in the order in which the statement names them, and the AUs of their cells.
It returns None where nothing can be said.
"""

import dataclasses
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from au_jax.metrics import mean_over_aus


@dataclasses.dataclass(frozen=True)
class Column:
    """A method in a protocol.

    Attributes:
        name: what the paper calls the method.
        values: float64 `[au]`, F1-frame in percent; NaN where there is none.
        mean: over the AUs that have a number; of the paper the printed one.
    """

    name: str
    values: np.ndarray
    mean: float


@dataclasses.dataclass(frozen=True)
class Finding:
    """What came of a check: whether the statement holds, and the numbers that decide."""

    holds: bool
    detail: str


Check = Callable[[Sequence[Column], Sequence[int]], Finding | None]


def every_au_higher(columns: Sequence[Column], aus: Sequence[int]) -> Finding | None:
    """The first column is above the second in every AU."""
    first, second = columns
    known = ~np.isnan(first.values) & ~np.isnan(second.values)
    if not known.any():
        return None
    fails = known & ~(first.values > second.values)
    detail = f"not in {_listed(aus, fails)}" if fails.any() else f"all {known.sum()} AUs"
    return Finding(not fails.any(), detail)


def most_aus_higher(columns: Sequence[Column], aus: Sequence[int]) -> Finding | None:
    """The first column is above the second in more than half of the AUs."""
    found = every_au_higher(columns, aus)
    if found is None:
        return None
    first, second = columns
    higher, lower = (first.values > second.values).sum(), (first.values <= second.values).sum()
    return Finding(bool(higher > lower), f"{higher} of {higher + lower} AUs; {found.detail}")


def mean_higher(columns: Sequence[Column], aus: Sequence[int]) -> Finding | None:
    """The mean of the first column is above that of the second."""
    first, second = columns
    if np.isnan([first.mean, second.mean]).any():
        return None
    lower = first.values < second.values
    exceptions = f", lower in {_listed(aus, lower)}" if lower.any() else ""
    detail = f"{first.mean:.1f} against {second.mean:.1f}{exceptions}"
    return Finding(first.mean > second.mean, detail)


def means_within(points: float) -> Check:
    """Return the check that the means of two columns are less than some points apart."""

    def check(columns: Sequence[Column], aus: Sequence[int]) -> Finding | None:
        first, second = columns
        gap = first.mean - second.mean
        detail = f"{first.mean:.1f} against {second.mean:.1f}"
        return None if np.isnan(gap) else Finding(abs(gap) < points, detail)

    return check


def mean_highest(columns: Sequence[Column], aus: Sequence[int]) -> Finding | None:
    """The mean of the first column is above those of all others."""
    others = [column for column in columns[1:] if not np.isnan(column.mean)]
    if np.isnan(columns[0].mean) or not others:
        return None
    best = max(others, key=lambda column: column.mean)
    detail = f"{columns[0].mean:.1f}; best other: {best.name} {best.mean:.1f}"
    return Finding(columns[0].mean > best.mean, detail)


def lead_grows(columns: Sequence[Column], aus: Sequence[int]) -> Finding | None:
    """The mean of the first column leads the best other by more than it does in the second half.

    The first half of the columns is one protocol, the second half the same methods in another.
    """
    half = len(columns) // 2
    leads = []
    for part in (columns[:half], columns[half:]):
        others = [column.mean for column in part[1:] if not np.isnan(column.mean)]
        if np.isnan(part[0].mean) or not others:
            return None
        leads.append(part[0].mean - max(others))
    return Finding(leads[0] > leads[1], f"lead of {leads[0]:.1f} points against {leads[1]:.1f}")


def best_in_more(columns: Sequence[Column], aus: Sequence[int]) -> Finding | None:
    """The first column is the best in more AUs than it is in the second half; see `lead_grows`."""
    half = len(columns) // 2
    first, second = (_best(part) for part in (columns[:half], columns[half:]))
    if not first.any() or not second.any():
        return None
    counts = first[0].sum(), second[0].sum()
    return Finding(bool(counts[0] > counts[1]), f"best in {counts[0]} AUs against {counts[1]}")


def best_in_most(columns: Sequence[Column], aus: Sequence[int]) -> Finding | None:
    """The first column is the best in more than half of the AUs."""
    best = _best(columns)
    if not best.any():
        return None
    count, total = best[0].sum(), best.any(axis=0).sum()
    return Finding(bool(2 * count > total), f"best in {count} of {total} AUs")


def not_best_everywhere(columns: Sequence[Column], aus: Sequence[int]) -> Finding | None:
    """Some other column is above the first in some AU."""
    best = _best(columns)
    if not best.any():
        return None
    beaten = best.any(axis=0) & ~best[0]
    return Finding(bool(beaten.any()), f"beaten in {_listed(aus, beaten)}" if beaten.any() else "")


def nobody_best_in_most(columns: Sequence[Column], aus: Sequence[int]) -> Finding | None:
    """No column is the best in more than half of the AUs."""
    best = _best(columns)
    if not best.any():
        return None
    counts = best.sum(axis=1)
    holds = bool(2 * counts.max() <= best.any(axis=0).sum())
    return Finding(holds, f"best AUs: {_counted(columns, counts)}")


def best_counts(expected: Mapping[str, int]) -> Check:
    """Return the check that columns, by name, are the best in so many AUs; ties count for both."""

    def check(columns: Sequence[Column], aus: Sequence[int]) -> Finding | None:
        best = _best(columns)
        if not best.any():
            return None
        counts = best.sum(axis=1)
        found = {column.name: count for column, count in zip(columns, counts, strict=True)}
        holds = all(found[name] == count for name, count in expected.items())
        return Finding(holds, f"best AUs: {_counted(columns, counts)}")

    return check


def lower_in(chosen: Sequence[int]) -> Check:
    """Return the check that the mean over some AUs is below that over all others."""

    def check(columns: Sequence[Column], aus: Sequence[int]) -> Finding | None:
        inside = np.isin(aus, chosen)
        (column,) = columns
        means = mean_over_aus(column.values[inside]), mean_over_aus(column.values[~inside])
        if np.isnan(means).any():
            return None
        return Finding(means[0] < means[1], f"{means[0]:.1f} against {means[1]:.1f} of the others")

    return check


def _best(columns: Sequence[Column]) -> np.ndarray:
    """Return bool `[column, au]`, whether a column has the highest number of an AU."""
    values = np.array([column.values for column in columns])
    filled = np.where(np.isnan(values), -np.inf, values)
    return (filled == filled.max(axis=0)) & ~np.isnan(values)


def _counted(columns: Sequence[Column], counts: np.ndarray) -> str:
    named = zip(columns, counts, strict=True)
    return ", ".join(f"{column.name} {count}" for column, count in named)


def _listed(aus: Sequence[int], chosen: np.ndarray) -> str:
    return f"AU {', '.join(str(au) for au, is_in in zip(aus, chosen, strict=True) if is_in)}"
