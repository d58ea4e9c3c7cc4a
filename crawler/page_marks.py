"""What tells a page from others besides its words: its structure, and the pictures inside it."""

from __future__ import annotations

import base64
import binascii
import re
from urllib.parse import unquote_to_bytes

from crawler.charset import decode
from crawler.page_shape import page_shape
from crawler.picture_hash import picture_hash
from storage.records import Page

STRUCTURE, PICTURE = "structure", "picture"
INLINE = re.compile(r"data:image/[a-z+.-]{2,20}(;base64)?,([A-Za-z0-9+/=%_-]{200,2000000})")
MOST = 8  # pictures of one page


def page_marks(page: Page) -> tuple[tuple[str, str], ...]:
    """(kind, value) as keys of an advertiser. Of pictures those that stand in the page itself
    (data: URLs): nothing is fetched. May take a second: not for the reactor's thread."""
    html = page.dom or decode(page.body, page.header("content-type"))[0]
    shape = page_shape(html)
    found = [(STRUCTURE, shape)] if shape else []
    pictures = (picture_hash(data) for data in inline_pictures(html))
    return tuple(dict.fromkeys([*found, *((PICTURE, one) for one in pictures if one)]))


def inline_pictures(html: str) -> list[bytes]:
    found: list[bytes] = []
    for match in INLINE.finditer(html):
        if len(found) >= MOST:
            break
        try:
            data = base64.b64decode(match[2]) if match[1] else unquote_to_bytes(match[2])
        except (binascii.Error, ValueError):
            continue
        found.append(data)
    return found
