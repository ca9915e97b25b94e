"""Splitting a data set by subject: nobody is in training, validation and test at the same time."""

import dataclasses

import numpy as np

from au_jax.errors import InputError


@dataclasses.dataclass(frozen=True)
class Fold:
    """Rows of the frames table, int64, increasing; no subject is in two of the parts."""

    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray


def subject_folds(
    subject: np.ndarray, *, folds: int, validation_share: float, seed: int
) -> list[Fold]:
    """Split by subject, so that every subject is tested once.

    The subjects are shuffled and cut into parts that differ by one subject at most: 41 subjects in
    10 folds give one part of 5 and nine of 4. Of the other subjects of a fold a share, chosen anew
    for each fold, is set aside for validation.

    Args:
        subject: integers `[frame]`, the subject of each frame.
        folds: number of folds.
        validation_share: share of the subjects not tested that validate; at least one does.
        seed: decides the shuffling.

    Raises:
        InputError: if there are fewer subjects than folds, or not two left beside the tested ones.
        ValueError: if `validation_share` is not between 0 and 1.
    """
    if not 0 < validation_share < 1:
        raise ValueError(f"validation_share is {validation_share}; it must be between 0 and 1")
    subjects = np.unique(subject)
    largest = -(-len(subjects) // folds) if folds > 0 else 0
    if folds < 2 or len(subjects) < folds or len(subjects) - largest < 2:
        raise InputError(
            f"{len(subjects)} subjects cannot be split into {folds} folds: it takes at least 2 "
            "folds, one subject to test in each, and beside those one to train and one to "
            "validate. Use fewer folds or more subjects"
        )
    return [
        fold_of(subject, tested, validation_share=validation_share, seed=seed, number=number)
        for number, tested in enumerate(np.array_split(_shuffled(subjects, seed, 0), folds))
    ]


def validation_split(subject: np.ndarray, *, validation_share: float, seed: int) -> Fold:
    """Set a share of the subjects aside for validation and train on all others; test on nobody.

    Args:
        subject: integers `[frame]`, the subject of each frame.
        validation_share: share of the subjects that validate; at least one does.
        seed: decides who does.

    Raises:
        InputError: if there are fewer than two subjects.
    """
    subjects = np.unique(subject)
    if len(subjects) < 2:
        raise InputError(
            f"{len(subjects)} subjects cannot be split: it takes one to train and one to validate"
        )
    return fold_of(subject, subjects[:0], validation_share=validation_share, seed=seed, number=0)


def fold_of(
    subject: np.ndarray, tested: np.ndarray, *, validation_share: float, seed: int, number: int
) -> Fold:
    """Return the fold that tests some subjects; of the others a share is drawn for validation.

    Args:
        subject: integers `[frame]`, the subject of each frame.
        tested: the subjects to test, perhaps none; at least two others must be left.
        validation_share: share of the others that validate; at least one does.
        seed: decides who does, together with `number`.
        number: number of the fold.
    """
    others = np.setdiff1d(np.unique(subject), tested)
    validating = max(1, min(len(others) - 1, round(validation_share * len(others))))
    validation, train = np.split(_shuffled(others, seed, 1 + number), [validating])
    return Fold(
        train=_rows(subject, train),
        validation=_rows(subject, validation),
        test=_rows(subject, tested),
    )


def _rows(subject: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    return np.flatnonzero(np.isin(subject, chosen)).astype(np.int64)


def _shuffled(values: np.ndarray, seed: int, stream: int) -> np.ndarray:
    # Sorting by uniform numbers: those come out the same in every version of NumPy, which is not
    # promised of permutation().
    return values[np.argsort(np.random.default_rng([seed, stream]).random(len(values)))]
