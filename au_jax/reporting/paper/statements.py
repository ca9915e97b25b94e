"""What the paper states about its Tables 1 and 2, and whether numbers bear it out.

Each statement is quoted, with how it is read here so that a program can decide it. "Not printed"
and "not run" are told from "does not hold".
"""

import dataclasses
from collections.abc import Callable, Sequence

import numpy as np

from au_jax.reporting.paper import statement_checks as checks
from au_jax.reporting.paper.competitor_tables import NAMES, printed_column
from au_jax.reporting.paper.printed import PrintedTable
from au_jax.reporting.paper.statement_checks import Check, Column, Finding
from au_jax.reporting.results import Results

MethodInFolds = tuple[str, int]
"""A method, as we call it, and the number of folds of the protocol."""

GetColumn = Callable[[str, int], Column | None]
"""Returns the numbers of a method in a protocol; None if there are none."""


@dataclasses.dataclass(frozen=True)
class Statement:
    """A sentence of the paper.

    Attributes:
        section: where it stands.
        text: its words.
        reading: what is checked.
        check: decides it.
        cases: the columns it speaks of, once for each protocol.
        tables: the tables that it speaks of.
    """

    section: str
    text: str
    reading: str
    check: Check
    cases: tuple[tuple[MethodInFolds, ...], ...]
    tables: tuple[int, ...] = (1, 2)


def _in_each(*methods: str) -> tuple[tuple[MethodInFolds, ...], ...]:
    """Return a case for each of the two protocols."""
    return tuple(_in(folds, *methods) for folds in (3, 10))


def _in(folds: int, *methods: str) -> tuple[MethodInFolds, ...]:
    return tuple((method, folds) for method in methods)


_ALL = ("hybrid", "svm", "cpm", "jpml", "cnn")
"""The columns of a protocol, the paper's own method first."""

