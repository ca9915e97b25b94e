"""Figures 7 and 8 of the paper: what a way of sampling does to training and to test scores."""

import json
import math
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from au_jax import facs
from au_jax.reporting.method_names import method_title
from au_jax.reporting.paper.printed import SAMPLING_TABLES, printed_table
from au_jax.reporting.results import Results
from au_jax.reporting.sampling.ways import method_of
from au_jax.runs.layout import RunFolder
from au_jax.settings import SamplingStrategy

COLOURS = {
    "random": "#d55e00",
    "stratified": "#009e73",
    "stratified_corrected": "#56b4e9",
    "momu": "#0072b2",
    "weighted": "#e69f00",
    "balanced_loss": "#cc79a7",
}
"""Red, green and blue are the paper's for random sampling, stratification and MOMU, in shades of
M. Okabe and K. Ito, "Color universal design", 2008, which colour-blind readers tell apart."""

Curves = Mapping[str, tuple[np.ndarray, np.ndarray]]
"""Way of sampling to its steps `[evaluation]` and the training F1 `[evaluation, aus]` at each."""


def training_curves(run: RunFolder, folds: Sequence[int], ways: Mapping[str, str]) -> Curves:
    """Read the training F1 that was logged, as mean over the folds that have a log.

    An AU that is undefined in some fold is averaged over the others.

    Args:
        run: the folder of the run.
        folds: numbers of the folds.
        ways: ways of sampling by method; those without logged training F1 are left out.
    """
    curves = {}
    for method, way in ways.items():
        logs = [run.method(fold, method).log for fold in folds]
        rows = [
            [json.loads(line) for line in log.read_text().splitlines()]
            for log in logs
            if log.exists()
        ]
        if not rows or not all("training_f1_frame" in row for log in rows for row in log):
            continue
        count = min(len(log) for log in rows)
        # None, an undefined F1, becomes NaN.
        values = np.array(
            [[row["training_f1_frame"] for row in log[:count]] for log in rows], float
        )
        known = ~np.isnan(values)
        total, folds_known = np.where(known, values, 0.0).sum(axis=0), known.sum(axis=0)
        mean = np.where(folds_known > 0, total / np.maximum(folds_known, 1), math.nan)
        curves[way] = np.array([row["step"] for row in rows[0][:count]]), mean
    return curves


def training_figure(curves: Curves, aus: Sequence[int], title: str) -> Figure:
    """Draw Fig. 7: training F1 of each AU against steps, a curve for each way of sampling."""
    columns = min(4, len(aus))
    rows = -(-len(aus) // columns)
    figure = Figure(figsize=(2.7 * columns, 2.0 * rows + 0.7), layout="constrained")
    grid = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
    for index, axis in enumerate(grid.flat):
        if index >= len(aus):
            axis.set_axis_off()
            continue
        for way, (steps, values) in curves.items():
            axis.plot(
                steps, values[:, index], color=COLOURS.get(way), lw=1.4, label=method_title(way)
            )
        axis.set_title(facs.column_name(aus[index]), fontsize="small")
        axis.set_ylim(0, 1)
        # Steps stand below the lowest panel of each column; the last row may not be full.
        lowest = index + columns >= len(aus)
        axis.tick_params(labelsize="x-small", labelbottom=lowest)
        if lowest:
            axis.set_xlabel("step", fontsize="small")
        axis.grid(alpha=0.3)
    figure.suptitle(title, fontsize="medium")
    handles, labels = grid.flat[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=len(curves), fontsize="small")
    return figure


def improvement_figure(results: Sequence[Results]) -> Figure:
    """Draw Fig. 8: points that MOMU gains over random sampling, F1 and AUC of each AU.

    Args:
        results: the parts that compare both.
    """
    figure = Figure(figsize=(9.5, 2.6 * len(results) + 0.7), layout="constrained")
    axes = figure.subplots(len(results), 1, sharey=True, squeeze=False)[:, 0]
    for axis, part in zip(axes, results, strict=True):
        places = np.arange(len(part.aus))
        for shift, metric, name, colour in (
            (-0.2, "f1_frame", "F1-frame", COLOURS["momu"]),
            (0.2, "auc", "AUC", "#b9cfe8"),
        ):
            momu, random = (
                part.methods[method_of(part, strategy) or ""][metric].per_au
                for strategy in (SamplingStrategy.MOMU, SamplingStrategy.RANDOM)
            )
            gain = momu - random
            axis.bar(places + shift, 100 * gain, 0.38, color=colour, label=name)
        printed = _printed_gain(part)
        if printed is not None:
            axis.plot(places - 0.2, 100 * printed, "k_", ms=9, label="F1 printed in the paper")
        axis.axhline(0, color="black", lw=0.8)
        axis.set_xticks(places, [facs.column_name(au) for au in part.aus], fontsize="small")
        axis.set_ylabel("MOMU − random, points", fontsize="small")
        axis.set_title(
            f"{part.scenario}: trained on {part.trained_on}, tested on {part.dataset}",
            fontsize="medium",
        )
        axis.grid(axis="y", alpha=0.3)
    # Once for all panels, which need not have the same entries.
    entries = {
        label: handle
        for axis in axes
        for handle, label in zip(*axis.get_legend_handles_labels(), strict=True)
    }
    figure.legend(
        entries.values(), entries.keys(), loc="outside lower center", ncols=3, fontsize="small"
    )
    return figure


def _printed_gain(part: Results) -> np.ndarray | None:
    """Return the gain in F1 of Tables 3 and 4, `[aus]`; cells without a number count as 0."""
    if part.dataset not in SAMPLING_TABLES:
        return None
    columns = printed_table(SAMPLING_TABLES[part.dataset]).columns
    momu, random = columns[f"momu_{part.scenario}"], columns[f"rs_{part.scenario}"]
    gain = [momu.get(au, math.nan) - _zero_if_empty(random.get(au)) for au in part.aus]
    return np.array(gain)


def _zero_if_empty(value: float | None) -> float:
    return 0.0 if value is None or math.isnan(value) else value
