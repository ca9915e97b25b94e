"""The templates of the pages, and figures inside them, so that a page needs no other file."""

from typing import TYPE_CHECKING

import markupsafe
from etils import epath

if TYPE_CHECKING:
    import jinja2
    from matplotlib.figure import Figure


def template(name: str, folder: str | None = None) -> "jinja2.Template":
    """Return the template in the file `name` of this folder.

    Args:
        name: of the file.
        folder: one in the package, such as `prediction/templates`, that is looked through first.
    """
    import jinja2

    folders = ([] if folder is None else [folder]) + ["reporting"]
    environment = jinja2.Environment(
        loader=jinja2.ChoiceLoader([jinja2.PackageLoader("au_jax", name) for name in folders]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)


def inline_figure(report: epath.Path, name: str, figure: "Figure") -> markupsafe.Markup:
    """Write a figure as files `name` in the folder of a report, and return it for the page."""
    from au_jax.reporting.figures import save_figure

    svg = save_figure(report, name, figure)
    return markupsafe.Markup(svg[svg.index("<svg") :])
