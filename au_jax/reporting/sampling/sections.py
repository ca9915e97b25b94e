"""What section 5 of the paper shows of an experiment that compares ways of sampling."""

from collections.abc import Mapping, Sequence

from au_jax import facs
from au_jax.analysis.label_balance import label_statistics, measure_label_balance
from au_jax.protocol.scenarios import Protocol
from au_jax.reporting.balance.figures import base_rate_figure, batch_figure
from au_jax.reporting.balance.tables import balance_table
from au_jax.reporting.results import Results
from au_jax.reporting.sampling.figures import (
    improvement_figure,
    training_curves,
    training_figure,
)
from au_jax.reporting.sampling.ways import BALANCED_LOSS, ways_of_sampling
from au_jax.reporting.section import Section
from au_jax.reporting.templates import inline_figure
from au_jax.runs.layout import RunFolder
from au_jax.settings import Experiment


def sampling_sections(
    run: RunFolder, results: Sequence[Results], experiment: Experiment, protocol: Protocol
) -> list[Section]:
    """Draw figures 5 to 8 of the paper, those for which there are numbers.

    Args:
        run: the folder of the run.
        results: the numbers of each part.
        experiment: the settings.
        protocol: data and folds.

    Returns:
        nothing if the experiment does not compare ways of sampling.
    """
    ways = {name: way for part in results for name, way in ways_of_sampling(part).items()}
    if not ways:
        return []
    return [
        _base_rates(run, protocol),
        *_batches(run, ways, experiment, protocol),
        *_training(run, ways, protocol),
        *_improvement(run, results),
    ]


def _base_rates(run: RunFolder, protocol: Protocol) -> Section:
    names = [facs.column_name(au) for au in protocol.dataset.aus]
    statistics = {
        part.tested_on: label_statistics(
            protocol.dataset.frames.labels[part.first : part.last], names
        )
        for part in protocol.parts
    }
    text = "After Fig. 5 of the paper: the share of the coded frames in which each AU is present."
    figure = inline_figure(run.report, "base_rates", base_rate_figure(statistics))
    return Section("Base rates", text, figure)


def _batches(
    run: RunFolder, ways: Mapping[str, str], experiment: Experiment, protocol: Protocol
) -> list[Section]:
    """Measure the batches that the first fold of each training data set was trained with."""
    strategies = [way for way in ways.values() if way != BALANCED_LOSS]
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
        figure = inline_figure(run.report, f"batches_{trained_on}", batch_figure(measured))
        heading = f"Batches of {trained_on}"
        sections.append(Section(heading, text, figure, balance_table(measured)))
    return sections


def _training(run: RunFolder, ways: Mapping[str, str], protocol: Protocol) -> list[Section]:
    sections = []
    for trained_on, folds in {part.trained_on: part.folds for part in protocol.parts}.items():
        curves = training_curves(run, folds, ways)
        if not curves:
            continue
        title = f"F1-frame on training frames of {trained_on}, mean over folds"
        figure = training_figure(curves, protocol.dataset.aus, title)
        text = (
            "After Fig. 7 of the paper. Each curve is measured on the same evenly spaced training "
            "frames with their natural base rates, without dropout, so that a batch made richer in "
            "an AU does not raise its own F1."
        )
        drawn = inline_figure(run.report, f"training_f1_{trained_on}", figure)
        sections.append(Section(f"Training on {trained_on}", text, drawn))
    return sections


def _improvement(run: RunFolder, results: Sequence[Results]) -> list[Section]:
    both = [part for part in results if {"random", "momu"} <= set(ways_of_sampling(part).values())]
    if not both:
        return []
    text = (
        "After Fig. 8 of the paper: test scores with MOMU minus those with random sampling, in "
        "points. Black strokes are the differences of the F1 that the paper printed for GFT and "
        "BP4D+; a cell that it left empty counts as 0. Its numbers for BP4D+ with random sampling "
        "are doubtful, see below its table."
    )
    figure = inline_figure(run.report, "improvement", improvement_figure(both))
    return [Section("MOMU against random sampling", text, figure)]
