"""Train, evaluate and apply detectors of facial action units in JAX.

The package follows Chu, De la Torre and Cohn, "Learning facial action units with spatiotemporal
cues and multi-label sampling", Image and Vision Computing 81, 2018.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from au_jax.detector.detector import Detector

__all__ = ["Detector"]
__version__ = "0.2.0"


def __getattr__(name: str) -> Any:  # noqa: ANN401 (a class)
    # Only when asked for: it imports JAX, which --help does without.
    if name != "Detector":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from au_jax.detector.detector import Detector

    return Detector
