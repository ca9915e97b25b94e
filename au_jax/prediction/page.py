"""A page about one video, to look at what was found; it needs no other file and no network."""

from collections.abc import Mapping
from typing import Any

from etils import epath

from au_jax.datasets.raw.pictures import Pictures
from au_jax.prediction.page_data import page_data
from au_jax.prediction.prediction import Prediction
from au_jax.prediction.scored_frames import ScoredFrames
from au_jax.system import atomic_files

_TEMPLATES = "prediction/templates"


def write_page(
    file: epath.Path, found: Prediction, frames: ScoredFrames, pictures: Pictures
) -> None:
    """Write a page with faces, curves and events over time.

    The video is read once more for the faces. The same arguments give the same bytes.

    Args:
        file: the HTML file.
        found: the prediction of a video.
        frames: all its frames.
        pictures: the video.

    Raises:
        InputError: if the video cannot be read.
    """
    # Only here: templates are not needed to predict.
    from au_jax.reporting.templates import template

    data = page_data(found, frames, pictures)
    with_a_face = int(frames.success.any(axis=1).sum())
    uncounted = [
        name for name, count in found.about.get("calibrated_on_frames", {}).items() if not count
    ]
    page = template("video_page.html.jinja", _TEMPLATES).render(
        video=found.video,
        seconds=_length(found, frames),
        frames=len(frames),
        with_a_face=with_a_face,
        share=with_a_face / max(1, len(frames)),
        model=_model_words(found.about.get("model", {})),
        threshold=str(found.about.get("threshold", "")).replace("_", " "),
        warning=found.about.get("warning"),
        uncalibrated=uncounted,
        step=data["step"],
        several=len(data["people"]) > 1,
        data=data,
    )
    atomic_files.write_text(file, page)


def _length(found: Prediction, frames: ScoredFrames) -> float:
    """Return how long the video lasts in seconds."""
    if not len(frames):
        return 0.0
    return float(frames.time[-1] - frames.time[0]) + 1 / found.video.frames_per_second


def _model_words(model: Mapping[str, Any]) -> str:
    """Return one line on which model it was."""
    words = [str(model[key]) for key in ("method", "experiment", "data", "fold") if model.get(key)]
    if model.get("digest"):
        words.append(f"digest {str(model['digest'])[:12]}")
    return ", ".join(words) or "not told"
