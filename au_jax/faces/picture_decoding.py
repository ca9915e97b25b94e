"""Decoding single pictures."""

from typing import IO

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from au_jax.errors import InputError

SUFFIXES = (".bmp", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp")


def is_picture(name: str) -> bool:
    """Tell by its suffix whether a file is a picture."""
    return name.lower().endswith(SUFFIXES)


def decode_picture(file: IO[bytes], name: str) -> np.ndarray:
    """Decode an open picture, upright, as uint8 `[height, width, 3]`.

    It is turned as its EXIF data say; a grey one becomes RGB, of 16 bits the upper 8 are taken;
    transparency is dropped.

    Args:
        file: the picture.
        name: what to call it in messages.

    Raises:
        InputError: if it cannot be decoded.
    """
    try:
        with Image.open(file) as opened:
            upright = ImageOps.exif_transpose(opened)
            if upright.mode.startswith("I;16") or upright.mode == "I":
                # Pillow would cut off at 255 instead of scaling.
                levels = np.asarray(upright, np.int64) >> 8
                upright = Image.fromarray(np.clip(levels, 0, 255).astype(np.uint8))
            return np.array(upright.convert("RGB"))
    except (
        OSError,
        SyntaxError,  # what Pillow raises for some broken PNG files
        ValueError,
        UnidentifiedImageError,
        Image.DecompressionBombError,
    ) as error:
        raise InputError(
            f"{name}: cannot be read as a picture ({error}); copy it again or take it out"
        ) from error
