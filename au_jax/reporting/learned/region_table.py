"""How much of an attribution lies where its AU acts, beside what would lie there anyway."""

import math
from collections.abc import Iterator

import numpy as np

from au_jax import facs
from au_jax.analysis.attribution import MAPS
from au_jax.reporting.csv_text import csv_text
from au_jax.reporting.learned.measured import Arrays
from au_jax.reporting.tables import Table, percent

NETWORKS = {"cnn": "CNN", "random": "random output", "shuffled": "shuffled labels"}
"""What the table compares, by the names in the arrays."""

_NOTES = (
    "Shares in percent, means over people; of random outputs the mean over their draws. × is the "
    "share divided by the area: evenly spread attribution has 1.",
    "A random output weighs the last hidden layer by Gaussian numbers: it shows where the "
    "features of this network look whatever they are used for.",
    "Found: people whose face with the AU has a logit above 0, and whose neutral face has.",
)


def region_table(arrays: Arrays) -> Table:
    """Return a row for each AU with its region's area and the shares inside, then their means."""
    aus, area = arrays["aus"].tolist(), _areas(arrays)
    shares = {key: _over_people(arrays[f"inside_{key[1]}"][:, key[0]]) for key in _columns(arrays)}
    found = [(arrays[name] > 0).mean(axis=1) for name in ("logits", "neutral_logits")]

    def cells(unit: int | None) -> Iterator[str]:
        for share in shares.values():
            lift = share / area
            one = share[unit] if unit is not None else _mean(share)
            times = lift[unit] if unit is not None else _mean(lift)
            yield "–" if math.isnan(one) else f"{percent(one)} (×{times:.1f})"

    rows = [
        (
            facs.describe(au),
            percent(area[unit]),
            *cells(unit),
            "/".join(f"{100 * rate[unit]:.0f}" for rate in found),
        )
        for unit, au in enumerate(aus)
    ]
    rows.append(
        (
            "mean",
            percent(float(area.mean())),
            *cells(None),
            "/".join(f"{100 * rate.mean():.0f}" for rate in found),
        )
    )
    return Table(
        title="Share of the attribution where the AU moves the face",
        header=(
            *("action unit", "area"),
            *(f"{MAPS[kind]}: {NETWORKS[name]}" for kind, name in shares),
            "found, with AU/neutral",
        ),
        rows=tuple(rows),
        best=(frozenset(),) * len(rows),
        notes=(*_NOTES, _won(arrays, shares)),
    )


def region_csv(arrays: Arrays) -> str:
    """Return shares and lifts of each AU as CSV, in [0, 1] and as multiples of the area."""
    columns = [*_columns(arrays)]
    names = [f"{MAPS[kind].lower().replace(' ', '_')}_{name}" for kind, name in columns]
    parts = ("share", "sd_over_people", "sd_over_draws", "lift")
    area = _areas(arrays)

    def values(unit: int) -> Iterator[float]:
        for kind, name in columns:
            inside = arrays[f"inside_{name}"][:, kind, unit]
            share = _mean(inside.ravel())
            yield share
            yield _sd(_over_draws(inside))
            yield _sd(np.array([_mean(draw) for draw in inside]))
            yield share / float(area[unit])

    return csv_text(
        (
            *("au", "area"),
            *(f"{name}_{part}" for name in names for part in parts),
            *("mean_logit", "mean_neutral_logit"),
        ),
        (
            (
                *(facs.column_name(au), float(area[unit])),
                *values(unit),
                *(float(arrays[name][unit].mean()) for name in ("logits", "neutral_logits")),
            )
            for unit, au in enumerate(arrays["aus"].tolist())
        ),
    )


def _won(arrays: Arrays, shares: dict[tuple[int, str], np.ndarray]) -> str:
    """Return in how many AUs the CNN has more inside than every random output."""
    words = []
    for kind, title in enumerate(MAPS):
        draws = np.stack([_over_people(draw[None]) for draw in arrays["inside_random"][:, kind]])
        won = int((shares[kind, "cnn"] > np.fmax.reduce(draws)).sum())
        words.append(f"{won} of {draws.shape[1]} by {title}")
    count = len(arrays["inside_random"])
    return (
        f"The AU's own output has more inside than each of {count} random ones: {', '.join(words)}."
    )


def _columns(arrays: Arrays) -> list[tuple[int, str]]:
    there = [name for name in NETWORKS if f"inside_{name}" in arrays]
    return [(kind, name) for kind in range(len(MAPS)) for name in there]


def _areas(arrays: Arrays) -> np.ndarray:
    return arrays["regions"].mean(axis=(1, 2))


def _over_people(inside: np.ndarray) -> np.ndarray:
    """Return the mean share of each AU, `[au]`, of `[draw, au, person]`."""
    return np.array([_mean(inside[:, unit].ravel()) for unit in range(inside.shape[1])])


def _over_draws(inside: np.ndarray) -> np.ndarray:
    """Return the mean share of each person, `[person]`, of `[draw, person]`."""
    return np.array([_mean(person) for person in inside.T])


def _mean(values: np.ndarray) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else math.nan


def _sd(values: np.ndarray) -> float:
    known = values[~np.isnan(values)]
    return float(known.std(ddof=1)) if len(known) > 1 else math.nan
