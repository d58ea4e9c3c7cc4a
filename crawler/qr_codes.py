"""QR codes in a picture that somebody else made: bounded, and every failure with its word."""

from __future__ import annotations

import io
import struct
import warnings
import zlib

import zxingcpp
from PIL import Image, UnidentifiedImageError

# Of other formats the decoders are too many and too seldom needed.
FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP")
MOST_PIXELS = 25_000_000  # the tallest screenshot, 1280 x 15,000, is 19 million
MOST_SIDE = 1_600  # pixels of the shorter side that the decoder gets; a screenshot has 1,280
SMALLEST = 21  # modules, and so pixels at least, of the smallest QR code
MOST_CODES = 8  # of one picture
LONGEST = 2_000  # characters of one code's content

QR = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])

# Pillow warns above its limit and raises above twice of it; to us both are a bomb.
Image.MAX_IMAGE_PIXELS = MOST_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)

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
    struct.error,
    zlib.error,
)


class Unreadable(Exception):
    """A picture that could not be looked at; `reason` is the machine word."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def qr_contents(data: bytes) -> tuple[str, ...]:
    """The contents of the QR codes in it, without repeats; empty where there is none.

    Raises Unreadable: "no_picture", "bomb", "broken_picture", "memory". Takes 150 MB, and of a
    picture made for it a minute that nothing can interrupt: a sweep asks crawler.picture_eye.
    """
    return contents_of(opened(data))


def contents_of(gray: Image.Image | None) -> tuple[str, ...]:
    """Shrunk first, which finds nearly all at a tenth of the work; as it is where that has none."""
    if gray is None:
        return ()
    small = shrunk(gray)
    return read(small) or (read(gray) if small is not gray else ())


def read(gray: Image.Image) -> tuple[str, ...]:
    try:
        found = zxingcpp.read_barcodes(gray, formats=QR)
    except (ValueError, TypeError, RuntimeError, MemoryError) as error:
        raise Unreadable("broken_picture") from error
    told = [code.text[:LONGEST] for code in found if code.valid and code.text.strip()]
    return tuple(dict.fromkeys(told))[:MOST_CODES]


def opened(data: bytes) -> Image.Image | None:
    """Its first frame in shades of grey on white; None where no code can be in it."""
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise Unreadable("bomb")
            if min(picture.size) < SMALLEST:
                return None
            return on_white(picture)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Unreadable("bomb") from error
    except UnidentifiedImageError as error:
        raise Unreadable("no_picture") from error
    except MemoryError as error:
        raise Unreadable("memory") from error
    except BROKEN as error:
        raise Unreadable("broken_picture") from error


def shrunk(gray: Image.Image) -> Image.Image:
    """The decoder's work grows with the square of what looks like a code's corner, and a corner
    needs seven pixels; screenshots, however tall, are looked at as they are."""
    factor = min(gray.size) / MOST_SIDE
    if factor <= 1:
        return gray
    size = (round(gray.width / factor), round(gray.height / factor))
    return gray.resize(size, Image.Resampling.BOX)


def on_white(picture: Image.Image) -> Image.Image:
    """A code drawn on nothing is black on black once transparency is thrown away."""
    if "A" not in picture.getbands() and "transparency" not in picture.info:
        return picture.convert("L")
    layer = picture.convert("LA")
    white = Image.new("L", layer.size, 255)
    white.paste(layer.getchannel("L"), mask=layer.getchannel("A"))
    return white
