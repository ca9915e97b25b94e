"""The numbers that Chu, De la Torre and Cohn (2018) printed, to be set beside ours.

They are the paper's, not a target: its versions of GFT and BP4D+ were never public, and some cells
contradict one another (`DOUBTS`).
"""

import csv
import dataclasses
import importlib.resources
import math
from collections.abc import Mapping

_FILES = {
    1: "table1_gft_f1_frame.csv",
    2: "table2_bp4d_f1_frame.csv",
    3: "table3_gft_sampling_f1.csv",
    4: "table4_bp4d_plus_sampling_f1.csv",
}


@dataclasses.dataclass(frozen=True)
class Doubt:
    """Why a column of the paper, or some of its cells, is not to be trusted.

    Attributes:
        reason: the end of a sentence that begins with the name of the column.
        aus: the AUs whose cells are meant.
        average: whether the printed average is meant. Without AUs and average it is the column.
    """

    reason: str
    aus: tuple[int, ...] = ()
    average: bool = False


_QUOTED = (
    "all its cells are those of a column of W.-S. Chu et al., ICCV 2015, which used SIFT where "
    "this paper says HOG"
)
_LEAP = (
    "its mean is 29 points above that of 3 folds, which a third more people to train on hardly "
    "explain; the same people may be in training and test"
)

DOUBTS: dict[tuple[int, str], Doubt] = {
    (1, "hybrid_3fold"): Doubt(
        "these 10 cells are those of CPM in 10 folds", (1, 2, 6, 7, 10, 12, 14, 15, 17, 23)
    ),
    (1, "svm_10fold"): Doubt(_QUOTED),
    (1, "cpm_10fold"): Doubt(
        f"{_QUOTED} (iCPM there); 10 of them stand in the column of the hybrid in 3 folds, too"
    ),
    (2, "hybrid_3fold"): Doubt(
        "AU10 is 30 points below the CNN that it fuses, and below always present", (10,)
    ),
    (2, "svm_10fold"): Doubt(_QUOTED),
    (2, "cpm_10fold"): Doubt(f"{_QUOTED} (iCPM there)"),
    (2, "anet_10fold"): Doubt(_LEAP),
    (2, "hybrid_10fold"): Doubt(_LEAP),
    (4, "rs_within"): Doubt("all its cells are those of stratification"),
    (4, "ms_within"): Doubt("all its cells are those of random sampling"),
    (4, "rs_between"): Doubt("its cells average to .32, not to the printed .25", average=True),
}
"""What is doubtful, by table and column."""

COMPARISON_TABLES = {"gft": 1, "gft_like": 1, "bp4d": 2, "bp4d_like": 2}
"""The table of section 4 that was tested on a data set, or on the one that a preset is after."""

SAMPLING_TABLES = {"gft": 3, "gft_like": 3, "bp4d_plus": 4, "bp4d_like": 4}
"""The table of section 5 that was tested on a data set, or on the one that a preset is after."""

TESTED_ON = {1: "GFT", 2: "BP4D", 3: "GFT", 4: "BP4D+"}
"""What the tables were tested on."""


@dataclasses.dataclass(frozen=True)
class PrintedTable:
    """A table of the paper.

    Attributes:
        number: of the table.
        columns: column to AU to value, as printed; a cell without a number is NaN.
        means: column to the printed average. In tables 1 and 2 it is that of the cells with a
            number; in tables 3 and 4 empty cells count as 0.
    """

    number: int
    columns: Mapping[str, Mapping[int, float]]
    means: Mapping[str, float]

    @property
    def aus(self) -> tuple[int, ...]:
        """The AUs of its rows."""
        return tuple(next(iter(self.columns.values())))

    @property
    def whole(self) -> float:
        """What is printed for a share of 1: 100 where the table is in percent."""
        return 100.0 if self.number in COMPARISON_TABLES.values() else 1.0


def printed_table(number: int) -> PrintedTable:
    """Return a table of the paper.

    Args:
        number: 1 to 4; tables 1 and 2 are in percent, 3 and 4 in [0, 1].
    """
    folder = importlib.resources.files("au_jax.reporting.paper") / "tables"
    with (folder / _FILES[number]).open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    names = [name for name in rows[0] if name != "au"]
    values = {
        name: {row["au"]: float(row[name]) if row[name] else math.nan for row in rows}
        for name in names
    }
    return PrintedTable(
        number=number,
        columns={
            name: {int(au): value for au, value in column.items() if au != "Avg"}
            for name, column in values.items()
        },
        means={name: column["Avg"] for name, column in values.items()},
    )
