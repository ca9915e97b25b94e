"""What section 5 of the paper shows of an experiment that compares ways of sampling."""

from collections.abc import Sequence

from etils import epath

from au_jax import facs
from au_jax.analysis.label_balance import label_statistics, measure_label_balance
from au_jax.methods.cnn_variants import BALANCED_LOSS, strategy_of
from au_jax.protocol.scenarios import Protocol
from au_jax.reporting.balance.figures import base_rate_figure, batch_figure
from au_jax.reporting.balance.tables import balance_table
from au_jax.reporting.results import Results
from au_jax.reporting.sampling.figures import (
    improvement_figure,
    training_curves,
    training_figure,
)
from au_jax.reporting.section import Section
from au_jax.reporting.templates import inline_figure
from au_jax.settings import Experiment


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
    methods = list(
        dict.fromkeys(method for part in results for method in compared_strategies(part))
    )
    if not methods:
        return []
    report = directory / "report"
    return [
        _base_rates(report, protocol),
        *_batches(report, methods, experiment, protocol),
        *_training(directory, report, methods, protocol),
        *_improvement(report, results),
    ]


def compared_strategies(results: Results) -> list[str]:
    """Return the methods of an experiment that differ in how the CNN's batches are drawn."""
    return [
        method
        for method in results.methods
        if strategy_of(method) is not None or method == BALANCED_LOSS
    ]


def _base_rates(report: epath.Path, protocol: Protocol) -> Section:
    names = [facs.column_name(au) for au in protocol.dataset.aus]
    statistics = {
        part.tested_on: label_statistics(
            protocol.dataset.frames.labels[part.first : part.last], names
        )
        for part in protocol.parts
    }
    text = "After Fig. 5 of the paper: the share of the coded frames in which each AU is present."
    figure = inline_figure(report, "base_rates", base_rate_figure(statistics))
    return Section("Base rates", text, figure)


def _batches(
    report: epath.Path, methods: Sequence[str], experiment: Experiment, protocol: Protocol
) -> list[Section]:
    """Measure the batches that the first fold of each training data set was trained with."""
    strategies = [found.value for method in methods if (found := strategy_of(method)) is not None]
    names = [facs.column_name(au) for au in protocol.dataset.aus]
    sections = []
    for trained_on, folds in {part.trained_on: part.folds for part in protocol.parts}.items():
        measured = measure_label_balance(
            protocol.dataset.frames.labels[protocol.folds[folds[0]].train],
            names,
            batch_size=experiment.cnn.batch_size,
            seed=experiment.seed,
            strategies=strategies,
            draw_size=experiment.sampling.draw_size,
            neutral=experiment.sampling.neutral,
        )
        text = (
            "After Fig. 6 of the paper: how often each AU is present in the batches of one pass. "
            "Between-batch balance is an even colour along a row, within-batch balance an even "
            "colour down a column."
        )
        figure = inline_figure(report, f"batches_{trained_on}", batch_figure(measured))
        heading = f"Batches of {trained_on}"
        sections.append(Section(heading, text, figure, balance_table(measured)))
    return sections


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
