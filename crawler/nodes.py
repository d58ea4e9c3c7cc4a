"""Elements by selector, the first of several that is there: platforms rename theirs."""

from __future__ import annotations

from collections.abc import Iterable

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.canon import join
from crawler.nesting import shallow
from crawler.visible import cut_unseen, text_of

__all__ = [
    "absolute",
    "attribute",
    "block_text",
    "html_text",
    "images_of",
    "line",
    "links_of",
    "parsed",
    "pick",
    "pick_all",
]

Tree = LexborHTMLParser | LexborNode
IMAGES = ("data-src", "data-original", "data-lazy-src", "data-url", "src")
MOST = 200  # pictures or links of one post


def parsed(html: str) -> LexborHTMLParser:
    return LexborHTMLParser(shallow(html), scripting=True)


def pick(tree: Tree, selectors: Iterable[str]) -> LexborNode | None:
    """The first element of the first selector that finds one."""
    found = (tree.css_first(selector) for selector in selectors)
    return next((node for node in found if node is not None), None)


def pick_all(tree: Tree, selectors: Iterable[str]) -> list[LexborNode]:
    """All elements of the first selector that finds any."""
    return next((nodes for selector in selectors if (nodes := tree.css(selector))), [])


def line(tree: Tree, selectors: Iterable[str]) -> str:
    """Text of the first selected element that has any, in one line."""
    for selector in selectors:
        for node in tree.css(selector):
            text = " ".join(html_text(node.html or "").split())
            if text:
                return text
    return ""


def attribute(tree: Tree, selectors: Iterable[str], *names: str) -> str:
    """The first of the attributes that has a value, of the first selected element with one."""
    for selector in selectors:
        for node in tree.css(selector):
            value = next((found for name in names if (found := node.attributes.get(name))), "")
            if value and value.strip():
                return value.strip()
    return ""


def block_text(node: LexborNode | None, without: Iterable[str] = ()) -> str:
    """The text inside an element, a block a line, even where the element itself is folded away.

    `without`: selectors of what no one wrote, as 展开全文.
    """
    if node is None:
        return ""
    html = node.inner_html or ""
    dropped = [one.html or "" for selector in without for one in node.css(selector)]
    for piece in dropped:
        html = html.replace(piece, "", 1) if piece else html
    return html_text(html)


def html_text(html: str) -> str:
    """The visible text of a piece of HTML; text without tags or entities stays as it is."""
    if "<" not in html and "&" not in html:
        return "\n".join(line for raw in html.splitlines() if (line := raw.strip()))
    tree = LexborHTMLParser(shallow(html), scripting=True)
    cut_unseen(tree)
    return text_of(tree)


def images_of(node: LexborNode | None, base: str) -> tuple[str, ...]:
    """Absolute URLs of the pictures inside, lazily loaded ones too, without repeats."""
    if node is None:
        return ()
    sources = (
        next((value for name in IMAGES if (value := image.attributes.get(name))), "")
        for image in node.css("img")
    )
    return absolute(base, sources)


def links_of(node: LexborNode | None, base: str) -> tuple[str, ...]:
    if node is None:
        return ()
    return absolute(base, (link.attributes.get("href") or "" for link in node.css("a[href]")))


def absolute(base: str, found: Iterable[str]) -> tuple[str, ...]:
    urls = (join(base, url) for url in found if url and not url.startswith("data:"))
    return tuple(dict.fromkeys(url for url in urls if url))[:MOST]
