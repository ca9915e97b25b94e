"""The subject lists of the usual 3-fold protocols, so that results compare.

They are those that JAA-Net (https://github.com/ZhiwenShao/PyTorch-JAANet) and ME-GraphAU
(https://github.com/CVI-SZU/ME-GraphAU) use; each list is tested by a network trained on the other
two. Chu et al. 2018 do not say which subjects were in their folds.
"""

import warnings
from collections.abc import Sequence

import numpy as np

from au_jax.datasets.raw.catalogue import CATALOGUE
from au_jax.errors import InputError
from au_jax.protocol.folds import Fold, fold_of

PUBLISHED_FOLDS = {name: entry.folds for name, entry in CATALOGUE.items() if entry.folds}
"""Names of the subjects that each fold tests, by data set."""


def published_folds(
    dataset: str,
    subject: np.ndarray,
    subject_names: Sequence[str],
    *,
    validation_share: float,
    seed: int,
) -> list[Fold]:
    """Split by the published lists; only who validates is drawn.

    Subjects of the lists that the data lack are left out, with one warning.

    Args:
        dataset: one of `PUBLISHED_FOLDS`, such as `bp4d`.
        subject: integers `[frame]`, the subject of each frame.
        subject_names: names of the subjects, in any capitals.
        validation_share: share of the subjects not tested that validate; at least one does.
        seed: decides who validates.

    Raises:
        InputError: if there are no lists for this data set, subjects of the data are in none, or a
            fold has nobody left to test, or not two to train and to validate.
        ValueError: if `validation_share` is not between 0 and 1.
    """
    if not 0 < validation_share < 1:
        raise ValueError(f"validation_share is {validation_share}; it must be between 0 and 1")
    if dataset not in PUBLISHED_FOLDS:
        raise InputError(
            f"there are no published folds of '{dataset}', only of {', '.join(PUBLISHED_FOLDS)}; "
            "use seeded folds"
        )
    lists = PUBLISHED_FOLDS[dataset]
    subjects = np.unique(subject)
    there = set(subjects.tolist())
    names = {name.upper(): i for i, name in enumerate(subject_names) if i in there}
    _check_names(dataset, set(names))
    folds = []
    for number, tested in enumerate(lists):
        found = np.array([names[name] for name in tested if name in names], subjects.dtype)
        if not len(found) or len(subjects) - len(found) < 2:
            raise InputError(
                f"fold {number + 1} of the published folds of {dataset} would test {len(found)} "
                f"of {len(subjects)} subjects; it takes one to test, one to train and one to "
                "validate. Prepare more subjects or use seeded folds"
            )
        folds.append(
            fold_of(subject, found, validation_share=validation_share, seed=seed, number=number)
        )
    return folds


def _check_names(dataset: str, names: set[str]) -> None:
    listed = {name for tested in PUBLISHED_FOLDS[dataset] for name in tested}
    if unknown := sorted(names - listed):
        raise InputError(
            f"not in the published folds of {dataset}: {', '.join(unknown)}; take these subjects "
            "out of the data set or use seeded folds"
        )
    if lacking := sorted(listed - names):
        warnings.warn(
            f"{len(lacking)} of the {len(listed)} subjects in the published folds of {dataset} "
            f"are not in the data: {', '.join(lacking)}; results do not compare with others'",
            stacklevel=3,
        )
