"""Who can take a page down: the platform, on the open web whoever registered the name."""

from __future__ import annotations

from urllib.parse import urlsplit

from crawler.registrable import registrable
from storage.exports import DecidedRow

OPEN_WEB = "web"


def recipient_of(row: DecidedRow) -> str:
    """The platform; on the open web the name that somebody registered."""
    if row.platform != OPEN_WEB:
        return row.platform
    try:
        host = urlsplit(row.url).hostname or ""
    except ValueError:
        host = ""
    return registrable(host) or host or row.platform
