"""What each output of the CNN wants to see (the paper's Figure 9)."""

import jax.numpy as jnp
import numpy as np

from au_jax.analysis.activation_maximisation import ascend, start_ascent
from au_jax.analysis.class_difference import class_differences
from au_jax.analysis.rendered_units import render_units
from au_jax.datasets.row_selection import evenly_spaced, usable_rows
from au_jax.detector.block import FaceFrames
from au_jax.detector.cnn import CnnModel
from au_jax.models.preprocessing import centre_crop, normalise_faces, value_range, visible_faces
from au_jax.pipeline.analyses.analysis import Analysis, FoldView
from au_jax.pipeline.analyses.drawn_people import drawn_test_people
from au_jax.reporting.learned.measured import Arrays
from au_jax.reporting.learned.preferred_faces import preferred_faces_sections
from au_jax.settings import PreferredFacesConfig
from au_jax.settings.analyses import PREFERRED_FACES
from au_jax.system.progress import progress_bar

_CHUNK = 100
"""Iterations of one call, after which the progress bar moves."""
_FRAMES = 2000
"""Most frames whose logits or means are taken."""


def _measure(view: FoldView) -> Arrays:
    run, model = view.run, view.fitted("cnn").block.model
    if not isinstance(model, CnnModel):
        raise TypeError(f"cnn left a {type(model).__name__}")
    pictures, history = _maximised(model, view.config.preferred_faces, f"{run.name} preferred")
    mean = np.asarray(centre_crop(model.mean_face[None], model.face_input.crop))
    differences = _differences(view, model)
    count = len(run.dataset.aus)
    with np.errstate(invalid="ignore"):  # NaN for a unit that is always or never there
        together = np.corrcoef(pictures.reshape(count, -1), differences.reshape(count, -1))
    return {
        "aus": np.array(run.dataset.aus),
        "iterations": np.array(view.config.preferred_faces.iterations),
        "pictures": (pictures + mean).astype(np.float32),
        "mean": mean[0],
        "value_range": np.array(value_range(model.face_input)),
        "history": history,
        "differences": differences.astype(np.float32),
        "correlation": together[:count, count:],
        **_test_logits(view, model),
        **_rendered(view, model),
    }


def _maximised(
    model: CnnModel, config: PreferredFacesConfig, title: str
) -> tuple[np.ndarray, np.ndarray]:
    """Return pictures less the mean face, in values of normalised faces, and logits on the way.

    Returns:
        `[au, crop, crop, channel]`, and float32 `[1 + chunk, au]`: the logits of the first picture,
        and the highest after each chunk.
    """
    ascent = start_ascent(model.mean_face, model.num_aus, model.face_input, config)
    history: list[np.ndarray] = []
    with progress_bar(config.iterations, title) as bar:
        while bar.n < config.iterations:
            chunk = min(_CHUNK, config.iterations - int(bar.n))
            ascent, logits = ascend(
                model.params,
                model.mean_face,
                ascent,
                network=model.network,
                face_input=model.face_input,
                config=config,
                iterations=chunk,
            )
            if not history:
                history.append(np.asarray(logits[0]))
            history.append(np.asarray(ascent.highest))
            bar.update(chunk)
    return np.asarray(ascent.best) / model.face_input.pixel_scale, np.stack(history)


def _differences(view: FoldView, model: CnnModel) -> np.ndarray:
    """Return the mean training face with each AU less that without it, in the network's values."""
    run = view.run
    rows = np.sort(evenly_spaced(usable_rows(run.dataset, run.fold.train), _FRAMES))
    frames = FaceFrames.of(run.dataset)
    batches = (
        np.asarray(
            centre_crop(
                normalise_faces(jnp.asarray(faces), model.face_input), model.face_input.crop
            )
        )
        for faces in frames.batches(rows, frames.at_once)
    )
    return class_differences(batches, run.dataset.frames.labels[rows])


def _test_logits(view: FoldView, model: CnnModel) -> Arrays:
    """Return the mean logit of test faces with each AU, and the highest of all test faces."""
    run = view.run
    rows = np.sort(evenly_spaced(usable_rows(run.dataset, run.fold.test), _FRAMES))
    logits = model.logits(FaceFrames.of(run.dataset), rows).astype(np.float64)
    present = run.dataset.frames.labels[rows] == 1
    count = present.sum(axis=0)
    total = (logits * present).sum(axis=0)
    nothing = np.full(len(count), np.nan)
    return {
        "test_mean": np.divide(total, count, out=nothing, where=count > 0),
        "test_highest": logits.max(axis=0),
    }


def _rendered(view: FoldView, model: CnnModel) -> Arrays:
    """Return a tested built-in person with each AU at full strength, if there is one."""
    people = drawn_test_people(view.run, 1)
    if not people:
        return {}
    size = view.run.dataset.faces.face_shape[0]
    active = render_units(*people[0], view.run.dataset.aus, size).active
    shown = np.asarray(visible_faces(jnp.asarray(active), model.face_input))
    return {"rendered": np.rint(shown).astype(np.uint8)}


ANALYSIS = Analysis(
    name=PREFERRED_FACES,
    needs=("cnn",),
    settings=lambda config: config.preferred_faces,
    measure=_measure,
    sections=preferred_faces_sections,
)
