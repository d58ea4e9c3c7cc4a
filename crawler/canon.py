"""One URL for one page: what two links to the same thing have in common.

The facts about platforms, trackers, wrappers and short links are in canon_table.yaml. A canonical
URL is an identity, not always the best address to fetch: keep the URL as found beside it
(小红书 pages open only with the token that is dropped here).
"""

from __future__ import annotations

import base64
import binascii
import re
from functools import lru_cache
from itertools import pairwise
from urllib.parse import quote, unquote, urljoin

from crawler.canon_table import Place, Platform, Table, read_table, tail_of
from crawler.url_parts import BREAKS, EDGES, BadUrl, Parts, split

__all__ = ["BadUrl", "canonical", "identity", "is_short_link", "join", "platform_of", "unwrap"]

KNOWN: Table = read_table()
MOST_HOPS = 5  # wrappers within wrappers
CACHED_LENGTH = 2_000  # longer URLs are not worth the memory
CACHED = 65_536

# Already canonical but for its parameters: no escape, no dot segment, no port, no fragment.
CLEAN = re.compile(
    r"https?://((?:[a-z0-9-]{1,63}\.)+[a-z][a-z0-9-]{0,62})"
    r"(?:/(?!\.)[A-Za-z0-9._~-]*)+(?:\?([A-Za-z0-9._~=&-]+))?\Z"
)
LONGEST_HOST = 253


def canonical(url: str) -> str:
    """The one spelling of a URL; `canonical(canonical(url)) == canonical(url)`.

    Raises BadUrl for what is no http(s) URL.
    """
    return _cached(url) if len(url) <= CACHED_LENGTH else _canonical(url)


def identity(url: str) -> tuple[str, str] | None:
    """(platform, id) of a post or account on a known platform; None for anything else.

    Accounts are "user:…". Raises BadUrl.
    """
    parts = unwrapped(split(url))
    platform = KNOWN.platform(parts.host)
    route = routed(platform, parts) if platform else None
    return (platform.name, route[1]) if platform and route and route[1] else None


def platform_of(url: str) -> str:
    """Name of the platform, "web" for the open web. Raises BadUrl."""
    platform = KNOWN.platform(unwrapped(split(url)).host)
    return platform.name if platform else "web"


def is_short_link(url: str) -> bool:
    """Whether only a request can tell where this leads; such a URL identifies no post.

    Raises BadUrl.
    """
    parts = unwrapped(split(url))
    platform = KNOWN.platform(parts.host)
    return not (platform and routed(platform, parts)) and short_link(parts) is not None


def unwrap(url: str) -> str:
    """Where a wrapper leads, with all parameters; the URL as given where it is no wrapper.

    To fetch, not to know again: a canonical URL may lack what its page opens with. Raises BadUrl.
    """
    parts = split(url)
    inner = unwrapped(parts)
    return url if inner == parts else inner.with_query(list(inner.query))


def _canonical(url: str) -> str:
    if is_clean(url):
        return url
    parts = unwrapped(split(url))
    platform = KNOWN.platform(parts.host)
    route = routed(platform, parts) if platform else None
    if route:
        return route[0]
    short = short_link(parts)
    if short:
        return short_form(short, parts)
    if platform:
        return https(parts).with_query(kept(parts, platform.keep))
    return parts.with_query([piece for piece in parts.query if not is_tracker(piece)])


_cached = lru_cache(maxsize=CACHED)(_canonical)


def is_clean(url: str) -> bool:
    """Whether the URL is canonical as it stands, so that most links cost one look."""
    match = CLEAN.match(url)
    if match is None or tail_of(match[1]) in KNOWN.tails or len(match[1]) > LONGEST_HOST:
        return False
    if match[2] is None:
        return "?" not in url
    pieces = match[2].split("&")
    in_order = all(low < high for low, high in pairwise(pieces))
    return in_order and all(piece.strip("=") and not is_tracker(piece) for piece in pieces)


NUMBER = re.compile(r"[0-9][0-9.:/-]*\Z")  # a count, an offset, a date
SESSION_LENGTH = 8


