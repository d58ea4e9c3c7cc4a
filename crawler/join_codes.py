"""What the content of a QR code is: a URL to look at, a code that only an app can follow, or words.

The apps' hosts and schemes stand in join_codes.yaml.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit

import yaml

from crawler.canon import BadUrl, canonical, identity, is_short_link, platform_of
from crawler.registrable import registrable

TABLE = Path(__file__).with_suffix(".yaml")
URL, CONTACT, TEXT = "url", "contact", "text"
LONGEST_KEY = 200  # characters; what is longer is joined by its hash
SHORTEST_TEXT = 6  # characters that tell anybody from anybody else
BARE = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,12}(?:[/?#]\S*)?\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Told:
    """`url` is what could be looked at, "" where nothing can; `key` is the one spelling by which
    two posts are joined, "" where the content tells nobody from anybody else."""

    kind: str
    key: str
    url: str = ""


def told_by(content: str, page_url: str) -> Told:
    """What a QR code seen on a page says. Never raises: anybody can write anything into one."""
    said = content.strip()
    if BARE.match(said.removeprefix("//")):
        said = f"http://{said.removeprefix('//')}"
    try:
        parts = urlsplit(said)
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return Told(TEXT, text_key(said))
    if parts.scheme in table()["schemes"]:
        return Told(CONTACT, scheme_key(parts.scheme, said))
    if parts.scheme in {"http", "https"}:
        place = app_place(host, parts.path or "/")
        return Told(CONTACT, app_key(host, parts, place)) if place else of_url(said, page_url)
    return Told(TEXT, text_key(said))


def scheme_key(scheme: str, said: str) -> str:
    """Schemes are alike in every spelling; what stands behind one is not."""
    rest = said[len(scheme) :]
    parts = rest.strip(":/?#")
    whose = set(parts.split("/")) - set(table()["ways"])
    return bounded(scheme + rest) if parts and whose else ""


def app_place(host: str, path: str) -> dict[str, Any] | None:
    return next(
        (
            one
            for one in table()["places"]
            if any(covers(named, host) for named in one["hosts"]) and path.startswith(one["path"])
        ),
        None,
    )


def covers(named: str, host: str) -> bool:
    """A name ".x" covers x with all below it."""
    return host == named.removeprefix(".") or (named.startswith(".") and host.endswith(named))


def app_key(host: str, parts: SplitResult, place: dict[str, Any]) -> str:
    """Host, path and what tells one code from another: the letters' case counts in all of them.

    "" where nothing does: the way to an app is everybody's.
    """
    kept = [(name, value) for name, value in parse_qsl(parts.query) if name in place["keep"]]
    segments = {one for one in parts.path.split("/") if one} - set(table()["ways"])
    if not kept and not segments:
        return ""
    query = f"?{urlencode(kept)}" if kept else ""
    return bounded(f"{host}{parts.path.rstrip('/')}{query}")


def of_url(said: str, page_url: str) -> Told:
    try:
        canon = canonical(said)
        short, known = is_short_link(said), identity(said)
        own = same_owner(canon, known, page_url)
        web = platform_of(said) == "web"
    except BadUrl:
        return Told(TEXT, text_key(said))
    if own:
        return Told(URL, "")
    # A platform's front page is nobody's; a short link is its maker's.
    return Told(URL, bounded(canon) if web or known or short else "", said)


def same_owner(canon: str, known: tuple[str, str] | None, page_url: str) -> bool:
    """Whether it leads back to the page's own site: "open this on your phone", "get our app"."""
    try:
        page = canonical(page_url)
    except BadUrl:
        return False
    if canon == page:
        return True
    near = registrable(urlsplit(canon).hostname or "") == registrable(urlsplit(page).hostname or "")
    return near and (known is None or known == identity(page_url))


def text_key(said: str) -> str:
    flat = "".join(said.split())
    return bounded(flat) if len(flat) >= SHORTEST_TEXT else ""


def bounded(key: str) -> str:
    if len(key) <= LONGEST_KEY:
        return key
    return f"sha256:{hashlib.sha256(key.encode('utf-8', 'replace')).hexdigest()}"


@cache
def table() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(TABLE.read_text(encoding="utf-8"))
    return loaded
