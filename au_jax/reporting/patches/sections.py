"""Which patches JPML looks at, for the page of an experiment that has it."""

from collections.abc import Sequence

import numpy as np

from au_jax.datasets.dataset import Dataset
from au_jax.datasets.row_selection import evenly_spaced
from au_jax.detector.bundle import has_bundle, load_bundle
from au_jax.detector.jpml import JpmlModel
from au_jax.methods.jpml.method import JPML
from au_jax.protocol.scenarios import Protocol
from au_jax.reporting.patches.figure import patch_figure
from au_jax.reporting.section import Section
from au_jax.reporting.templates import inline_figure
from au_jax.runs.layout import RunFolder

_FACES_IN_MEAN = 200


def patch_sections(run: RunFolder, protocol: Protocol) -> list[Section]:
    """Draw the patches that JPML selects, once for each data set that it was trained on.

    Args:
        run: the folder of the run.
        protocol: data and folds.

    Returns:
        nothing if no fold has a JPML model, or its features have no patches.
    """
    sections = []
    for trained_on, folds in {part.trained_on: part.folds for part in protocol.parts}.items():
        folders = [run.method(fold, JPML.name).path for fold in folds]
        blocks = [load_bundle(folder)[0] for folder in folders if has_bundle(folder)]
        models = [block.model for block in blocks if isinstance(block.model, JpmlModel)]
        if not models:
            continue
        train = protocol.folds[folds[0]].train
        figure = patch_figure(models, protocol.dataset.aus, mean_face(protocol.dataset, train))
        if figure is None:
            continue
        text = (
            "For each AU, how large the weights of a patch are beside its largest, as mean over "
            f"{len(models)} of {len(folds)} folds, on the mean training face. Crosses are patches "
            "that the group lasso leaves out in every fold; the title counts those it keeps."
        )
        drawn = inline_figure(run.report, f"jpml_patches_{trained_on}", figure)
        sections.append(Section(f"Patches that JPML selects on {trained_on}", text, drawn))
    return sections


def mean_face(dataset: Dataset, rows: Sequence[int] | np.ndarray) -> np.ndarray:
    """Return the mean of some tracked faces, float64 `[height, width, channel]` in 0 to 255."""
    chosen = np.asarray(rows)
    tracked = chosen[dataset.frames.tracked[chosen]]
    # Sorted, as faces on disk are read fastest.
    some = np.sort(evenly_spaced(tracked if len(tracked) else chosen, _FACES_IN_MEAN))
    return dataset.faces[some].mean(axis=0, dtype=np.float64)
