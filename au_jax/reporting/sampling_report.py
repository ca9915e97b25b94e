"""What section 5 of the paper shows of an experiment that compares ways of sampling."""

import dataclasses
from collections.abc import Sequence

import markupsafe
from etils import epath

from au_jax.config import Experiment
from au_jax.datasets.protocol import Protocol
from au_jax.methods.cnn_variants import BALANCED_LOSS, strategy_of
from au_jax.reporting.figures import inline_figure
from au_jax.reporting.results import Results
from au_jax.reporting.sampling_figures import (
    improvement_figure,
    training_curves,
    training_figure,
)
from au_jax.reporting.sampling_tables import sampling_table
from au_jax.reporting.tables import Table, metric_table


@dataclasses.dataclass(frozen=True)
class Section:
    """A figure of the page with its heading and what it shows."""

    heading: str
    text: str
    figure: markupsafe.Markup


def part_table(results: Results, metric: str, *, printed: bool = True) -> Table:
    """Return the table of a metric; with rare AUs and the paper's numbers if it is of sampling.

    Args:
        results: the numbers of a part.
        metric: one of `METRICS`.
        printed: whether the paper's numbers are wanted.
    """
    if _compared(results):
        return sampling_table(results, metric, printed=printed)
    return metric_table(results, metric)


def sampling_sections(
    directory: epath.Path, results: Sequence[Results], experiment: Experiment, protocol: Protocol
) -> list[Section]:
    """Draw figures 5 to 8 of the paper, those for which there are numbers.

    Args:
        directory: `<workdir>/<experiment>`.
        results: the numbers of each part.
        experiment: the settings.
        protocol: data and folds.

    Returns:
        nothing if the experiment does not compare ways of sampling.
    """
    methods = list(dict.fromkeys(method for part in results for method in _compared(part)))
    if not methods:
        return []
    report = directory / "report"
    return [
        *_training(directory, report, methods, protocol),
        *_improvement(report, results),
    ]


def _compared(results: Results) -> list[str]:
    return [
        method
        for method in results.methods
        if strategy_of(method) is not None or method == BALANCED_LOSS
    ]


def _training(
    directory: epath.Path, report: epath.Path, methods: Sequence[str], protocol: Protocol
) -> list[Section]:
    sections = []
    for trained_on, folds in {part.trained_on: part.folds for part in protocol.parts}.items():
        curves = training_curves(directory, folds, methods)
        if not curves:
            continue
        title = f"F1-frame on training frames of {trained_on}, mean over folds"
        figure = training_figure(curves, protocol.dataset.aus, title)
        text = (
            "After Fig. 7 of the paper. Each curve is measured on the same evenly spaced training "
            "frames with their natural base rates, without dropout, so that a batch made richer in "
            "an AU does not raise its own F1."
        )
        drawn = inline_figure(report, f"training_f1_{trained_on}", figure)
        sections.append(Section(f"Training on {trained_on}", text, drawn))
    return sections


def _improvement(report: epath.Path, results: Sequence[Results]) -> list[Section]:
    both = [part for part in results if {"cnn_random", "cnn_momu"} <= set(part.methods)]
    if not both:
        return []
    text = (
        "After Fig. 8 of the paper: test scores with MOMU minus those with random sampling, in "
        "points. Black strokes are the differences of the F1 that the paper printed for GFT and "
        "BP4D+; a cell that it left empty counts as 0. Its numbers for BP4D+ with random sampling "
        "are doubtful, see below its table."
    )
    figure = inline_figure(report, "improvement", improvement_figure(both))
    return [Section("MOMU against random sampling", text, figure)]
