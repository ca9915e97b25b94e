"""How often, how long and how together action units occur in spontaneous behaviour.

Aggregate figures of the action-unit labels of BP4D (X. Zhang et al., BP4D-Spontaneous, Image and
Vision Computing 32, 2014): 146,847 coded frames of 41 subjects, 328 recordings of about 20 s at 25
frames per second. Columns and rows follow `au_jax.facs.PAPER_AUS`: 1 2 4 6 7 10 12 14 15 17 23 24.
"""

import numpy as np

FRAMES_PER_SECOND = 25
RECORDINGS_PER_SUBJECT = 8
MEAN_SECONDS = 447.7 / FRAMES_PER_SECOND

BASE_RATE = np.array(
    (0.2114, 0.1710, 0.2026, 0.4609, 0.5490, 0.5943, 0.5620, 0.4656, 0.1694, 0.3433, 0.1654, 0.1514)
)
"""Share of frames in which each unit is present."""

SUBJECT_RATE_STD = np.array(
    (0.1700, 0.1673, 0.1567, 0.1437, 0.1948, 0.1868, 0.1623, 0.1750, 0.1517, 0.1426, 0.1115, 0.1085)
)
"""Standard deviation of a subject's base rate over subjects."""

EVENTS = np.array((474, 380, 408, 540, 569, 591, 448, 571, 647, 1203, 806, 458))
"""Number of runs of frames with the unit present, in all recordings."""

MEDIAN_PRESENT = np.array((32.0, 34.0, 31.5, 82.0, 77.0, 87.0, 122.5, 62.0, 19.0, 20.0, 18.0, 24.0))
"""Median length of these runs in frames, those cut by the ends of a recording included."""

MEDIAN_ABSENT = np.array(
    (119.0, 138.5, 122.0, 75.5, 63.0, 41.0, 70.0, 67.0, 67.5, 32.0, 67.0, 121.0)
)
"""Median length of the runs without the unit, in frames."""

NEVER = np.array((114, 148, 117, 51, 31, 45, 66, 44, 103, 38, 74, 114)) / 328
"""Share of recordings in which the unit never occurs."""

ALWAYS = np.array((8, 5, 15, 21, 51, 69, 60, 45, 6, 1, 1, 2)) / 328
"""Share of recordings in which the unit is present throughout."""

ACTIVE_UNITS = (
    np.array((11619, 12792, 15205, 18414, 25429, 24322, 16613, 12016, 6835, 2394, 930, 256, 22))
    / 146_847
)
"""Share of frames with 0, 1, ... 12 units present."""

_PHI_BELOW_DIAGONAL = (
    (0.464,),
    (0.124, -0.077),
    (-0.011, 0.046, -0.058),
    (0.005, -0.019, 0.070, 0.537),
    (0.072, 0.071, -0.077, 0.502, 0.391),
    (0.016, 0.112, -0.265, 0.542, 0.351, 0.526),
    (-0.008, 0.023, -0.043, 0.250, 0.197, 0.256, 0.225),
    (-0.026, -0.036, -0.013, 0.160, 0.169, 0.155, 0.117, 0.148),
    (0.018, -0.023, 0.064, 0.035, 0.076, 0.006, -0.023, 0.161, 0.293),
    (-0.016, 0.003, 0.037, 0.087, 0.075, 0.043, 0.062, 0.150, 0.235, 0.274),
    (-0.050, -0.028, 0.052, -0.021, 0.016, -0.099, -0.086, 0.226, 0.167, 0.419, 0.265),
)
PHI = np.eye(12)
"""Phi coefficient (Pearson correlation of presence) of each pair of units."""
for _row, _values in enumerate(_PHI_BELOW_DIAGONAL, start=1):
    PHI[_row, :_row] = PHI[:_row, _row] = _values
