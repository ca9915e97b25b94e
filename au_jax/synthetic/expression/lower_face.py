"""Action units of the lower face: where the skin moves and where it folds.

Written down as in `upper_face`. The furrows of units 10 and 12 are the nasolabial fold, deepened at
its top or along its whole length.
"""

from au_jax.synthetic.primitives.bumps import LOWER_LID, LOWER_LIP, UPPER_LIP, Bump
from au_jax.synthetic.primitives.furrows import Furrow

_JAW = Bump(100, 184, 40, 29, dy=14)

BUMPS: dict[int, tuple[Bump, ...]] = {
    # Nose wrinkler: the skin along the nose is pulled up, the medial brow down.
    9: (
        Bump(83, 110, 10, 10, dx=-0.5, dy=-5.5),
        Bump(88, 90, 9, 14, dy=-4.5, dz=1.0),
        Bump(94, 60, 8, 10, blood=0.3),
        Bump(86, 31, 13, 11, dx=2.5, dy=4),
        Bump(88, 134, 13, 9, dy=-2.5),
        Bump(70, 92, 14, 12, dy=-3.5, dz=1.5),
        Bump(72, 66, 12, 6, dy=-2, part=LOWER_LID),
    ),
    # Upper lip raiser: highest in the middle, nostril wings up, a pouch at the top of the fold.
    10: (
        Bump(86, 128, 14, 9, dy=-5.0, dz=2.0),
        Bump(100, 128, 10, 8, dy=-1),
        Bump(85, 139, 15, 8, dy=-2.8),
        Bump(100, 150, 26, 8, dy=1.5, part=LOWER_LIP),
        Bump(82, 113, 8, 8, dx=-2.0, dy=-4.5),
        Bump(67, 104, 15, 13, dy=-5.5, dz=4),
        Bump(73, 113, 7, 8, dx=-1, dy=-2, dz=3.2),
        Bump(66, 147, 10, 9, dy=-1.5),
    ),
    # Lip corner puller: corners up and out, cheeks bulge.
    12: (
        Bump(66, 147, 14, 12, dx=-8, dy=-8.5),
        Bump(63, 145, 6, 6, dz=-2),
        Bump(50, 115, 17, 14, dx=-2.5, dy=-6, dz=5, blood=0.25),
        Bump(56, 93, 18, 11, dy=-2.5, dz=1.5),
        Bump(72, 120, 11, 12, dx=-2, dy=-2.5),
        Bump(100, 158, 22, 9, dy=-1.5),
        Bump(86, 134, 12, 8, dx=-1.5, dy=-1.0),
        Bump(84, 180, 14, 12, dx=-2, dy=-2),
        Bump(60, 66, 22, 6, dy=-0.6, part=LOWER_LID),
    ),
    # Dimpler: the corners are pulled inwards against the teeth.
    14: (
        Bump(67, 147, 10, 9, dx=6.5, dz=-3.5),
        Bump(80, 138, 10, 6, dy=1.2),
        Bump(80, 156, 10, 6, dy=-1.8),
        Bump(59, 147, 4, 7, dz=-3.0, blood=-0.4),
        Bump(50, 147, 6, 11, dx=2.0, dz=3.2),
        Bump(84, 176, 14, 10, dx=1, dy=-1.5),
        Bump(100, 150, 20, 6, dz=-1.0),
    ),
    # Lip corner depressor.
    15: (
        Bump(66, 148, 12, 12, dx=-0.5, dy=8),
        Bump(57, 161, 13, 12, dx=-1, dy=4),
        Bump(78, 139, 9, 8, dy=2.5),
        Bump(83, 158, 9, 8, dy=1.5),
        Bump(59, 164, 6, 7, dz=2.2),
        Bump(100, 177, 18, 9, dz=-1.0),
    ),
    # Chin raiser: chin boss and lower lip are pushed up.
    17: (
        Bump(100, 184, 20, 12, dy=-9.5),
        Bump(100, 159, 19, 9, dy=-5, dz=2.5),
        Bump(100, 147, 21, 8, dy=-3.0),
        Bump(68, 149, 9, 8, dy=2.0),
        Bump(100, 186, 15, 9, dz=3, blood=-0.4),
        Bump(100, 170, 16, 4, blood=0.3),
    ),
    # Lip pucker, for speech.
    18: (
        Bump(66, 147, 13, 12, dx=9, dz=2),
        Bump(100, 138, 14, 6, dy=-1.5, dz=4),
        Bump(100, 155, 14, 6, dy=1.5, dz=4),
    ),
    # Lip stretcher.
    20: (
        Bump(66, 147, 14, 11, dx=-8, dy=1.5),
        Bump(55, 150, 12, 14, dx=-3, dz=0.5),
        Bump(84, 176, 14, 11, dx=-3),
    ),
    # Lip tightener: the red parts roll in and narrow.
    23: (
        Bump(100, 133, 25, 5.5, dy=5.0),
        Bump(100, 159, 22, 5.5, dy=-6.0),
        Bump(66, 147, 10, 8, dx=5.0),
        Bump(100, 128, 18, 5, dz=1.0),
        Bump(100, 152, 24, 4, dz=-1.5),
        Bump(100, 146, 24, 8, blood=-1.3),
    ),
    # Lip presser: lips pressed together and narrowed, skin above and below bulges.
    24: (
        Bump(100, 133, 24, 5, dy=3.5),
        Bump(100, 159, 22, 5.5, dy=-4.5),
        Bump(66, 147, 10, 8, dx=2.5),
        Bump(100, 145.5, 27, 3, dz=-2.5),
        Bump(100, 126, 22, 5, dz=3.5, blood=-0.3),
        Bump(100, 146, 24, 8, blood=-0.8),
        Bump(100, 168, 20, 4.5, dz=3.5),
        Bump(100, 182, 18, 10, dy=-2),
    ),
    # Lips part.
    25: (
        Bump(100, 153, 26, 10, dy=4.5, part=LOWER_LIP),
        Bump(100, 141, 24, 8, dy=-2.0, part=UPPER_LIP),
    ),
    # Jaw drop: all below the mouth goes down; the upper lip is held back.
    26: (
        _JAW,
        _JAW._replace(dy=-_JAW.dy, part=UPPER_LIP),
        Bump(50, 140, 14, 20, dx=2.5, dy=2.5, dz=-1.5),
    ),
}

