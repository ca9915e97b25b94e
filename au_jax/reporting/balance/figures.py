"""Fig. 5 and Fig. 6 of the paper: base rates of data sets, and labels in batches of strategies."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import PowerNorm
from matplotlib.figure import Figure

from au_jax.analysis.label_balance import LabelBalance, LabelStatistics
from au_jax.sampling.balance import Balance

MOST_LABELS = 60
"""Of more labels, as many are drawn, evenly spaced from the rarest to the most frequent."""
MOST_BATCHES = 100
"""Of more batches, as many are drawn, evenly spaced."""

_BAR, _MEAN, _RANGE = "#3b6ea5", "#1a1a1a", "#8a8a8a"
# From dark to light, also to colour-blind readers and in grey print.
_COLOURS = "viridis"


def base_rate_figure(statistics: Mapping[str, LabelStatistics]) -> Figure:
    """Draw the base rate of each label as a bar with its number, data sets side by side (Fig. 5).

    Args:
        statistics: for each data set what its labels are like; labels of the same name share a row.
    """
    rates: dict[str, dict[str, float]] = {}
    for name, data in statistics.items():
        for label, rate in zip(data.names, data.base_rates.tolist(), strict=True):
            rates.setdefault(label, {})[name] = rate
    labels = list(rates)
    means = np.array([np.nanmean([0.0, *by_data.values()]) for by_data in rates.values()])
    labels = [labels[place] for place in _drawn_labels(means)]
    figure = Figure(
        figsize=(max(5.5, 1.5 + 3.2 * len(statistics)), 1.1 + 0.26 * len(labels)),
        layout="constrained",
    )
    axes = figure.subplots(1, len(statistics), sharex=True, sharey=True, squeeze=False)[0]
    places = np.arange(len(labels))
    for axis, (name, data) in zip(axes, statistics.items(), strict=True):
        values = np.array([rates[label].get(name, np.nan) for label in labels])
        axis.barh(places, np.nan_to_num(values), height=0.72, color=_BAR)
        for place, value in zip(places, values, strict=True):
            text = "no labels" if np.isnan(value) else _percent(value)
            axis.annotate(
                text,
                (np.nan_to_num(value), place),
                xytext=(3, 0),
                textcoords="offset points",
                va="center",
                fontsize="small",
            )
        axis.set_title(f"{name}\n{data.frames:,} frames", fontsize="medium")
        axis.set_yticks(places, [_short(label) for label in labels])
        axis.tick_params(axis="y", length=0)
        axis.spines[["top", "right"]].set_visible(False)
        axis.xaxis.set_major_formatter(lambda value, _: f"{100 * value:.0f} %")
    highest = max(float(np.nan_to_num(data.base_rates).max()) for data in statistics.values())
    axes[0].set(ylim=(len(labels) - 0.4, -0.6), xlim=(0, 1.18 * (highest or 1.0)))
    figure.supxlabel(
        "base rate: share with the label, of the frames in which it is known", fontsize="small"
    )
    return figure


def batch_figure(measured: LabelBalance) -> Figure:
    """Draw how often each label is present in the batches of each strategy (Fig. 6).

    One row of pictures for each strategy. Left, a column for each batch and a row for each label,
    the rarest on top; light is often. Right, the mean of each label over the batches and the range
    in which 90 % of the batches lie. Labels of equal length mean balance within batches; an even
    colour along a row, and a short range, mean balance between batches.
    """
    statistics = measured.statistics
    rows = _drawn_labels(statistics.present)
    rows = rows[np.argsort(statistics.present[rows], kind="stable")]
    batches = _evenly(measured.steps, MOST_BATCHES)
    drawn = [balance.counts[:, rows] for balance in measured.balances.values()]
    # A root: one of two frames more is as much a change as one of fifty more.
    scale = PowerNorm(0.5, vmin=0, vmax=max(1.0, *(np.percentile(c, 99.9) for c in drawn)))
    count = len(measured.balances)
    height = min(0.8 + 0.12 * len(rows), 4.0)
    figure = Figure(figsize=(10.5, 1.0 + height * count), layout="constrained")
    grid = figure.subplots(
        count, 2, squeeze=False, sharex="col", sharey=True, width_ratios=[2.4, 1.0]
    )
    names = [statistics.names[row] for row in rows]
    for (left, right), counts, item in zip(grid, drawn, measured.balances.items(), strict=True):
        left.imshow(
            counts[batches].T,
            aspect="auto",
            interpolation="nearest",
            cmap=_COLOURS,
            norm=scale,
            extent=(0.5, measured.steps + 0.5, len(rows) - 0.5, -0.5),
        )
        left.set_title(_batch_title(*item), fontsize="medium", loc="left")
        _name_rows(left, names)
        _draw_ranges(right, counts)
    longest = max(float(np.percentile(counts, 95, axis=0).max()) for counts in drawn)
    grid[0, 1].set(xlim=(0, 1.05 * longest or 1.0), title="mean, and range of 90 %")
    grid[0, 1].title.set_fontsize("medium")
    grid[-1, 0].set_xlabel(_batches_text(measured.steps, len(batches)))
    grid[-1, 1].set_xlabel("frames with the label")
    figure.colorbar(
        ScalarMappable(scale, _COLOURS),
        ax=grid[:, 0].tolist(),
        location="left",
        fraction=0.03,
        aspect=15 * count,
        label=f"frames with the label, of {measured.batch_size} in a batch",
    )
    return figure


def _batch_title(strategy: str, balance: Balance) -> str:
    within = f"{balance.imbalance:.1f}" if np.isfinite(balance.imbalance) else "∞"
    return (
        f"{strategy.replace('_', ' ')}: variation between batches {balance.mean_variation:.3f}, "
        f"imbalance within {within}"
    )


def _batches_text(steps: int, drawn: int) -> str:
    return "batch" if drawn == steps else f"batch ({drawn} of {steps}, evenly spaced)"


def _name_rows(axis: Axes, names: list[str]) -> None:
    if len(names) <= 30:
        axis.set_yticks(range(len(names)), [_short(name) for name in names], fontsize=7)
    else:
        axis.set_yticks([0, len(names) - 1], ["rarest", "most frequent"], fontsize=7)
    axis.tick_params(axis="y", length=0)


def _draw_ranges(axis: Axes, counts: np.ndarray) -> None:
    places = np.arange(counts.shape[1])
    low, high = np.percentile(counts, [5, 95], axis=0)
    axis.hlines(places, low, high, color=_RANGE, lw=3)
    axis.plot(counts.mean(axis=0), places, "|", color=_MEAN, ms=7, mew=1.6)
    axis.grid(axis="x", color="#dddddd", lw=0.6)
    axis.set_axisbelow(True)
    axis.tick_params(axis="y", length=0, labelleft=False)
    axis.spines[["top", "right"]].set_visible(False)


def _drawn_labels(frequencies: np.ndarray) -> np.ndarray:
    """Return the columns to draw, in their order: all, or some from rare to frequent."""
    order = np.argsort(frequencies, kind="stable")
    return np.sort(order[_evenly(len(order), MOST_LABELS)])


def _evenly(count: int, most: int) -> np.ndarray:
    """Return `most` evenly spaced numbers below `count`, or all of them if there are fewer."""
    return np.unique(np.linspace(0, count - 1, min(count, most)).round().astype(np.int64))


def _percent(value: float) -> str:
    return f"{100 * value:.2f} %" if value < 0.01 else f"{100 * value:.1f} %"


def _short(name: str) -> str:
    # In the middle: long names differ at the end as often as at the beginning.
    shown = name if len(name) <= 24 else f"{name[:12]}…{name[-11:]}"
    # A dollar would start a formula.
    return shown.replace("$", r"\$")
