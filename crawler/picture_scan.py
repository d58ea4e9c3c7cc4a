"""One picture of a flagged post: fetched like any page, through guard, robots.txt and pace, once.

Nothing is sent to get past a host that wants to see where we come from: its refusal is the reason.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from scrapy import Request
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    NotSupported,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)
from twisted.internet.error import ConnectError, DNSLookupError
from twisted.internet.error import TimeoutError as ConnectTimeoutError

from crawler.camera import Engine
from crawler.failures import outcome_of_error
from crawler.join_codes import told_by
from crawler.picture_eye import PictureEye
from crawler.qr_codes import Unreadable
from storage.records import QrCode

MOST_BYTES = 5_000_000  # of one picture
FAILED = (
    CannotResolveHostError,
    ConnectError,
    ConnectTimeoutError,
    DNSLookupError,
    DownloadCancelledError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    NotSupported,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
    OSError,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """What was seen in one picture, or in one word why it was not looked at."""

    body: bytes = b""
    codes: tuple[QrCode, ...] = ()
    reason: str = ""
    look: str = ""  # what it looks like, as crawler.picture_hash; "" where that says nothing

    @property
    def size(self) -> int:
        """Bytes it cost, read or not; what was broken off for its length cost all it may."""
        return MOST_BYTES if self.reason == "too_large" else len(self.body)


async def fetched(engine: Engine, url: str, seconds: float) -> Scan:
    """A picture's bytes, or why there are none; never raises for a bad one."""
    try:
        response = await engine.download_async(picture_request(url, seconds))
    except ValueError:
        return Scan(reason="bad_url")
    except FAILED as error:
        return Scan(reason=outcome_of_error(error).reason)
    if response.status != 200:
        return Scan(body=response.body, reason=f"http_{response.status}")
    return Scan(body=response.body)


def picture_request(url: str, seconds: float) -> Request:
    return Request(
        url,
        dont_filter=True,
        headers={"Accept": "image/webp,image/png,image/*;q=0.9,*/*;q=0.5"},
        meta={"download_maxsize": MOST_BYTES, "download_timeout": seconds},
    )


async def scan_bytes(eye: PictureEye, data: bytes, url: str, page_url: str) -> Scan:
    """Read the codes of a picture at hand; its bytes count whether it could be read or not."""
    try:
        seen = await eye.see(data)
    except Unreadable as unreadable:
        return Scan(body=data, reason=unreadable.reason)
    sha256 = hashlib.sha256(data).hexdigest()
    codes = tuple(code_of(one, url, page_url, sha256) for one in seen.codes)
    return Scan(body=data, codes=codes, look=seen.look)


def code_of(content: str, url: str, page_url: str, sha256: str) -> QrCode:
    told = told_by(content, page_url)
    return QrCode(
        content=content, kind=told.kind, key=told.key, url=told.url, found_in=url, sha256=sha256
    )