STATEMENTS = (
    Statement(
        "abstract",
        "The learned spatial features combined with temporal information outperformed a standard "
        "CNN and feature-based state-of-the-art methods.",
        "mean of Ours above those of ANet, CPM and JPML",
        checks.mean_highest,
        _in_each("hybrid", "cnn", "cpm", "jpml"),
    ),
    Statement(
        "4.4",
        "Compared to the baseline SVM, ANet^T trained with a cross-dataset protocol on average "
        "yielded higher scores with a few exceptions.",
        "mean of ANet^T above that of SVM",
        checks.mean_higher,
        (_in(3, "anet_t", "svm"),),
    ),
    Statement(
        "4.4",
        "For both 3-fold and 10-fold protocols […] ANet consistently outperformed SVM over all "
        "AUs.",
        "ANet above SVM in every AU",
        checks.every_au_higher,
        _in_each("cnn", "svm"),
    ),
    Statement(
        "4.4",
        "ANet trained within datasets leads to higher scores than ANet^T trained across datasets.",
        "mean of ANet above that of ANet^T",
        checks.mean_higher,
        (_in(3, "cnn", "anet_t"),),
    ),
    Statement(
        "4.4",
        "The performance gain of ANet trained on more data (10-fold) became larger than ANet "
        "trained on 3-fold.",
        "lead of ANet's mean over that of SVM larger in 10 folds than in 3",
        checks.lead_grows,
        ((*_in(10, "cnn", "svm"), *_in(3, "cnn", "svm")),),
    ),
    Statement(
        "4.4",
        "Compared to SVM trained on 10-fold, ANet trained on 3-fold showed comparable scores.",
        "means less than 5 points apart",
        checks.means_within(5.0),
        ((("cnn", 3), ("svm", 10)),),
    ),
    Statement(
        "4.4",
        "On both 3-fold and 10-fold protocols, our hybrid network consistently outperformed ANet "
        "in all metrics.",
        "Ours above ANet in every AU",
        checks.every_au_higher,
        _in_each("hybrid", "cnn"),
    ),
    Statement(
        "4.4",
        "Adding temporal information helped predict AUs except for a few in GFT.",
        "Ours above ANet in more than half of the AUs",
        checks.most_aus_higher,
        _in_each("hybrid", "cnn"),
        tables=(1,),
    ),
    Statement(
        "4.4",
        "Adding temporal information helped predict AUs except for a few in GFT.",
        "Ours above ANet in every AU of BP4D",
        checks.every_au_higher,
        _in_each("hybrid", "cnn"),
        tables=(2,),
    ),
    Statement(
        "4.4",
        "Adding temporal prediction into the fusion network attained an additional performance "
        "boost, leading to the highest F1 score on both datasets with either the 3-fold or the "
        "10-fold protocols.",
        "mean of Ours the highest",
        checks.mean_highest,
        _in_each(*_ALL),
    ),
    Statement(
        "4.4",
        "Using solely the temporal model causes slight performance drop.",
        "mean of ANet above that of the LSTM by itself",
        checks.mean_higher,
        _in_each("cnn", "lstm"),
    ),
    Statement(
        "4.4",
        "Observing 3-fold on both datasets, the results are mixed.",
        "no method is the best in more than half of the AUs",
        checks.nobody_best_in_most,
        (_in(3, *_ALL),),
    ),
    Statement(
        "4.4",
        "In GFT [in 3 folds], ANet and JPML achieved 3 and 2 highest F1 scores.",
        "ANet is the best in 3 AUs, JPML in 2",
        checks.best_counts({"ANet": 3, "JPML": 2}),
        (_in(3, *_ALL),),
        tables=(1,),
    ),
    Statement(
        "4.4",
        "In BP4D [in 3 folds], CPM and ANet reached 5 and 2 highest F1 scores.",
        "CPM is the best in 5 AUs, ANet in 2",
        checks.best_counts({"CPM": 5, "ANet": 2}),
        (_in(3, *_ALL),),
        tables=(2,),
    ),
    Statement(
        "4.4",
        "In the 10-fold experiment, when training data was abundant, the improvements became "
        "clearer.",
        "lead of Ours' mean over the best other larger in 10 folds than in 3",
        checks.lead_grows,
        ((*_in(10, *_ALL), *_in(3, *_ALL)),),
    ),
    Statement(
        "4.4",
        "In the 10-fold experiment, when training data was abundant, the improvements became "
        "clearer.",
        "Ours the best in more AUs in 10 folds than in 3",
        checks.best_in_more,
        ((*_in(10, *_ALL), *_in(3, *_ALL)),),
    ),
    Statement(
        "4.4",
        "Overall, in most AUs, our hybrid network outperformed alternative approaches by a "
        "significant margin.",
        "Ours the best in more than half of the AUs",
        checks.best_in_most,
        _in_each(*_ALL),
    ),
    Statement(
        "4.4",
        "The proposed approach does not always outperform the others.",
        "another method above Ours in some AU",
        checks.not_best_everywhere,
        _in_each(*_ALL),
    ),
    Statement(
        "5",
        "The hybrid multi-label network performed less well for minor classes, such as AUs 1, 2, "
        "and 15.",
        "mean of Ours over these AUs below that over the others",
        checks.lower_in((1, 2, 15)),
        _in_each("hybrid"),
    ),
)
"""All statements on the tables that a program can decide, in the order of the paper."""


def decide(
    statement: Statement, case: Sequence[MethodInFolds], aus: Sequence[int], get: GetColumn
) -> Finding | None:
    """Return whether numbers bear a statement out; None if some of them are missing.

    Args:
        statement: of the paper.
        case: one of its cases.
        aus: the AUs of the cells.
        get: returns columns.
    """
    columns = [get(method, folds) for method, folds in case]
    found = [column for column in columns if column is not None]
    return statement.check(found, aus) if len(found) == len(columns) else None


def printed_columns(table: PrintedTable) -> GetColumn:
    """Return the way to the columns of Table 1 or 2."""

    def get(method: str, folds: int) -> Column | None:
        name = printed_column(method, folds)
        if name is None:
            return None
        values = [table.columns[name][au] for au in table.aus]
        return Column(NAMES[method], np.array(values), table.means[name])

    return get


def our_columns(results: Results) -> GetColumn:
    """Return the way to the columns of an experiment, under the paper's names."""

    def get(method: str, folds: int) -> Column | None:
        if folds != results.folds or method not in results.methods:
            return None
        value = results.methods[method]["f1_frame"]
        return Column(NAMES.get(method, method.upper()), 100 * value.per_au, 100 * value.mean)

    return get
