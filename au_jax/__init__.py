"""Train, evaluate and apply detectors of facial action units in JAX.

The package follows Chu, De la Torre and Cohn, "Learning facial action units with spatiotemporal
cues and multi-label sampling", Image and Vision Computing 81, 2018.
"""

__version__ = "0.2.0"
