"""Links of a list page that lead to its entries, told by their number and their common shape."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

FEWEST = 5  # entries that make a list
LEAST_WORDS = 6  # characters that an entry's title has on average
DIGITS = re.compile(r"\d+")
NUMBERED = re.compile(r"\d{3,}|\d+\.s?html?\b|[?&]\w*id=")


def entries(links: Iterable[tuple[str, str]], base: str) -> tuple[str, ...]:
    """Of (absolute URL, words) pairs those that look like entries of one list, in page order.

    Entries share the host's name and their path but for its digits, carry an id, and have titles.
    """
    home = site_of(base)
    groups: dict[str, dict[str, str]] = {}
    for url, words in links:
        if site_of(url) == home and NUMBERED.search(url) and words.strip():
            shape = DIGITS.sub("N", url.partition("?")[0])
            titles = groups.setdefault(shape, {})
            titles[url] = max(titles.get(url, ""), " ".join(words.split()), key=len)
    kept = [
        titles
        for titles in groups.values()
        if len(titles) >= FEWEST and sum(map(len, titles.values())) >= LEAST_WORDS * len(titles)
    ]
    return tuple(url for titles in kept for url in titles)


def site_of(url: str) -> str:
    """The last two labels of the host: the cities of one classifieds site are one site."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return ".".join(host.rsplit(".", 2)[-2:])
