"""The protocol of an experiment: its folds, and which frames of them make one table."""

import dataclasses
from collections.abc import Sequence

import numpy as np

from au_jax.datasets.dataset import Dataset, base_rates
from au_jax.datasets.joined import join_datasets
from au_jax.protocol.folds import Fold, subject_folds, validation_split
from au_jax.protocol.published_folds import published_folds
from au_jax.settings import ProtocolConfig, Scenario, Split

RARE_BELOW = 0.12
"""Base rate below which an AU counts as rare."""


@dataclasses.dataclass(frozen=True)
class TestedPart:
    """Test frames that belong in one table: models of one data set, frames of one data set.

    Attributes:
        trained_on: name of the data set of the training subjects.
        tested_on: name of the data set of the test frames.
        folds: numbers of the folds whose models were trained on `trained_on`.
        first: the first row of the frames table that belongs to `tested_on`.
        last: the row after the last one.
        rare_aus: AUs whose base rate is below `RARE_BELOW` in one of the two data sets.
    """

    __test__ = False  # not a test of pytest

    trained_on: str
    tested_on: str
    folds: tuple[int, ...]
    first: int
    last: int
    rare_aus: tuple[int, ...] = ()


@dataclasses.dataclass(frozen=True)
class Protocol:
    """All folds of an experiment.

    Attributes:
        dataset: the data; that of both data sets if there are two.
        folds: rows of its frames table.
        fold_names: what progress bars call each fold.
        parts: the tables that come of it; every test frame of a part is in one of its folds.
    """

    dataset: Dataset
    folds: tuple[Fold, ...]
    fold_names: tuple[str, ...]
    parts: tuple[TestedPart, ...]


def fold_count(config: ProtocolConfig) -> int:
    """Return how many folds `make_protocol` makes."""
    if config.scenario is Scenario.BETWEEN:
        return 1
    return config.folds * (2 if config.scenario is Scenario.BOTH else 1)


def make_protocol(first: Dataset, second: Dataset | None, config: ProtocolConfig) -> Protocol:
    """Return the folds of a scenario.

    Args:
        first: the data set that is trained on.
        second: the other data set, with the same AUs; None in the scenario `WITHIN`.
        config: scenario, number of folds, share of validation subjects, seed.

    Raises:
        InputError: if there are too few subjects, or the data sets do not fit together.
        ValueError: if the scenario asks for a second data set and there is none.
    """
    if config.scenario is Scenario.WITHIN:
        count = config.folds
        return Protocol(
            dataset=first,
            folds=tuple(_subject_folds(first, config)),
            fold_names=tuple(_fold_names(count)),
            parts=(_part(first, first, tuple(range(count)), 0),),
        )
    if second is None:
        raise ValueError(f"scenario {config.scenario.value} takes two data sets")
    joined = join_datasets(first, second)
    return (_between if config.scenario is Scenario.BETWEEN else _both)(
        joined, first, second, config
    )


def _between(joined: Dataset, first: Dataset, second: Dataset, config: ProtocolConfig) -> Protocol:
    split = validation_split(
        first.frames.subject, validation_share=config.validation_share, seed=config.seed
    )
    border = len(first.frames)
    return Protocol(
        dataset=joined,
        folds=(dataclasses.replace(split, test=np.arange(border, len(joined.frames))),),
        fold_names=(f"{first.name} to {second.name}",),
        parts=(_part(first, second, (0,), border),),
    )


def _both(joined: Dataset, first: Dataset, second: Dataset, config: ProtocolConfig) -> Protocol:
    border, count = len(first.frames), config.folds
    of_first = _subject_folds(first, config)
    of_second = [_shifted(fold, border) for fold in _subject_folds(second, config)]
    tests = [np.concatenate([a.test, b.test]) for a, b in zip(of_first, of_second, strict=True)]
    folds = [
        dataclasses.replace(fold, test=test)
        for own in (of_first, of_second)
        for fold, test in zip(own, tests, strict=True)
    ]
    names = [f"{dataset.name} {name}" for dataset in (first, second) for name in _fold_names(count)]
    turn_of_first, turn_of_second = tuple(range(count)), tuple(range(count, 2 * count))
    parts = (
        _part(first, first, turn_of_first, 0),
        _part(second, first, turn_of_second, 0),
        _part(second, second, turn_of_second, border),
        _part(first, second, turn_of_first, border),
    )
    return Protocol(joined, tuple(folds), tuple(names), parts)


def _part(
    trained_on: Dataset, tested_on: Dataset, folds: tuple[int, ...], first: int
) -> TestedPart:
    rates = np.stack([base_rates(dataset.frames.labels) for dataset in (trained_on, tested_on)])
    # fmin passes over the NaN of a data set without labels of an AU.
    rare = np.fmin.reduce(rates) < RARE_BELOW
    return TestedPart(
        trained_on=trained_on.name,
        tested_on=tested_on.name,
        folds=folds,
        first=first,
        last=first + len(tested_on.frames),
        rare_aus=tuple(np.array(trained_on.aus)[rare].tolist()),
    )


def _subject_folds(dataset: Dataset, config: ProtocolConfig) -> list[Fold]:
    table = dataset.frames
    if config.split is Split.PUBLISHED:
        return published_folds(
            dataset.name,
            table.subject,
            table.subjects,
            validation_share=config.validation_share,
            seed=config.seed,
        )
    return subject_folds(
        table.subject,
        folds=config.folds,
        validation_share=config.validation_share,
        seed=config.seed,
    )


def _fold_names(count: int) -> Sequence[str]:
    return [f"fold {number + 1} of {count}" for number in range(count)]


def _shifted(fold: Fold, rows: int) -> Fold:
    return Fold(fold.train + rows, fold.validation + rows, fold.test + rows)
