"""The numbers that the paper prints in its Figure 4, to be set beside ours."""

import csv
import importlib.resources

_FILE = "figure4_subject_invariance.csv"


def printed_divergences(data: str) -> dict[str, tuple[float, float]]:
    """Return mean and standard deviation over subjects by kind of features.

    Args:
        data: name of the data set, `bp4d` or `gft`; of others nothing is printed.
    """
    folder = importlib.resources.files("au_jax.reporting.paper") / "tables"
    with (folder / _FILE).open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["data"] == data]
    return {row["features"]: (float(row["mean"]), float(row["sd"])) for row in rows}
