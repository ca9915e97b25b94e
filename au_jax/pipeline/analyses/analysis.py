"""What an analysis is: numbers of a fold's networks, and how a page shows them."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from etils import epath

from au_jax.methods.method import Fitted, FoldRun
from au_jax.reporting.learned.measured import Arrays, Measured
from au_jax.reporting.section import Section
from au_jax.settings import AnalysesConfig

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


@dataclasses.dataclass(frozen=True)
class FoldView:
    """A fold whose networks are looked at.

    Attributes:
        run: data, folds and settings.
        title: whose faces, and whose networks, as in "bp4d, networks trained on gft".
        methods: those that are trained and may be looked at, in the order of the tables.
        fitted: gives what one of them left.
        config: the settings of the analyses.
        feature_files: the user's own features of the frames, name to path of an `.npz`.
        tested_on: the name of the data set of the test frames, as a catalogue or preset has it.
    """

    run: FoldRun
    title: str
    methods: Sequence[str]
    fitted: Callable[[str], Fitted]
    config: AnalysesConfig
    feature_files: Mapping[str, str] = dataclasses.field(default_factory=dict)
    tested_on: str = ""


@dataclasses.dataclass(frozen=True)
class Analysis:
    """A way to look at trained networks.

    Attributes:
        name: as in `analyses.shown` and in files.
        needs: methods of which one at least must be there.
        settings: what its numbers depend on, of the settings of all analyses.
        measure: returns the numbers, which are kept in the run.
        sections: writes figures, tables and numbers into the folder of a report and returns what
            its page shows; takes the folds that were looked at, one or several.
    """

    name: str
    needs: tuple[str, ...]
    settings: "Callable[[AnalysesConfig], DataclassInstance | None]"
    measure: Callable[[FoldView], Arrays]
    sections: Callable[[epath.Path, Sequence[Measured]], list[Section]]
