"""A page kept by a web archive: where it stood and when it was taken."""

from __future__ import annotations

import re
from datetime import UTC, datetime

ARCHIVE = re.compile(
    r"https?://web\.archive\.org/web/(\d{14})(?:[a-z]{2}_)?/(https?:/{1,2}.+)\Z", re.IGNORECASE
)
ONE_SLASH = re.compile(r"\A(https?:)/(?!/)", re.IGNORECASE)


def unarchived(url: str) -> tuple[str, datetime | None]:
    """(the page's own URL, when the archive took it); (url, None) for a URL of the living web."""
    found = ARCHIVE.match(url)
    if found is None:
        return url, None
    try:
        moment = datetime.strptime(found[1], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return url, None
    return ONE_SLASH.sub(r"\1//", found[2]), moment
