"""A section of a page."""

import dataclasses

import markupsafe

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
    """

    heading: str
    text: str
    figure: markupsafe.Markup | None = None
    table: Table | None = None
    more: Table | None = None
