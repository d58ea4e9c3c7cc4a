"""A picture by what it looks like: 64 bits that survive scaling, re-encoding and small marks.

The difference hash (dHash): shades of grey at 9 x 8, each bit says whether a place is brighter than
its right neighbour. Two pictures at a distance of few bits are taken for the same.
"""

from __future__ import annotations

from PIL import Image

from crawler.qr_codes import Unreadable, opened

SMALLEST = 64  # pixels on the shorter side: icons and buttons are everybody's
BITS = 64
PLAIN = 8  # fewer or more than 64 - 8 bits set: a flat ground or a gradient, seen everywhere
CONTRAST = 24  # between the darkest and the brightest of the 72 places


def picture_hash(data: bytes) -> str:
    """16 hex digits; "" for what is no picture, is too large, too small, broken, or says nothing.

    Bounded as `crawler.qr_codes.opened` is; not to be called on the reactor's thread.
    """
    try:
        gray = opened(data)
    except Unreadable:
        return ""
    return hash_of(gray)


def hash_of(gray: Image.Image | None) -> str:
    if gray is None or min(gray.size) < SMALLEST:
        return ""
    return bits_of(gray.resize((9, 8), Image.Resampling.LANCZOS).tobytes())


def bits_of(shades: bytes) -> str:
    if max(shades) - min(shades) < CONTRAST:
        return ""
    bits = 0
    for row in range(8):
        for column in range(8):
            left = row * 9 + column
            bits = bits << 1 | (shades[left] > shades[left + 1])
    return f"{bits:016x}" if PLAIN <= bits.bit_count() <= BITS - PLAIN else ""


def distance(one: str, other: str) -> int:
    """How many of the 64 bits differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()
