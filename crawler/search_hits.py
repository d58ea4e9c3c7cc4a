"""Result pages of web search engines: what each hit shows, and where it leads.

Everything about one engine's markup stands in its markers. `selectors` name the container, the
items, and within an item the title's link, abstract, site, date and (`target`) elements beside it
that know the real address. `words.targets` are attributes that hold it, `words.scripts` attributes
with JSON that holds it, `words.own` pieces of addresses of the engine's own search, whose cards
are no hits, and `words.paid` pieces of the addresses that advertisers pay for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from selectolax.lexbor import LexborNode

from crawler.canon import BadUrl, canonical, is_short_link, join, unwrap
from crawler.markers import Markers, fold
from crawler.nodes import html_text, images_of, pick, pick_all
from crawler.shapes import objects, words
from crawler.sheet import Sheet

HEADINGS = ("h3 a[href]", "h2 a[href]")
ADVERT = re.compile(r"\s*(?:广告|推广|Ad|AD|Sponsored)\s*\Z")
MOST = 200  # hits of one page
# `mu` in the JSON or JavaScript that Baidu writes into attributes of a hit.
SHORTENED = re.compile(r"[\s…›]|\.\.\.")
HIDDEN = re.compile(r"[\"']?\b(?:mu|url)[\"']?\s*:\s*[\"'](https?:[^\"']{4,2000})[\"']")
DATE = re.compile(
    r"(?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}日?|\d{1,2}月\d{1,2}日|"
    r"\d{1,3}\s?(?:分钟|个?小时|天|周|个月)前|[昨前今]天(?:\s?\d{1,2}:\d{2})?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One result as shown."""

    title: str
    found: str  # the link as found, absolute
    target: str  # where it leads, as far as the page tells
    resolved: bool  # False: only a request tells where the engine's redirect leads
    site: str = ""
    abstract: str = ""
    dated: str = ""
    is_ad: bool = False
    images: tuple[str, ...] = ()
    card: bool = False  # of the engine's own making, set among the hits


def hits_of(markers: Markers, sheet: Sheet) -> list[Hit]:
    """Every hit once, in page order, organic ones before cards."""
    hits = [hit for node in items(markers, sheet) if (hit := hit_of(markers, sheet, node))]
    return sorted(hits, key=lambda hit: hit.card)[:MOST]


def told_hits(markers: Markers, answer: object) -> list[Hit]:
    """Hits of an answer in JSON, such as 百度's tn=json; [] where it is of another kind."""
    hits = []
    for entry in objects(answer, *markers.paths.get("entries", ())):
        url = words(entry, "url", "link")
        target, resolved = destination(url, [url])
        if target and words(entry, "title"):
            hits.append(
                Hit(
                    title=" ".join(html_text(words(entry, "title")).split()),
                    found=url,
                    target=target,
                    resolved=resolved,
                    abstract=html_text(words(entry, "abs", "abstract", "summary")),
                    dated=words(entry, "time", "date"),
                )
            )
    return hits[:MOST]


def items(markers: Markers, sheet: Sheet) -> Iterator[LexborNode]:
    """Elements of one hit each; where none of the known kinds is there, one for each heading."""
    known = pick_all(sheet.tree, markers.selectors["items"])
    if not known:
        container = pick(sheet.tree, markers.selectors["container"])
        known = [around(link, container) for link in headings(container)] if container else []
    taken: set[int] = set()
    for node in known:
        if not any(parent.mem_id in taken for parent in ancestors(node)):
            taken.add(node.mem_id)
            yield node


def headings(container: LexborNode) -> list[LexborNode]:
    return container.css(",".join(HEADINGS))[:MOST]


def around(link: LexborNode, container: LexborNode) -> LexborNode:
    """The largest element inside the list that holds no other heading than this one."""
    here = link
    for parent in ancestors(link):
        if parent.mem_id == container.mem_id or len(headings(parent)) > 1:
            break
        here = parent
    return here


def ancestors(node: LexborNode) -> Iterator[LexborNode]:
    here = node.parent
    while here is not None:
        yield here
        here = here.parent


