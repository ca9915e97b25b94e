"""The report on the balance of labels: figures, tables as files, and one page."""

from collections.abc import Sequence

from etils import epath

from au_jax.analysis.label_balance import LabelBalance
from au_jax.reporting.balance.figures import base_rate_figure, batch_figure
from au_jax.reporting.balance.tables import (
    balance_csv,
    balance_table,
    base_rate_table,
    base_rates_csv,
    co_occurrence_csv,
)
from au_jax.reporting.tables import as_markdown
from au_jax.reporting.templates import inline_figure, template
from au_jax.sampling.strategies import STRATEGIES
from au_jax.system import atomic_files


def write_balance_report(
    directory: epath.Path, title: str, measured: LabelBalance, notes: Sequence[str] = ()
) -> epath.Path:
    """Write `report/` into a directory and return the path of its `index.html`.

    Args:
        directory: `<workdir>/label_balance`.
        title: what the labels are those of.
        measured: the numbers.
        notes: what a reader must know of the data, one paragraph each.
    """
    report = directory / "report"
    statistics = measured.statistics
    balance = balance_table(measured)
    for name, text in (
        ("balance.csv", balance_csv(measured)),
        ("balance.md", as_markdown(balance)),
        ("co_occurrence.csv", co_occurrence_csv(statistics)),
    ):
        atomic_files.write_text(report / name, text)
    page = template("balance.html.jinja").render(
        title=title,
        notes=notes,
        statistics=statistics,
        measured=measured,
        strategies=STRATEGIES,
        balance_table=balance,
        rates_table=base_rate_table(statistics),
        rates=inline_figure(
            report,
            "base_rates",
            base_rate_figure({title: statistics}),
            numbers=base_rates_csv(statistics),
        ),
        batches=inline_figure(report, "batches", batch_figure(measured)),
    )
    atomic_files.write_text(report / "index.html", page)
    return report / "index.html"
