"""`config.json` of an export: what goes in, what comes out, and how to align faces."""

import dataclasses
import math
from collections.abc import Mapping, Sequence
from typing import Any

import jax
import numpy as np

import au_jax
from au_jax.detector.bundle import Description
from au_jax.exporting.program import FACES, LANDMARKS, SCORES, STATE, Array, Program
from au_jax.faces.mean_shape import STABLE_POINTS
from au_jax.faces.similarity import target_points
from au_jax.metrics.calibration import Calibration

FORMAT = 1
"""Version of `config.json`."""
FORMAT_KEY = "au_jax_export"
"""The key of the version, by which an export is known."""

_MEANINGS = {
    FACES: "aligned faces of consecutive frames of one recording, RGB, grey levels 0-255",
    LANDMARKS: "(x, y) of the points of `alignment` in pixels of the face, NaN where not found",
    STATE: "what goes on from frame to frame: zeros at the first frame of a recording, then what "
    "the frames before gave",
    SCORES: "an action unit is present where its score is above 0, or above one of the "
    "`calibration.thresholds`; its probability is 1 / (1 + exp(-(slope * score + offset))). Both "
    "were measured on means over `calibration.smoothing_seconds`, half before and half after",
}


def config_json(
    program: Program,
    description: Description,
    calibration: Calibration,
    artefacts: Mapping[str, Mapping[str, Any]],
) -> dict[str, Any]:
    """Return the content of `config.json`.

    Args:
        program: what was exported.
        description: of the detector; all of it is handed on.
        calibration: what its scores mean.
        artefacts: by format, what else lies in the folder.
    """
    return as_json(
        {
            FORMAT_KEY: FORMAT,
            "au_jax": au_jax.__version__,
            "jax": jax.__version__,
            "aus": description.aus,
            "inputs": [_array(one) for one in program.inputs],
            "outputs": [_array(one) for one in program.outputs],
            "artefacts": artefacts,
            "detector": dataclasses.asdict(description),
            "calibration": calibration.to_json(),
            "alignment": _alignment(program.face_shape),
            "blocks": [
                {
                    "name": one.name,
                    "kind": one.block.model.KIND,
                    "inputs": one.inputs,
                    "settings": one.block.model.settings(),
                }
                for one in program.steps
            ],
        }
    )


def as_json(value: Any) -> Any:  # noqa: ANN401 (any value in, any JSON value out)
    """Return a value as JSON: arrays and tuples as lists, numbers that are not finite as None."""
    if isinstance(value, Mapping):
        return {str(name): as_json(part) for name, part in value.items()}
    if isinstance(value, np.ndarray | np.generic):
        return as_json(value.tolist())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [as_json(part) for part in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if value is None or isinstance(value, bool | int) else str(value)


def _array(one: Array) -> dict[str, Any]:
    return {
        "name": one.name,
        "shape": one.shape,
        "dtype": one.dtype.name,
        "meaning": _MEANINGS[one.name],
    }


def _alignment(face_shape: tuple[int, int, int]) -> dict[str, Any]:
    """Return where the landmarks of a face lie after alignment, `faces.similarity` in words."""
    return {
        "size": face_shape[:2],
        "points": target_points(face_shape[0]).round(4),
        "ibug_68_indices": STABLE_POINTS,
        "coordinates": "(x, y) in pixels, x to the right, y down, the centre of the top left "
        "pixel at (0, 0)",
        "transform": "the similarity (rotation, one scale, shift; no reflection) that takes the "
        "landmarks of the picture to these points with the least sum of squared distances",
        "sampling": "bilinear, edges replicated; a face that is larger in the picture is cut out "
        "of a picture halved as often as needed",
    }
