"""How faces differ: each proportion is a set of bumps that moves the mean face.

A subject's value of each proportion is drawn from a standard normal distribution cut at ±2.2; the
bumps below are the change for one standard deviation, in canonical units.
"""

from au_jax.synthetic.primitives.bumps import Bump

PROPORTIONS: dict[str, tuple[Bump, ...]] = {
    "face_width": (Bump(14, 90, 30, 60, dx=-4.0), Bump(30, 160, 26, 30, dx=-2.0)),
    "jaw_width": (Bump(34, 165, 24, 24, dx=-4.5, dz=1.5),),
    "chin_length": (Bump(100, 202, 48, 24, dy=5.5),),
    "chin_width": (Bump(72, 194, 22, 17, dx=-3.0),),
    "chin_projection": (Bump(100, 186, 22, 16, dz=4.0),),
    "cheek_fullness": (Bump(48, 128, 20, 22, dx=-1.5, dz=3.5), Bump(22, 135, 16, 26, dx=-2.5)),
    "cheekbone": (Bump(42, 92, 18, 11, dz=2.5), Bump(14, 90, 16, 18, dx=-1.5)),
    "eye_spacing": (Bump(61, 62, 20, 16, dx=-1.6),),
    "eye_slant": (Bump(45, 62, 11, 12, dy=-1.4), Bump(34, 36, 14, 12, dy=-1.0)),
    "eye_depth": (Bump(62, 60, 20, 12, dz=-2.0),),
    "brow_height": (Bump(62, 30, 34, 11, dy=-3.0),),
    "brow_arch": (Bump(48, 29, 14, 11, dy=-2.0), Bump(86, 30, 12, 10, dy=0.8)),
    "brow_spacing": (Bump(86, 30, 12, 12, dx=-2.2),),
    "brow_ridge": (Bump(66, 33, 22, 9, dz=2.2), Bump(100, 36, 12, 9, dz=1.2)),
    "forehead_slope": (Bump(100, -10, 60, 24, dz=4.0),),
    "nose_length": (Bump(100, 116, 24, 17, dy=3.6),),
    "nose_width": (Bump(84, 113, 10, 11, dx=-2.6),),
    "bridge_width": (Bump(91, 74, 10, 18, dx=-1.3),),
    "nose_height": (Bump(100, 104, 9, 18, dz=4.0),),
    "bridge_height": (Bump(100, 72, 8, 16, dz=3.2),),
    "nose_tip": (Bump(100, 108, 9, 7, dy=-2.2, dz=1.5),),
    "mouth_width": (Bump(66, 147, 18, 16, dx=-3.0),),
    "mouth_height": (Bump(100, 148, 46, 17, dy=2.6),),
    "mouth_corners": (Bump(66, 147, 11, 10, dy=-1.3),),
    "mouth_projection": (Bump(100, 146, 30, 18, dz=3.0),),
    "philtrum": (Bump(100, 128, 26, 8, dy=1.2),),
    "temples": (Bump(20, 30, 20, 30, dz=-3.0),),
}
NAMES: tuple[str, ...] = tuple(PROPORTIONS)

MASCULINE: dict[str, float] = {
    "brow_ridge": 1.4,
    "jaw_width": 1.0,
    "chin_width": 0.8,
    "chin_length": 0.5,
    "brow_height": -0.9,
    "nose_height": 0.6,
    "nose_width": 0.4,
    "cheek_fullness": -0.5,
}
"""How many standard deviations the average man's proportions lie above the average woman's."""
