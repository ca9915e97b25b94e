"""The paper's Figure 4: how much features differ between people, as a table and a figure."""

from collections.abc import Sequence

import numpy as np
from etils import epath
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from au_jax.analysis.subject_invariance import log_scale
from au_jax.reporting.csv_text import csv_text
from au_jax.reporting.learned.feature_names import OKABE_ITO, feature_title
from au_jax.reporting.learned.measured import Arrays, Measured
from au_jax.reporting.paper.printed_divergences import printed_divergences
from au_jax.reporting.section import Section
from au_jax.reporting.tables import Table
from au_jax.reporting.templates import inline_figure
from au_jax.system import atomic_files

_NAME = "subject_invariance"
_FIRST = ("shape", "gabor", "hog")
_TEXT = (
    "After Fig. 4 of the paper: the Jensen-Shannon divergence between the mean features of people, "
    "Eq. (2), whom the networks were not trained on. For each person it is summed over all "
    "others; the lower, the more alike people are to these features. The scale is "
    "log10(10⁶ · d): one less is a tenth. Bars are 95 % intervals of the mean, people drawn anew. "
    "A sum grows with the number of people, so that data sets compare only by the divergence of a "
    "pair below."
)
_BEHIND = (
    "d is the divergence in nats. It grows with the spread of a kind of features, so that kinds "
    "compare better by a multiple: of the divergence between the first and the second half of a "
    "person's own frames, which is what other expressions, light and noise come to. At 1 a person "
    "does not stand out of that. The difference to fc7 is above 0 where people are more alike to "
    "fc7; all intervals draw the same people for all features."
)
_NO_SHAPE = (
    " Shape is left out where the data set has no landmarks: its faces are aligned to one mean "
    "shape."
)


def subject_invariance_sections(report: epath.Path, measured: Sequence[Measured]) -> list[Section]:
    """Return two sections for all folds; figure and numbers are written into the report."""
    atomic_files.write_text(report / f"{_NAME}_by_subject.csv", subjects_csv(measured))
    lacking = any("shape" not in one.arrays["kinds"] for one in measured)
    text = _TEXT + (_NO_SHAPE if lacking else "")
    figure = inline_figure(
        report,
        _NAME,
        invariance_figure(measured),
        alt="Divergence between people for each kind of features, with intervals; and as a "
        "multiple of that within a person. The tables have the numbers.",
        numbers=means_csv(measured),
    )
    return [
        Section("How much features differ between people", text, figure, log_table(measured)),
        Section(
            "Divergences between people and within a person",
            f"{_BEHIND} Those of each person: {_NAME}_by_subject.csv.",
            table=raw_table(measured),
        ),
    ]


def _kinds(measured: Sequence[Measured]) -> list[str]:
    found = dict.fromkeys(kind for one in measured for kind in one.arrays["kinds"].tolist())
    return sorted(found, key=lambda kind: _FIRST.index(kind) if kind in _FIRST else len(_FIRST))


def _sums(arrays: Arrays) -> np.ndarray:
    """Return each person's sum of divergences from the others, float64 `[kind, subject]`."""
    return arrays["divergences"].sum(axis=2)


def _own(arrays: Arrays) -> np.ndarray:
    """Return the mean divergence of the halves of a person's frames, float64 `[kind]`."""
    own = arrays["own_divergences"]
    there = np.isfinite(own)
    total = np.where(there, own, 0).sum(axis=1)
    count = there.sum(axis=1)
    return np.divide(total, count, out=np.full(len(own), np.nan), where=count > 0)


def log_table(measured: Sequence[Measured]) -> Table:
    """Return data sets down and features across, the paper's numbers beside."""
    kinds = _kinds(measured)
    printed = [printed_divergences(str(one.arrays["data"])) for one in measured]
    beside = [kind for kind in kinds if any(kind in of_data for of_data in printed)]
    rows, best = [], []
    for one, of_data in zip(measured, printed, strict=True):
        values = dict(zip(one.arrays["kinds"].tolist(), log_scale(_sums(one.arrays)), strict=True))
        ours = [_with_spread(values[kind]) if kind in values else "–" for kind in kinds]
        theirs = [
            f"{of_data[k][0]:.2f} ± {of_data[k][1]:.2f}" if k in of_data else "–" for k in beside
        ]
        rows.append((one.title, str(len(one.arrays["subjects"])), *ours, *theirs))
        means = [values[kind].mean() if kind in values else np.inf for kind in kinds]
        best.append(frozenset({2 + int(np.argmin(means))}))
    return Table(
        title="Divergence between people, log10(10⁶ · d), mean ± sd over people",
        header=(
            "faces",
            "people",
            *map(feature_title, kinds),
            *(f"paper: {feature_title(kind)}" for kind in beside),
        ),
        rows=tuple(rows),
        best=tuple(best),
        notes=("The lowest of a row is bold.",),
    )


def raw_table(measured: Sequence[Measured]) -> Table:
    """Return the numbers behind the figure, a row for each data set and kind of features."""
    rows = []
    for one in measured:
        arrays = one.arrays
        sums, own = _sums(arrays), _own(arrays)
        others = sums.shape[1] - 1
        for place, kind in enumerate(arrays["kinds"].tolist()):
            pair = sums[place].mean() / others
            rows.append(
                (
                    one.title,
                    feature_title(kind),
                    f"{_thousandths(sums[place].mean())} ± {_thousandths(sums[place].std(ddof=1))}",
                    _thousandths(pair),
                    _with_interval(arrays["log"][place], ".2f"),
                    _thousandths(own[place]),
                    _with_interval(arrays["between_to_own"][place], ".2f"),
                    "" if kind == "fc7" else _with_interval(arrays["log_minus_fc7"][place], "+.2f"),
                )
            )
    return Table(
        title="Divergences in thousandths of a nat; in brackets 95 % intervals",
        header=(
            *("faces", "features", "sum over others", "of a pair", "log10(10⁶ · sum)"),
            *("same person", "people / same person", "log10 minus fc7"),
        ),
        rows=tuple(rows),
        best=(frozenset(),) * len(rows),
        words=frozenset({0, 1}),
    )


