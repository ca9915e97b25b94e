"""Train, evaluate and apply detectors of facial action units in JAX.

The package follows Chu, De la Torre and Cohn, "Learning facial action units with spatiotemporal
cues and multi-label sampling", Image and Vision Computing 81, 2018.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from au_jax.detector.detector import Detector
    from au_jax.prediction.stream import Stream
    from au_jax.prediction.video_prediction import predict

__all__ = ["Detector", "Stream", "predict"]
__version__ = "0.2.0"

_PLACES = {
    "Detector": "au_jax.detector.detector",
    "Stream": "au_jax.prediction.stream",
    "predict": "au_jax.prediction.video_prediction",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 (a class or a function)
    # Only when asked for: they import JAX, which --help does without.
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_PLACES[name]), name)
