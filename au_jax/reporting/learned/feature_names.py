"""What figures and tables call features, and their colours."""

from collections.abc import Mapping

_TITLES: Mapping[str, str] = {"gabor": "Gabor", "hog": "HOG", "lstm": "LSTM"}

OKABE_ITO = (
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#D55E00",
    "#56B4E9",
    "#CC79A7",
    "#F0E442",
    "#000000",
)
"""Colours that colour-blind people can tell apart (M. Okabe and K. Ito, "Color Universal Design",
https://jfly.uni-koeln.de/color/)."""


def feature_title(name: str) -> str:
    """Return the name of features as people write it; that of a user's own as it is."""
    return _TITLES.get(name, name)
