"""Base rates as published or counted by others: how often an action unit is present, in percent.

They tell whether one's own copy is read as everybody reads it.
"""

import dataclasses
from collections.abc import Mapping


@dataclasses.dataclass(frozen=True)
class PublishedBaseRates:
    """Base rates of a data set.

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


PUBLISHED_BASE_RATES = {
    # Counted over the label lists that go with https://github.com/CVI-SZU/ME-GraphAU.
    "bp4d": PublishedBaseRates(
        {
            1: 21.14,
            2: 17.10,
            4: 20.26,
            6: 46.09,
            7: 54.90,
            10: 59.43,
            12: 56.20,
            14: 46.56,
            15: 16.94,
            17: 34.33,
            23: 16.54,
            24: 15.14,
        },
        "counted over all 146,847 coded frames of 41 subjects",
        positive_from=None,
        subjects=41,
    ),
    "gft": PublishedBaseRates(
        {1: 8.8, 2: 10.9, 4: 3.4, 15: 8.8},
        "Chu et al. 2018, of a larger release with intensity B or more; 96 participants are public",
        positive_from=2,
        subjects=96,
    ),
    "disfa": PublishedBaseRates(
        {1: 4.97, 2: 4.31, 4: 15.24, 6: 7.89, 9: 4.18, 12: 12.88, 25: 27.71, 26: 8.82},
        "counted over all 130,814 frames of 27 subjects with intensity B or more",
        positive_from=2,
        subjects=27,
    ),
}
"""By data set; none are known of BP4D+."""
