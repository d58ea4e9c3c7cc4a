"""sitemap.xml and sitemap indexes (sitemaps.org protocol 0.9)."""

from __future__ import annotations

import html as entities
import re

LOC = re.compile(r"<loc>\s*(?:<!\[CDATA\[)?\s*([^<\s\]]+)", re.IGNORECASE)
ROOT = re.compile(r"<(?:\w+:)?(?:urlset|sitemapindex)[\s>]", re.IGNORECASE)
MOST = 50_000  # the protocol's own limit for one file


def is_sitemap(text: str) -> bool:
    return ROOT.search(text, 0, 2_000) is not None


def sitemap_links(text: str) -> tuple[str, ...]:
    """URLs in file order without repeats; read by pattern, so entity bombs have no effect."""
    found = (entities.unescape(match.group(1)) for match in LOC.finditer(text))
    return tuple(dict.fromkeys(found))[:MOST]
