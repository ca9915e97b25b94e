"""A section of a page."""

import dataclasses

import markupsafe

from au_jax.reporting.charts import Chart
from au_jax.reporting.tables import Table


@dataclasses.dataclass(frozen=True)
class Section:
    """What a page shows under one heading.

    Attributes:
        heading: its title.
        text: what it shows and how to read it.
        figure: drawn below the text.
        table: set below the figure.
        more: a longer table that opens on a click.
        charts: drawn by the page; the figure then stands in for them in print and without scripts.
    """

    heading: str
    text: str
    figure: markupsafe.Markup | None = None
    table: Table | None = None
    more: Table | None = None
    charts: tuple[Chart, ...] = ()
