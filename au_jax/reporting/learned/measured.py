"""What an analysis has found in a fold."""

import dataclasses
from collections.abc import Mapping

import numpy as np

Arrays = Mapping[str, np.ndarray]
"""Numbers by name; text as arrays of strings."""


@dataclasses.dataclass(frozen=True)
class Measured:
    """The numbers of an analysis of one fold.

    Attributes:
        title: which networks and whose faces, as in "bp4d, networks trained on gft".
        name: the same in the names of files; empty where there is one only.
        arrays: the numbers.
    """

    title: str
    name: str
    arrays: Arrays

    def file(self, of: str) -> str:
        """Return the name of a file, without its ending, for the figure or table `of`."""
        return f"{of}_{self.name}" if self.name else of
