"""The kinds of raw data there are: what the commands know of each, one entry per data set.

A new data set is a reader and an entry here. An entry names its reader only, so that a run on
prepared data imports none.
"""

import dataclasses
import pkgutil
from collections.abc import Mapping
from typing import TYPE_CHECKING

from etils import epath

if TYPE_CHECKING:
    from au_jax.datasets.raw.raw_dataset import RawDataset, ReaderOptions


@dataclasses.dataclass(frozen=True)
class PublishedBaseRates:
    """How often action units are present as published or counted by others.

    They tell whether one's own copy is read as everybody reads it.

    Attributes:
        percent: share of the frames in which an action unit is present, by action unit.
        source: where they come from, and of how many frames.
        positive_from: the lowest intensity that counts as present in them; None for occurrence.
        subjects: number of subjects.
    """

    percent: Mapping[int, float]
    source: str
    positive_from: int | None
    subjects: int


@dataclasses.dataclass(frozen=True)
class CatalogueEntry:
    """A kind of raw data.

    Attributes:
        title: its name in full.
        reader: its reader as `module:function`, see `read`.
        contact: where its owners give out licences; nothing for the user's own data.
        options: the `raw_dataset.ReaderOptions` that a user may choose, beside those of all kinds.
        base_rates: what others have counted; None if that is not known.
        folds: names of the subjects that each fold of the usual protocol tests; nothing if there
            is none.
    """

    title: str
    reader: str
    contact: str = ""
    options: tuple[str, ...] = ("landmarks", "positive_from")
    base_rates: PublishedBaseRates | None = None
    folds: tuple[tuple[str, ...], ...] = ()

    @property
    def licensed(self) -> bool:
        """Whether its owners give it out under a licence."""
        return bool(self.contact)

    def read(self, source: epath.PathLike, options: "ReaderOptions") -> "RawDataset":
        """Find the recordings in a folder without decoding a picture.

        Args:
            source: the folder as it is distributed.
            options: what to take.

        Raises:
            InputError: if the folder cannot be used.
        """
        return pkgutil.resolve_name(self.reader)(source, options)


# fmt: off
CATALOGUE: dict[str, CatalogueEntry] = {
    "folder": CatalogueEntry("folder", "au_jax.datasets.raw.folder:read_folder", options=()),
    "bp4d": CatalogueEntry(
        "BP4D-Spontaneous",
        "au_jax.datasets.raw.bp4d:read_bp4d",
        "https://www.cs.binghamton.edu/~lijun/Research/3DFE/3DFE_Analysis.html",
        # Over the label lists that go with https://github.com/CVI-SZU/ME-GraphAU.
        base_rates=PublishedBaseRates(
            {1: 21.14, 2: 17.10, 4: 20.26, 6: 46.09, 7: 54.90, 10: 59.43,
             12: 56.20, 14: 46.56, 15: 16.94, 17: 34.33, 23: 16.54, 24: 15.14},
            "counted over all 146,847 coded frames of 41 subjects",
            positive_from=None,
            subjects=41,
        ),
        folds=(
            ("F001", "M007", "F018", "F008", "F002", "M004", "F010",
             "F009", "M012", "M001", "F016", "M014", "F023", "M008"),
            ("M011", "F003", "M010", "M002", "F005", "F022", "M018",
             "M017", "F013", "M016", "F020", "F011", "M013", "M005"),
            ("F007", "F015", "F006", "F019", "M006", "M009", "F012",
             "M003", "F004", "F021", "F017", "M015", "F014"),
        ),
    ),
    "bp4d_plus": CatalogueEntry(
        "BP4D+",
        "au_jax.datasets.raw.bp4d_plus:read_bp4d_plus",
        "https://www.cs.binghamton.edu/~lijun/Research/3DFE/3DFE_Analysis.html",
    ),
    "gft": CatalogueEntry(
        "Sayette Group Formation Task (GFT)",
        "au_jax.datasets.raw.gft:read_gft",
        "https://osf.io/7wcyz",
        base_rates=PublishedBaseRates(
            {1: 8.8, 2: 10.9, 4: 3.4, 15: 8.8},
            "Chu et al. 2018, of a larger release with intensity B or more; 96 participants are "
            "public",
            positive_from=2,
            subjects=96,
        ),
    ),
    "disfa": CatalogueEntry(
        "DISFA",
        "au_jax.datasets.raw.disfa:read_disfa",
        "http://mohammadmahoor.com/disfa/",
        options=("landmarks", "positive_from", "camera"),
        base_rates=PublishedBaseRates(
            {1: 4.97, 2: 4.31, 4: 15.24, 6: 7.89, 9: 4.18, 12: 12.88, 25: 27.71, 26: 8.82},
            "counted over all 130,814 frames of 27 subjects with intensity B or more",
            positive_from=2,
            subjects=27,
        ),
        folds=(
            ("SN002", "SN010", "SN001", "SN026", "SN027", "SN032", "SN030", "SN009", "SN016"),
            ("SN013", "SN018", "SN011", "SN028", "SN012", "SN006", "SN031", "SN021", "SN024"),
            ("SN003", "SN029", "SN023", "SN025", "SN008", "SN005", "SN007", "SN017", "SN004"),
        ),
    ),
}
# fmt: on
"""By the name that `--dataset` gives."""


def taking(option: str) -> list[str]:
    """Return the names of the data sets for which a user may choose an option."""
    return [name for name, entry in CATALOGUE.items() if option in entry.options]
