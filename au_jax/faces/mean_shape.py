"""The fixed face shape that every face is aligned to.

Coordinates are pixels of a 200×200 face: x to the right, y down, the centre of the top left pixel
at (0, 0). The 68 points are in the order of the iBUG 300-W scheme that OpenFace writes: jaw 0–16,
brows 17–26, nose 27–35, eyes 36–47, mouth 48–67. "Left" and "right" are as seen in the picture.

The shape is the average of neutral faces of a morphable model made from 3D scans (ICT-FaceKit,
https://github.com/ICT-VGL/ICT-FaceKit, MIT), made symmetric. The centres of the eyes are 80 px
apart, as in the AFAR toolbox (https://github.com/AffectAnalysisGroup/AFARtoolbox), and lie 62 px
below the top edge: that keeps the forehead, where AU 1, 2 and 4 show, and the boss of the chin,
where AU 17 shows, inside a centre crop of 176 px.
"""

import numpy as np

FACE_SIZE = 200
"""Height and width of an aligned face, in pixels."""

INTER_OCULAR_DISTANCE = 80.0
"""Distance between the centres of the eyes of the mean shape, in pixels."""

EYE_CENTRES = np.array([[60.0, 62.0], [140.0, 62.0]])
"""Centres of the left and right eye, `[2, 2]` as (x, y)."""

MEAN_SHAPE = np.array(
    [
        (13.4, 60.6),
        (14.2, 86.0),
        (17.3, 109.1),
        (20.5, 132.2),
        (29.1, 159.0),
        (46.5, 181.1),
        (60.4, 192.4),
        (78.9, 197.9),
        (100.0, 202.0),
        (121.1, 197.9),
        (139.6, 192.4),
        (153.5, 181.1),
        (170.9, 159.0),
        (179.5, 132.2),
        (182.7, 109.1),
        (185.8, 86.0),
        (186.6, 60.6),
        (29.0, 41.0),
        (39.1, 31.1),
        (53.0, 27.0),
        (69.7, 27.0),
        (85.4, 30.4),
        (114.6, 30.4),
        (130.3, 27.0),
        (147.0, 27.0),
        (160.9, 31.1),
        (171.0, 41.0),
        (100.0, 57.5),
        (100.0, 71.5),
        (100.0, 84.5),
        (100.0, 100.7),
        (82.2, 117.3),
        (91.2, 119.5),
        (100.0, 120.2),
        (108.8, 119.5),
        (117.8, 117.3),
        (45.5, 62.4),
        (52.1, 58.0),
        (65.3, 57.0),
        (77.8, 64.3),
        (66.8, 65.0),
        (52.6, 65.3),
        (122.2, 64.3),
        (134.7, 57.0),
        (147.9, 58.0),
        (154.5, 62.4),
        (147.4, 65.3),
        (133.2, 65.0),
        (66.1, 146.9),
        (75.6, 137.9),
        (89.0, 133.4),
        (100.0, 135.1),
        (111.0, 133.4),
        (124.4, 137.9),
        (133.9, 146.9),
        (125.4, 154.1),
        (114.9, 158.3),
        (100.0, 159.7),
        (85.1, 158.3),
        (74.6, 154.1),
        (69.7, 147.0),
        (84.9, 143.5),
        (100.0, 144.3),
        (115.1, 143.5),
        (130.3, 147.0),
        (115.9, 147.7),
        (100.0, 149.2),
        (84.1, 147.7),
    ]
)
"""The 68 points, float64 `[68, 2]` as (x, y)."""

STABLE_POINTS = np.array([i for i in range(17, 68) if i not in (60, 64)])
"""The 49 points that alignment uses: all but the jaw line and the inner corners of the mouth."""
