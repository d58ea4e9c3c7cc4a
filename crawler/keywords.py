"""The words that a search's address asks for, as far as the address tells them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from urllib.parse import parse_qsl, unquote, urlsplit

# Parameters of searches, the more telling first: 贴吧 has the forum's name in kw beside qw.
NAMES = ("keyword", "searchKey", "search_key", "qw", "q", "query", "wd", "word", "kw")
IN_PATH = "/search/"  # 抖音


def pairs_of(query: str) -> list[tuple[str, str]]:
    """(name, value) of a query; a value that is itself a query (微博's containerid) is opened."""
    pairs = parse_qsl(query, keep_blank_values=True)
    inner = [pair for _, value in pairs if "=" in value for pair in parse_qsl(value)]
    return [*pairs, *inner]


def keyword_among(pairs: Iterable[tuple[str, str]]) -> str:
    told = dict(reversed(list(pairs)))  # the first of a name counts
    return next((told[name] for name in NAMES if told.get(name, "").strip()), "")


def keyword_of(url: str) -> str:
    """The keyword of a search page, "" where it is none or its bytes are no UTF-8."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    found = keyword_among(pairs_of(parts.query))
    if not found and parts.path.startswith(IN_PATH):
        found = unquote(parts.path.removeprefix(IN_PATH).strip("/"))
    return "" if "\ufffd" in found or "/" in found else found.strip()


def spellings(word: str) -> frozenset[str]:
    """One word in the forms that an address gives it: pages encode theirs once more at times."""
    return frozenset(" ".join(folded(one).split()) for one in (word, unquote(word)))


def folded(word: str) -> str:
    return unicodedata.normalize("NFKC", word).casefold()
