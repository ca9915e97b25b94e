"""The page of an experiment that looks at the runs of others."""

from collections.abc import Sequence

from etils import epath

from au_jax.reporting.section import Section
from au_jax.reporting.templates import template
from au_jax.system import atomic_files


def write_study(
    report: epath.Path,
    name: str,
    sections: Sequence[Section],
    looked_at: Sequence[str],
    *,
    drawn: bool,
) -> epath.Path:
    """Write `index.html` into the folder of a report and return its path.

    Args:
        report: the folder.
        name: of the experiment.
        sections: what it shows; their figures are there.
        looked_at: names of the experiments whose runs are shown.
        drawn: whether built-in faces are among the data.
    """
    page = template("study.html.jinja").render(
        experiment=name, sections=sections, looked_at=looked_at, synthetic=drawn
    )
    atomic_files.write_text(report / "index.html", page)
    return report / "index.html"