def hit_of(markers: Markers, sheet: Sheet, node: LexborNode) -> Hit | None:
    """None for a card that leads only to another search, and for what has no titled link."""
    select = markers.selectors
    link = pick(node, (*select["title"], *HEADINGS))
    found = join(sheet.url, (link.attributes.get("href") or "") if link is not None else "")
    title = one_line(link) if link is not None else ""
    told = (*told_targets(markers, node, link), found or "", *cited(markers, node))
    target, resolved = destination(found or "", told)
    if not title or not target or any(piece in target for piece in markers.words["own"]):
        return None
    site = shown(node, select["site"])
    abstract = abstract_of(node, select["abstract"], title)
    return Hit(
        title=title,
        found=found or target,
        target=target,
        resolved=resolved,
        site=site_name(site),
        abstract=abstract,
        dated=date_of(node, select["date"], site, abstract),
        is_ad=is_advert(markers, node, found or ""),
        images=pictures(node, sheet.url, select["site"]),
        card=node_matches(node, select.get("cards", ())),
    )


def pictures(node: LexborNode, base: str, site: tuple[str, ...]) -> tuple[str, ...]:
    """Pictures of a hit without the icon of its site."""
    icons = images_of(pick(node, site), base)
    return tuple(url for url in images_of(node, base) if url not in icons)


def site_name(shown_as: str) -> str:
    """The name or address beside a hit, without a date; of a whole address only its host."""
    name = DATE.sub("", shown_as).strip(" -·\u2014|")
    return urlsplit(name.split()[0]).hostname or name if name.startswith("http") else name


def one_line(node: LexborNode) -> str:
    return " ".join(html_text(node.html or "").split())


def destination(found: str, told: Iterable[str]) -> tuple[str, bool]:
    """(address to open, whether it is the page itself and no redirect); ("", False) for no link."""
    for candidate in told:
        try:
            if not is_short_link(candidate):
                return unwrap(candidate), True
        except BadUrl:
            continue
    return (found, False) if found.lower().startswith("http") and is_url(found) else ("", False)


def is_url(text: str) -> bool:
    try:
        canonical(text)
    except BadUrl:
        return False
    return True


def told_targets(markers: Markers, node: LexborNode, link: LexborNode | None) -> Iterator[str]:
    """Real addresses that the markup gives beside the link."""
    beside = (node.css_first(selector) for selector in markers.selectors.get("target", ()))
    for place in (link, node, *beside):
        for name in markers.words["targets"]:
            value = place.attributes.get(name) if place is not None else None
            if value and value.startswith("http"):
                yield value
    for name in markers.words.get("scripts", ()):
        carrier = node.css_first(f"[{name}]") if node.attributes.get(name) is None else node
        hidden = HIDDEN.search((carrier.attributes.get(name) or "") if carrier else "")
        if hidden:
            yield hidden[1].replace("\\/", "/")


def cited(markers: Markers, node: LexborNode) -> Iterator[str]:
    """Addresses written out for the reader, where they were not shortened."""
    for selector in markers.selectors.get("cite", ()):
        place = node.css_first(selector)
        text = place.text().strip() if place is not None else ""
        if text.startswith("http") and not SHORTENED.search(text):
            yield text


def shown(node: LexborNode, selectors: tuple[str, ...]) -> str:
    found = pick(node, selectors)
    return one_line(found) if found is not None else ""


def abstract_of(node: LexborNode, selectors: tuple[str, ...], title: str) -> str:
    """The first abstract that is there and not empty; else the hit's words without its title."""
    for selector in selectors:
        for found in node.css(selector):
            if text := html_text(found.html or ""):
                return text
    lines = html_text(node.html or "").split("\n")
    return "\n".join(line for line in lines if fold(line) != fold(title))


def date_of(node: LexborNode, selectors: tuple[str, ...], site: str, abstract: str) -> str:
    """A date as shown: in its own element, beside the site's name, or before the abstract."""
    told = [one_line(found) for selector in selectors for found in node.css(selector)]
    dates = [date for line in (*told, site) if (date := DATE.search(line))]
    return next((date[0] for date in (*dates, DATE.match(abstract)) if date), "")


def is_advert(markers: Markers, node: LexborNode, found: str) -> bool:
    if any(piece in found for piece in markers.words["paid"]):
        return True
    if node_matches(node, markers.selectors["adverts"]):
        return True
    labels = node.css("a,span,i,em,div.ad-label,font")[:80]
    return any(ADVERT.match(label.text(deep=False)) for label in labels)


def node_matches(node: LexborNode, selectors: tuple[str, ...]) -> bool:
    """Whether the element or one inside it is of the kind; ".x li" looks at what it stands in."""
    return any(node.css_matches(selector) for selector in selectors)
