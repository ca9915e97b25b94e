"""The protocol of an experiment: its folds, and which frames of them make one table."""

import dataclasses
from collections.abc import Sequence

import numpy as np

from au_jax.config import ProtocolConfig, Scenario
from au_jax.datasets.dataset import Dataset
from au_jax.datasets.folds import Fold, subject_folds, validation_split
from au_jax.datasets.joined import join_datasets


@dataclasses.dataclass(frozen=True)
class TestedPart:
    """Test frames that belong in one table: models of one data set, frames of one data set.

    Attributes:
        trained_on: name of the data set of the training subjects.
        tested_on: name of the data set of the test frames.
        folds: numbers of the folds whose models were trained on `trained_on`.
        first, last: rows `first` to `last` − 1 of the frames table belong to `tested_on`.
    """

    __test__ = False  # not a test of pytest

    trained_on: str
    tested_on: str
    folds: tuple[int, ...]
    first: int
    last: int

    @property
    def within(self) -> bool:
        """Whether training and test subjects come from the same data set."""
        return self.trained_on == self.tested_on


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
            parts=(TestedPart(first.name, first.name, tuple(range(count)), 0, len(first.frames)),),
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
    border, end = len(first.frames), len(joined.frames)
    return Protocol(
        dataset=joined,
        folds=(dataclasses.replace(split, test=np.arange(border, end, dtype=np.int64)),),
        fold_names=(f"{first.name} to {second.name}",),
        parts=(TestedPart(first.name, second.name, (0,), border, end),),
    )


def _both(joined: Dataset, first: Dataset, second: Dataset, config: ProtocolConfig) -> Protocol:
    border, end, count = len(first.frames), len(joined.frames), config.folds
    of_first = _subject_folds(first, config)
    of_second = [_shifted(fold, border) for fold in _subject_folds(second, config)]
    tests = [np.concatenate([a.test, b.test]) for a, b in zip(of_first, of_second, strict=True)]
    folds = [
        dataclasses.replace(fold, test=test)
        for own in (of_first, of_second)
        for fold, test in zip(own, tests, strict=True)
    ]
    names = [f"{dataset.name} {name}" for dataset in (first, second) for name in _fold_names(count)]
    turns = {first.name: tuple(range(count)), second.name: tuple(range(count, 2 * count))}
    rows = {first.name: (0, border), second.name: (border, end)}
    parts = [
        TestedPart(trained_on, tested_on, turns[trained_on], *rows[tested_on])
        for tested_on in rows
        for trained_on in (tested_on, *(name for name in rows if name != tested_on))
    ]
    return Protocol(joined, tuple(folds), tuple(names), tuple(parts))


def _subject_folds(dataset: Dataset, config: ProtocolConfig) -> list[Fold]:
    return subject_folds(
        dataset.frames.subject,
        folds=config.folds,
        validation_share=config.validation_share,
        seed=config.seed,
    )


def _fold_names(count: int) -> Sequence[str]:
    return [f"fold {number + 1} of {count}" for number in range(count)]


def _shifted(fold: Fold, rows: int) -> Fold:
    return Fold(fold.train + rows, fold.validation + rows, fold.test + rows)
