"""Who can take a page down: the platform, on the open web whoever registered the name."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from crawler.registrable import registrable
from storage.bilingual import Bilingual
from storage.exports import DecidedRow
from storage.platform_words import SEARCHING, platform_name

OPEN_WEB = "web"


def recipient_of(row: DecidedRow) -> str:
    """The platform; on the open web the name that somebody registered."""
    return site_of(row.url) if row.platform == OPEN_WEB else row.platform


def site_of(url: str) -> str:
    """The name that somebody registered, as far as an address on the open web tells it."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        host = ""
    return registrable(host) or host or OPEN_WEB


def elsewhere(platforms: Iterable[str]) -> Bilingual | None:
    """What whoever writes to a search engine must be told; None where none is among them."""
    engines = [platform_name(one) for one in dict.fromkeys(platforms) if one in SEARCHING]
    if not engines:
        return None
    zh, en = "、".join(engines), ", ".join(engines)
    return Bilingual(
        f"{zh}是搜索引擎：所列网址是搜索结果（跳转链接），原文在别处。请打开核对原文所在的平台或者"
        "网站，宜向其另行起草；只删搜索结果，原文还在。",
        f"{en}: a search engine. The addresses are results that lead elsewhere: look up where the "
        "original stands and draft to that platform or site as well. Taking out the result leaves "
        "the page.",
    )
