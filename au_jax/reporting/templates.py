"""The templates of the pages, and figures inside them, so that a page needs no other file."""

from typing import TYPE_CHECKING

import markupsafe
from etils import epath
from matplotlib.figure import Figure

from au_jax.reporting.figures import save_figure

if TYPE_CHECKING:
    import jinja2


def template(name: str) -> "jinja2.Template":
    """Return the template in the file `name` of this folder."""
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("au_jax.reporting", "."),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)


def inline_figure(report: epath.Path, name: str, figure: Figure) -> markupsafe.Markup:
    """Write a figure as files `name` in the folder of a report, and return it for the page."""
    svg = save_figure(report, name, figure)
    return markupsafe.Markup(svg[svg.index("<svg") :])