def _thousandths(value: float) -> str:
    if np.isnan(value):
        return "–"
    return f"{1e3 * value:.3g}" if value < 1 else f"{1e3 * value:.0f}"


def _with_interval(values: np.ndarray, form: str) -> str:
    """Return value, low and high as `1.0 (0.9 to 1.1)`."""
    if np.isnan(values[0]):
        return "–"
    value, low, high = (format(one, form) for one in values)
    return value if np.isnan(values[1]) else f"{value} ({low} to {high})"


def _with_spread(values: np.ndarray) -> str:
    return f"{values.mean():.2f} ± {values.std(ddof=1):.2f}"


def invariance_figure(measured: Sequence[Measured]) -> Figure:
    """Draw features with intervals: on the scale of the paper, and as multiples of one person."""
    kinds = _kinds(measured)
    figure = Figure(figsize=(2.6 + 1.9 * len(kinds), 3.8), layout="constrained")
    left, right = figure.subplots(1, 2)
    for number, one in enumerate(measured):
        colour = OKABE_ITO[number % len(OKABE_ITO)]
        # Pairs of places side by side: ours, and the paper's.
        step = 0.7 / (2 * len(measured))
        shift = (2 * number + 0.5 - len(measured)) * step
        _points(left, one, "log", kinds, shift, colour)
        _points(right, one, "between_to_own", kinds, shift, colour)
        printed = printed_divergences(str(one.arrays["data"]))
        if shown := {kind: printed[kind] for kind in kinds if kind in printed}:
            means, deviations = np.array(list(shown.values())).T
            places = [kinds.index(kind) + shift + step for kind in shown]
            label = f"the paper, {one.arrays['data']}, ± sd"
            marks = {"fmt": "D", "mfc": "white", "color": colour, "label": label}
            left.errorbar(places, means, deviations, **marks)
    right.axhline(1, color="#666666", lw=0.8)
    right.set_ylim(bottom=0)
    left.set_ylabel("log10(10⁶ · divergence)")
    right.set_ylabel("multiple of a person's own divergence")
    for axis in (left, right):
        axis.set_xticks(range(len(kinds)), [feature_title(kind) for kind in kinds])
        axis.set_xlim(-0.6, len(kinds) - 0.4)
        axis.grid(axis="y", color="#dddddd", lw=0.6)
        axis.set_axisbelow(True)
    handles, names = left.get_legend_handles_labels()
    figure.legend(handles, names, loc="outside upper center", frameon=False, fontsize="small")
    return figure


def _points(
    axis: Axes, one: Measured, numbers: str, kinds: Sequence[str], shift: float, colour: str
) -> None:
    values = dict(zip(one.arrays["kinds"].tolist(), one.arrays[numbers], strict=True))
    value, low, high = np.array(list(values.values())).T
    ends = np.nan_to_num([value - low, high - value])
    places = [kinds.index(kind) + shift for kind in values]
    axis.errorbar(places, value, ends, fmt="o", capsize=3, color=colour, label=one.title)


def means_csv(measured: Sequence[Measured]) -> str:
    """Return a row for each data set and kind of features, divergences in nats."""
    header = (
        *("faces", "features", "people", "sum", "sum_sd", "pair", "log10_sd", "same_person"),
        *("log10", "log10_low", "log10_high"),
        *("minus_fc7", "minus_fc7_low", "minus_fc7_high"),
        *("people_to_same", "people_to_same_low", "people_to_same_high"),
        *("paper_log10", "paper_log10_sd"),
    )
    rows = []
    for one in measured:
        arrays, printed = one.arrays, printed_divergences(str(one.arrays["data"]))
        sums, own = _sums(arrays), _own(arrays)
        people = sums.shape[1]
        for place, kind in enumerate(arrays["kinds"].tolist()):
            total, spread = sums[place].mean(), sums[place].std(ddof=1)
            deviation = log_scale(sums[place]).std(ddof=1)
            numbers = [total, spread, total / (people - 1), deviation, own[place]]
            for name in ("log", "log_minus_fc7", "between_to_own"):
                numbers += arrays[name][place].tolist()
            numbers += printed.get(kind, (np.nan, np.nan))
            rows.append([one.title, kind, people, *map(float, numbers)])
    return csv_text(header, rows)


def subjects_csv(measured: Sequence[Measured]) -> str:
    """Return a row for each data set, kind of features and person, divergences in nats."""
    header = ("faces", "features", "subject", "frames", "sum", "log10", "same_person")
    rows = []
    for one in measured:
        arrays = one.arrays
        people = list(zip(arrays["subjects"].tolist(), arrays["frames"].tolist(), strict=True))
        for kind, sums, own in zip(
            arrays["kinds"].tolist(), _sums(arrays), arrays["own_divergences"], strict=True
        ):
            numbers = zip(people, sums, log_scale(sums), own, strict=True)
            for (subject, frames), *values in numbers:
                rows.append([one.title, kind, subject, frames, *map(float, values)])
    return csv_text(header, rows)
