"""The statements of the paper as a table: what holds of the printed numbers, and of ours."""

import csv
import dataclasses
import io
from collections.abc import Sequence

from au_jax.reporting.paper.printed import printed_table
from au_jax.reporting.paper.statement_checks import Finding
from au_jax.reporting.paper.statements import (
    STATEMENTS,
    MethodInFolds,
    Statement,
    decide,
    our_columns,
    printed_columns,
)
from au_jax.reporting.results import Results
from au_jax.reporting.tables import Table

HEADER = ("section", "the paper says", "read as", "protocol", "printed numbers", "ours")


@dataclasses.dataclass(frozen=True)
class Decision:
    """A statement in one protocol, and what came of it.

    Attributes:
        statement: of the paper.
        protocol: such as `3 folds`.
        of_paper: what came of the printed numbers; None if it did not print them.
        of_ours: what came of ours; None if they were not run.
    """

    statement: Statement
    protocol: str
    of_paper: Finding | None
    of_ours: Finding | None

    @property
    def cells(self) -> tuple[str, ...]:
        """The cells of a row below `HEADER`."""
        return (
            self.statement.section,
            self.statement.text,
            self.statement.reading,
            self.protocol,
            _verdict(self.of_paper, "not printed"),
            _verdict(self.of_ours, "not run"),
        )


def decide_all(results: Results, number: int) -> list[Decision]:
    """Decide each statement on a table of the paper, in each protocol for which there are numbers.

    Args:
        results: ours.
        number: of the table, 1 or 2.
    """
    printed = printed_table(number)
    of_paper, of_ours = printed_columns(printed), our_columns(results)
    decisions = [
        Decision(
            statement,
            _protocol(case),
            decide(statement, case, printed.aus, of_paper),
            decide(statement, case, results.aus, of_ours),
        )
        for statement in STATEMENTS
        if number in statement.tables
        for case in statement.cases
    ]
    return [one for one in decisions if one.of_paper is not None or one.of_ours is not None]


def statement_table(decisions: Sequence[Decision]) -> Table:
    """Return a row for each decision; what a row shares with the one above is left out."""
    rows, above = [], ()
    for decision in decisions:
        said = decision.cells[:3]
        rows.append((*(("",) * 3 if said == above else said), *decision.cells[3:]))
        above = said
    return Table(
        title=f"{_count(decisions, 'of_paper')} hold of the printed numbers, "
        f"{_count(decisions, 'of_ours')} of ours",
        header=HEADER,
        rows=tuple(rows),
        best=tuple(
            frozenset(
                column
                for column, finding in ((4, decision.of_paper), (5, decision.of_ours))
                if finding is not None and not finding.holds
            )
            for decision in decisions
        ),
        notes=("Bold: does not hold.",),
        words=frozenset(range(len(HEADER))),
    )


def _count(decisions: Sequence[Decision], whose: str) -> str:
    findings = [finding for one in decisions if (finding := getattr(one, whose)) is not None]
    return f"{sum(finding.holds for finding in findings)} of {len(findings)}"


def statement_csv(decisions: Sequence[Decision]) -> str:
    """Return a row for each decision as CSV, with all cells."""
    buffer = io.StringIO()
    rows = [HEADER, *(decision.cells for decision in decisions)]
    csv.writer(buffer, lineterminator="\n").writerows(rows)
    return buffer.getvalue()


def _protocol(case: Sequence[MethodInFolds]) -> str:
    folds = dict.fromkeys(folds for _, folds in case)
    return f"{' against '.join(map(str, folds))} folds"


def _verdict(finding: Finding | None, missing: str) -> str:
    if finding is None:
        return missing
    verdict = "holds" if finding.holds else "does not hold"
    return f"{verdict}: {finding.detail}" if finding.detail else verdict
