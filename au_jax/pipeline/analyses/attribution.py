"""Where the CNN looks: attribution maps of test faces, and whether FACS says so."""

import jax.numpy as jnp
import numpy as np

from au_jax.analysis.attribution import attribution_maps
from au_jax.detector.cnn import CnnModel
from au_jax.models.preprocessing import network_input, visible_faces
from au_jax.pipeline.analyses.analysis import Analysis, FoldView
from au_jax.pipeline.analyses.region_check import region_check
from au_jax.reporting.learned.attribution import attribution_sections
from au_jax.reporting.learned.measured import Arrays
from au_jax.settings.analyses import ATTRIBUTION

SHUFFLED = "cnn_shuffled_labels"


def _measure(view: FoldView) -> Arrays:
    model = _cnn(view, "cnn")
    shuffled = _cnn(view, SHUFFLED) if SHUFFLED in view.methods else None
    return {
        "aus": np.array(view.run.dataset.aus),
        **_test_faces(view, model),
        **region_check(view.run, model, shuffled, view.config.attribution),
    }


def _cnn(view: FoldView, name: str) -> CnnModel:
    model = view.fitted(name).block.model
    if not isinstance(model, CnnModel):
        raise TypeError(f"{name} left a {type(model).__name__}")
    return model


def _test_faces(view: FoldView, model: CnnModel) -> Arrays:
    """Return a few test faces with each AU, spread over those that have it, and their maps."""
    run, config = view.run, view.config.attribution
    table = run.dataset.frames
    tracked = run.fold.test[table.tracked[run.fold.test]]
    chosen = [
        (row, unit)
        for unit in range(len(run.dataset.aus))
        for row in _spread(tracked[table.labels[tracked, unit] == 1], config.faces)
    ]
    if not chosen:
        return {}
    rows, units = np.array(chosen, np.int64).T
    faces = jnp.asarray(run.dataset.faces[rows])
    maps = attribution_maps(
        model.params,
        network_input(faces, model.mean_face, model.face_input),
        jnp.asarray(units),
        network=model.network,
        average_mirrored=model.face_input.average_mirrored,
        steps=config.steps,
    )
    shown = np.rint(np.asarray(visible_faces(faces, model.face_input)))
    return {"face_units": units, "faces": shown.astype(np.uint8), "face_maps": maps}


def _spread(rows: np.ndarray, count: int) -> np.ndarray:
    """Return rows from the middles of so many parts: the first row is the same in many AUs."""
    places = (np.arange(count) + 0.5) / count * len(rows)
    return rows[np.unique(places.astype(int))] if len(rows) else rows


ANALYSIS = Analysis(
    name=ATTRIBUTION,
    needs=("cnn",),
    settings=lambda config: config.attribution,
    measure=_measure,
    sections=attribution_sections,
)
