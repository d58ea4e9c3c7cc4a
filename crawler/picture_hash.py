"""A picture by what it looks like: 64 bits that survive scaling, re-encoding and small marks.

The difference hash (dHash): shades of grey at 9 x 8, each bit says whether a place is brighter than
its right neighbour. Two pictures at a distance of few bits are taken for the same.
"""

from __future__ import annotations

import io
import struct
import warnings
import zlib

from PIL import Image, UnidentifiedImageError

FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP")
MOST_PIXELS = 25_000_000  # of a picture that is decoded; the tallest screenshot has 19 million
SMALLEST = 64  # pixels on the shorter side: icons and buttons are everybody's
BITS = 64
PLAIN = 8  # fewer or more than 64 - 8 bits set: a flat ground or a gradient, seen everywhere
CONTRAST = 24  # between the darkest and the brightest of the 72 places
BROKEN = (
    OSError,
    ValueError,
    TypeError,
    SyntaxError,
    EOFError,
    ArithmeticError,
    LookupError,
    AttributeError,
    NotImplementedError,
    MemoryError,
    struct.error,
    zlib.error,
)


def picture_hash(data: bytes) -> str:
    """16 hex digits; "" for what is no picture, is too large, too small, broken, or says nothing.

    Takes up to a second for the largest: not to be called on the reactor's thread for those.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
                return hash_of(picture)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return ""
    except (UnidentifiedImageError, *BROKEN):
        return ""


def hash_of(picture: Image.Image) -> str:
    width, height = picture.size
    if width * height > MOST_PIXELS or min(width, height) < SMALLEST:
        return ""
    # JPEG decoders scale while they read: a large photograph costs no more than a small one.
    picture.draft("L", (SMALLEST * 2, SMALLEST * 2))
    small = on_white(picture).resize((9, 8), Image.Resampling.LANCZOS)
    return bits_of(list(small.tobytes()))


def on_white(picture: Image.Image) -> Image.Image:
    """Shades of grey; what is drawn on nothing is drawn on white."""
    if "A" not in picture.getbands() and "transparency" not in picture.info:
        return picture.convert("L")
    layer = picture.convert("LA")
    white = Image.new("L", layer.size, 255)
    white.paste(layer.getchannel("L"), mask=layer.getchannel("A"))
    return white


def bits_of(shades: list[int]) -> str:
    if max(shades) - min(shades) < CONTRAST:
        return ""
    bits = 0
    for row in range(8):
        for column in range(8):
            left = row * 9 + column
            bits = bits << 1 | (shades[left] > shades[left + 1])
    count = bits.bit_count()
    return f"{bits:016x}" if PLAIN <= count <= BITS - PLAIN else ""


def distance(one: str, other: str) -> int:
    """How many of the 64 bits differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()
