"""The scores that belong in one table, read from the folder of a run."""

from collections.abc import Sequence

from au_jax.protocol.scenarios import TestedPart
from au_jax.runs.layout import RunFolder
from au_jax.runs.scores import Scores, load_scores


def scored_folds(
    run: RunFolder, part: TestedPart, methods: Sequence[str]
) -> tuple[list[str], list[int]]:
    """Return the methods that have scored a fold of a part, and the folds that all of them have.

    Args:
        run: the folder of the run.
        part: which folds belong to the table.
        methods: in the order of the table.
    """
    found = {
        method: {fold for fold in part.folds if run.method(fold, method).test_scores.exists()}
        for method in methods
    }
    present = [method for method in methods if found[method]]
    return present, sorted(set.intersection(*(found[m] for m in present))) if present else []


def part_scores(
    run: RunFolder, part: TestedPart, method: str, folds: Sequence[int]
) -> list[Scores]:
    """Return the scores of a method on the test frames of a part, fold by fold."""
    files = [run.method(fold, method).test_scores for fold in folds]
    return [load_scores(file).of_rows(part.first, part.last) for file in files]
