"""Action units of the upper face: where the skin moves and where it folds.

Written down for the left half of the picture after the description of each unit in FACS (P. Ekman,
W. V. Friesen, J. C. Hager, Facial Action Coding System, 2002), at full intensity, in canonical
units (1 unit is about 0.8 mm).
"""

from au_jax.synthetic.primitives.bumps import LOWER_LID, UPPER_LID, Bump
from au_jax.synthetic.primitives.furrows import Furrow

BUMPS: dict[int, tuple[Bump, ...]] = {
    # Inner brow raiser: the medial brow and the skin between the brows rise.
    1: (
        Bump(84, 28, 14, 14, dy=-10.5),
        Bump(100, 24, 11, 14, dy=-2.5),
        Bump(88, 6, 18, 12, dy=-4, dz=1.5),
        Bump(76, 48, 11, 8, dx=0.5, dy=-3),
        Bump(72, 57, 12, 7, dy=-0.9, part=UPPER_LID),
    ),
    # Outer brow raiser: the lateral brow rises and arches, the eye cover fold is stretched.
    2: (
        Bump(48, 28, 14, 13, dy=-9.5),
        Bump(33, 38, 11, 11, dy=-7),
        Bump(50, 8, 20, 12, dy=-3.5, dz=1.5),
        Bump(46, 49, 12, 8, dy=-3.5),
        Bump(52, 57, 12, 7, dy=-0.9, part=UPPER_LID),
    ),
    # Brow lowerer: brows down and together, the skin between them bunches.
    4: (
        Bump(86, 30, 13, 12, dx=5, dy=7),
        Bump(66, 28, 15, 12, dx=3, dy=6),
        Bump(46, 31, 13, 11, dx=1.5, dy=2.5),
        Bump(66, 48, 18, 8, dy=2.5),
        Bump(62, 57, 20, 7, dy=1.0, part=UPPER_LID),
        Bump(91, 29, 4.5, 9, dz=2.5, blood=0.3),
        Bump(73, 15, 9, 7, dz=-1.5),
        Bump(84, 6, 17, 12, dx=1, dy=3.5),
    ),
    # Upper lid raiser.
    5: (Bump(61, 57, 22, 7, dy=-3.6, part=UPPER_LID),),
    # Cheek raiser: cheek and the ring around the eye are drawn in and up.
    6: (
        Bump(54, 93, 20, 14, dx=0.5, dy=-8, dz=4),
        Bump(30, 66, 9, 12, dx=4, dy=-1.5),
        Bump(37, 80, 12, 10, dx=2, dy=-5, dz=1),
        Bump(62, 77, 17, 7, dy=-3.5, dz=1.5),
        Bump(59, 66, 22, 7, dy=-2.4, part=LOWER_LID),
        Bump(54, 57, 16, 7, dy=1.6, part=UPPER_LID),
        Bump(38, 40, 12, 10, dx=1, dy=2.5),
    ),
    # Lid tightener: the lower lid rises and straightens, the upper comes down; no cheek.
    7: (
        Bump(63, 66, 22, 6, dy=-4.2, part=LOWER_LID),
        Bump(61, 57, 22, 6, dy=2.5, part=UPPER_LID),
        Bump(62, 69.5, 16, 3.5, dy=-1.2, dz=2.8),
        Bump(47, 64, 8, 8, dx=1.2),
    ),
    # Blink: the upper lid meets the lower. Scaled with the opening of the subject's eye.
    45: (
        Bump(61.6, 57, 60, 9.5, dy=9.6, part=UPPER_LID),
        Bump(61.6, 66, 60, 7, dy=-1.0, part=LOWER_LID),
    ),
}

FURROWS: dict[int, tuple[Furrow, ...]] = {
    1: (
        Furrow(90, 21.5, -4, 13, 1.0, 1.5, 1.6, far=0.8, near=0.8),
        Furrow(90, 15.0, -5, 15, 1.5, 1.5, 2.0, far=0.9, near=0.9),
        Furrow(89, 8.5, -5, 16, 1.5, 1.5, 1.8, far=0.8, near=0.8),
    ),
    2: (
        Furrow(49, 20.5, 2, 17, 3.5, 1.5, 1.6, far=0.8, near=0.8),
        Furrow(50, 14.0, 0, 19, 3.5, 1.5, 2.0, far=0.9, near=0.9),
        Furrow(51, 7.5, -2, 19, 3.0, 1.5, 1.7, far=0.8, near=0.8),
    ),
    4: (
        Furrow(92.5, 29, 82, 11, 1.5, 1.9, 2.4, far=1.2, near=1.2),
        Furrow(87.5, 21, 58, 8, -1.0, 1.5, 1.5, far=0.9, near=0.9),
        Furrow(95.5, 46, 4, 7, 1.0, 1.5, 1.5, far=0.6, near=0.6),
        Furrow(78, 18, 12, 9, -1.5, 1.8, 1.0, far=0.8),
    ),
    6: (
        Furrow(32.5, 54.5, 36, 8, 0.8, 1.4, 1.4, far=0.7, near=0.7),
        Furrow(30.0, 62.0, 8, 9, 0.5, 1.4, 1.6, far=0.8, near=0.8),
        Furrow(31.5, 69.5, -22, 9, -0.8, 1.4, 1.5, far=0.8, near=0.8),
        Furrow(36.0, 77.0, -40, 7, -1.0, 1.4, 1.0, far=0.6, near=0.6),
        Furrow(58.0, 77.5, 6, 16, -3.5, 1.7, 2.2, far=1.3, near=0.8),
        Furrow(64.0, 83.0, 24, 9, -1.0, 1.5, 1.0, far=0.5, near=0.5),
    ),
    7: (
        Furrow(62.5, 73.4, 3, 14, -2.0, 1.5, 1.8, near=0.8),
        Furrow(81.5, 68.5, 32, 5, 0.0, 1.0, 1.0, far=0.4, near=0.4),
        Furrow(41.5, 64.0, -5, 4, 0.0, 1.0, 0.9, far=0.3, near=0.3),
    ),
}
