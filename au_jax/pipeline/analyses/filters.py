"""The filters of the CNN's first layer (the paper's Figure 2 d and e)."""

import numpy as np

from au_jax.analysis.filter_colour import colour_share
from au_jax.detector.cnn import CnnModel
from au_jax.pipeline.analyses.analysis import Analysis, FoldView
from au_jax.reporting.learned.filters import filter_sections
from au_jax.reporting.learned.measured import Arrays
from au_jax.settings.analyses import FILTERS


def _measure(view: FoldView) -> Arrays:
    model = view.fitted("cnn").block.model
    if not isinstance(model, CnnModel):
        raise TypeError(f"cnn left a {type(model).__name__}")
    layer = model.params[model.network.stem]
    filters = np.asarray(layer["kernel"], np.float32)
    return {"filters": filters, "colour_share": colour_share(filters)}


ANALYSIS = Analysis(
    name=FILTERS,
    needs=("cnn",),
    settings=lambda _: None,
    measure=_measure,
    sections=filter_sections,
)