def is_tracker(piece: str) -> bool:
    """Whether a parameter of an unknown host says who came from where, not which page."""
    key, _, value = piece.partition("=")
    name = key.lower()
    if name in KNOWN.exact or name.startswith(KNOWN.prefixes):
        return True
    if name in KNOWN.unless_number:
        return NUMBER.match(value) is None
    return len(value) >= SESSION_LENGTH and name in KNOWN.sessions


def routed(platform: Platform, parts: Parts) -> tuple[str, str] | None:
    """(canonical URL, id) where the URL has one of the platform's known forms."""
    for route in platform.routes:
        found = route.read(parts)
        if found is not None:
            safe = {name: quote(value, safe="=+/~-._:") for name, value in found.items()}
            return route.url.format_map(safe), route.id.format_map(found)
    return None


def https(parts: Parts) -> Parts:
    """The same on the platform's one door."""
    return Parts("https", parts.host, parts.port, parts.path, parts.query, parts.fragment)


def kept(parts: Parts, names: frozenset[str]) -> list[str]:
    return [piece for piece in parts.query if piece.partition("=")[0] in names]


def short_link(parts: Parts) -> Place | None:
    return next((p for p in KNOWN.short_links if parts.path != "/" and p.holds(parts)), None)


def short_form(place: Place, parts: Parts) -> str:
    """A short link stays itself, without what was hung onto it on the way."""
    path = parts.path.rstrip("/") or "/"
    bare = Parts("https", parts.host, parts.port, path, parts.query, "")
    return bare.with_query(kept(parts, place.keep))


def unwrapped(parts: Parts) -> Parts:
    """The target of a wrapper, or the URL itself where there is none within five hops."""
    here = parts
    for _ in range(MOST_HOPS):
        inner = inside(here)
        if inner is None:
            return here
        here = inner
    return here if inside(here) is None else parts


def inside(parts: Parts) -> Parts | None:
    """What a wrapper's parameter leads to; None where it is no wrapper or holds no URL."""
    place = next((wrapper for wrapper in KNOWN.wrappers if wrapper.holds(parts)), None)
    if place is None:
        return None
    target = parts.value(tuple(place.param.split("|")))
    if place.coding == "bing":
        target = from_bing(target)
    try:
        return split(target)
    except BadUrl:
        return None


ENCODED = re.compile("https?%3a", re.IGNORECASE)


def from_bing(text: str) -> str:
    """The URL in bing.com/ck/a?u=: base64url without padding after "a1"; "" where it is none.

    An advertisement's (/aclick) has no "a1" and is percent-encoded within.
    """
    coded = text.removeprefix("a1")
    try:
        found = base64.urlsafe_b64decode(coded + "=" * (-len(coded) % 4)).decode()
        return unquote(found) if ENCODED.match(found) else found
    except (binascii.Error, ValueError):
        return ""


SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
HTTP = re.compile(r"https?:", re.IGNORECASE)
ORIGIN = re.compile(r"(https?:)//[^/?#\\]*", re.IGNORECASE)


# A relative link that urljoin, at thirty times the cost, would only put behind the folder.
PLAIN = re.compile(r"[A-Za-z0-9_%-][^;\\]*\Z")


@lru_cache(maxsize=256)
def folder(base: str) -> str:
    """The base up to the last "/" of its path."""
    return urljoin(base, ".")


def join(base: str, href: str) -> str | None:
    """The absolute URL of a link, otherwise as written; None for what leads to no other page.

    Dropped: mailto:, javascript:, data:, tel: and every other scheme, empty links, and fragments
    that are no application's route.
    """
    link = href.strip(EDGES).translate(BREAKS)
    if not link or (link[0] == "#" and link[1:2] not in {"!", "/"}):
        return None
    if SCHEME.match(link):
        return link if ORIGIN.match(link) else None
    if link[0] == "/" and (origin := ORIGIN.match(base)):
        return origin[1] + link if link[1:2] in {"/", "\\"} else origin[0] + link
    if PLAIN.match(link) and "/." not in link:
        return folder(base) + link
    try:
        joined = urljoin(base, link.replace("\\", "/"))
    except ValueError:
        return None
    return joined if HTTP.match(joined) else None
