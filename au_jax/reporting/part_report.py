"""The report of one part of a protocol: its tables as files, and what the page shows of it."""

import dataclasses
from collections.abc import Mapping, Sequence

from etils import epath

from au_jax.reporting.difference_tables import difference_csv, difference_list, difference_matrix
from au_jax.reporting.latex import as_latex
from au_jax.reporting.paper.competitor_tables import comparison_number, competitor_table
from au_jax.reporting.paper.statement_tables import decide_all, statement_csv, statement_table
from au_jax.reporting.results import METRIC_TITLES, Results
from au_jax.reporting.sampling.tables import sampling_table
from au_jax.reporting.sampling.ways import ways_of_sampling
from au_jax.reporting.section import Section
from au_jax.reporting.tables import Table, as_csv, as_markdown
from au_jax.settings import SYNTHETIC, Experiment
from au_jax.system import atomic_files


@dataclasses.dataclass(frozen=True)
class PartReport:
    """A part of the protocol on the page: a heading, its tables by metric, and sections.

    Names of its files end in `file_ending`.
    """

    results: Results
    heading: str
    file_ending: str
    tables: Mapping[str, Table]
    sections: Sequence[Section]


def part_table(results: Results, metric: str, *, counterpart: str | None = None) -> Table:
    """Return the table of a metric, with what an experiment of its kind has beside.

    That is rare AUs if it compares ways of sampling.

    Args:
        results: the numbers of a part.
        metric: one of `METRICS`.
        counterpart: the data set whose printed numbers are shown beside; None shows none.
    """
    if ways_of_sampling(results):
        return sampling_table(results, metric, printed=counterpart is not None)
    return competitor_table(results, metric, counterpart or "")


def write_part(
    report: epath.Path, results: Results, experiment: Experiment, *, several: bool
) -> PartReport:
    """Write the tables of a part as files and return them for the page.

    Args:
        report: the folder of the report.
        results: the numbers of the part.
        experiment: the settings.
        several: whether the protocol has several parts, whose files need names of their own.
    """
    name = f"_{results.trained_on}_to_{results.dataset}" if several else ""
    heading = ""
    if several:
        heading = f"Trained on {results.trained_on}, tested on {results.dataset}"
    counterpart = results.dataset
    if counterpart == SYNTHETIC:
        counterpart = experiment.data.synthetic.preset.value
    by_metric = {
        metric: part_table(results, metric, counterpart=counterpart) for metric in METRIC_TITLES
    }
    for metric, table in by_metric.items():
        _write(report, f"{metric}{name}", table, as_csv(results, metric))
    sections = []
    if results.differences:
        sections.append(_differences(report, name, results))
    number = comparison_number(results, counterpart)
    if number is not None:
        sections.append(_statements(report, results, number))
    return PartReport(results, heading, name, by_metric, sections)


def _differences(report: epath.Path, name: str, results: Results) -> Section:
    pairs = difference_list(results)
    _write(report, f"differences{name}", pairs, difference_csv(results))
    return Section(
        heading="Differences between methods",
        text="Frames of a person resemble one another, so that a difference is only worth what it "
        "is over people. Each method is compared with each other on the same subjects.",
        table=difference_matrix(results),
        more=pairs,
    )


def _statements(report: epath.Path, results: Results, number: int) -> Section:
    decisions = decide_all(results, number)
    table = statement_table(decisions)
    _write(report, "statements", table, statement_csv(decisions))
    return Section(
        heading="What the paper says of its table",
        text=f"Statements of the paper on its Table {number}, decided by the program: on the "
        "numbers as printed, doubtful cells among them, and on those of this run. A statement can "
        "hold by chance; see the differences between methods. What the paper calls Ours is our "
        "hybrid, its ANet our cnn.",
        table=table,
    )


def _write(report: epath.Path, name: str, table: Table, csv: str) -> None:
    atomic_files.write_text(report / f"{name}.csv", csv)
    atomic_files.write_text(report / f"{name}.md", as_markdown(table))
    atomic_files.write_text(report / f"{name}.tex", as_latex(table))
