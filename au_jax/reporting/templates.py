"""The templates of the pages, and figures inside them, so that a page needs no other file."""

import functools
import importlib.resources
from typing import TYPE_CHECKING

import markupsafe
from etils import epath

from au_jax.reporting.palette import DARK, LIGHT

if TYPE_CHECKING:
    import jinja2
    from matplotlib.figure import Figure

_FOLDER = "reporting/templates"


def template(name: str, folder: str | None = None) -> "jinja2.Template":
    """Return the template in the file `name` of `reporting/templates`.

    Templates have `asset(file)`, the text of a script or a style sheet, as it is.

    Args:
        name: of the file.
        folder: one in the package, such as `prediction/templates`, that is looked through first.
    """
    import jinja2

    folders = ([] if folder is None else [folder]) + [_FOLDER]
    environment = jinja2.Environment(
        loader=jinja2.ChoiceLoader([jinja2.PackageLoader("au_jax", name) for name in folders]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        asset=functools.partial(_asset, folders), palettes={"light": LIGHT, "dark": DARK}
    )
    return environment.get_template(name)


def _asset(folders: list[str], name: str) -> markupsafe.Markup:
    package = importlib.resources.files("au_jax")
    files = [package.joinpath(*folder.split("/"), *name.split("/")) for folder in folders]
    file = next(file for file in files if file.is_file())
    return markupsafe.Markup(file.read_text("utf-8"))


def inline_figure(
    report: epath.Path,
    name: str,
    figure: "Figure",
    *,
    alt: str | None = None,
    numbers: str | None = None,
) -> markupsafe.Markup:
    """Write a figure as files, and return it for the page.

    The files are `name.png`, `name.svg`, and `name.csv` with what is drawn.

    Args:
        report: the folder of the report.
        name: of the files.
        figure: the figure.
        alt: what it shows, for those who do not see it; None for its titles, else
            its name.
        numbers: the CSV; None for the curves, bars and images of the figure.
    """
    from au_jax.reporting.figure_content import figure_csv, figure_words
    from au_jax.reporting.figures import save_figure
    from au_jax.system import atomic_files

    text = save_figure(report, name, figure)
    numbers = figure_csv(figure) if numbers is None else numbers
    if numbers:
        atomic_files.write_text(report / f"{name}.csv", numbers)
    words = alt or figure_words(figure) or name.replace("_", " ")
    shown = template("figure.html.jinja").render(
        svg=markupsafe.Markup(text[text.index("<svg") + len("<svg") :]),
        words=words,
        name=name,
        with_numbers=bool(numbers),
    )
    return markupsafe.Markup(shown)
