"""How a video file says that its pictures are to be turned or mirrored: the display matrix.

Phones store pictures as the sensor gives them and write a 3×3 matrix beside them (ISO/IEC 14496-12,
track header; FFmpeg's `AV_FRAME_DATA_DISPLAYMATRIX`): nine numbers a, b, u, c, d, v, x, y, w of 32
bits, where (x, y) of the stored picture goes to (a x + c y, b x + d y).
"""

import numpy as np


def show_upright(image: np.ndarray, matrix: bytes) -> np.ndarray:
    """Return a picture as a player shows it.

    Quarter turns and mirroring are applied, alone and together; other angles, which no camera
    writes, are rounded to the nearest of these.

    Args:
        image: uint8 `[height, width, 3]` as stored.
        matrix: the 36 bytes of the display matrix, in the machine's byte order.
    """
    a, b, _, c, d, *_ = np.frombuffer(matrix, np.int32).tolist()
    if abs(b) + abs(c) > abs(a) + abs(d):  # x becomes y
        image = image.swapaxes(0, 1)
        a, d = c, b
    return np.ascontiguousarray(image[:: -1 if d < 0 else 1, :: -1 if a < 0 else 1])