FURROWS: dict[int, tuple[Furrow, ...]] = {
    9: (
        Furrow(96, 57, 2, 6, 0.5, 1.3, 1.6, far=0.8, near=0.8),
        Furrow(95.5, 64, 2, 6, 0.5, 1.3, 1.4, far=0.8, near=0.8),
        Furrow(88, 79, -55, 8, 0.5, 1.3, 1.6, far=0.8, near=0.8),
        Furrow(84, 85, -55, 8, 0.5, 1.3, 1.2, far=0.6, near=0.6),
        Furrow(74, 112, -56, 12, 1.5, 1.8, 2.0, near=1.5),
    ),
    10: (
        Furrow(72.0, 115, -54, 15, 2.5, 3.2, 2.6, near=3.0),
        Furrow(79, 104, -75, 5, 0.0, 2.0, 0.6, near=0.4),
    ),
    12: (
        Furrow(65.5, 128, -64, 25, 4.5, 3.0, 2.6, near=3.0),
        Furrow(57.5, 146, 82, 8, 1.5, 2.0, 1.2, far=0.9),
    ),
    14: (
        Furrow(57.5, 147, 90, 10.5, -3.0, 2.4, 3.0, far=2.2, near=0.8),
        Furrow(51.5, 148, 90, 8, -2.0, 1.8, 0.8, far=0.6),
    ),
    15: (
        Furrow(57.5, 159, 118, 11, -1.0, 2.3, 2.4, far=0.8, near=1.4),
        Furrow(72, 164, 20, 7, 1.5, 2.0, 0.9, near=0.6),
    ),
    17: (
        Furrow(91, 169, -8, 14, 3.0, 2.5, 2.6, far=1.6, near=1.0),
        Furrow(97, 177, 35, 2.5, 0.3, 1.5, 1.4, far=0.6, near=0.6),
        Furrow(90, 179, -30, 2.8, 0.3, 1.5, 1.3, far=0.6, near=0.6),
        Furrow(96, 184, -15, 2.5, -0.3, 1.5, 1.5, far=0.6, near=0.6),
        Furrow(87, 185, 40, 2.5, 0.3, 1.5, 1.2, far=0.6, near=0.6),
        Furrow(92, 190, 15, 2.8, 0.3, 1.5, 1.3, far=0.6, near=0.6),
        Furrow(98, 192, -40, 2.4, 0.0, 1.5, 1.2, far=0.6, near=0.6),
        Furrow(83, 178, 10, 2.4, 0.0, 1.5, 0.8, far=0.4, near=0.4),
    ),
    20: (Furrow(56, 149, 84, 11, -2.5, 1.7, 1.6, far=1.0),),
    23: (
        Furrow(95, 128.5, 88, 4.5, 0.0, 1.1, 0.6, far=0.25, near=0.4),
        Furrow(88, 129.0, 82, 4.5, 0.0, 1.1, 0.6, far=0.25, near=0.4),
        Furrow(81, 131.0, 74, 4.5, 0.0, 1.1, 0.6, far=0.25, near=0.4),
        Furrow(92, 164.5, 92, 4.0, 0.0, 1.1, 0.5, far=0.2, near=0.3),
        Furrow(84, 163.0, 100, 4.0, 0.0, 1.1, 0.5, far=0.2, near=0.3),
    ),
    24: (
        Furrow(86, 146, 0, 22, 0.0, 1.4, 1.5),
        Furrow(62.5, 147, 78, 6, -1.0, 1.4, 1.6, far=0.8),
        Furrow(88, 163.5, -6, 14, 2.0, 1.8, 1.6, far=1.0),
    ),
}
