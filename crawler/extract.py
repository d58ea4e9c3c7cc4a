"""HTML to meaning: one parse, everything a sweep wants to know about a page of the open web."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.canon import join
from crawler.extracted import Extracted
from crawler.nesting import shallow
from crawler.states import needs_browser, page_state
from crawler.visible import cut_unseen, main_of, text_of

__all__ = ["Extracted", "extract", "needs_browser", "page_state"]

WANTED = (
    "title,h1,base,meta,link[rel][href],a[href],area[href],img,frame[src],iframe[src],form,script"
)
IMAGE_SOURCES = ("data-src", "data-original", "data-lazy-src", "data-lazy", "src")
REFRESH = re.compile(r"\s*(\d{1,3})[\d.]*\s*[;,]\s*(?:url\s*=)?\s*[\"']?([^\"']+)", re.IGNORECASE)
SOON = 10  # seconds
LONGEST_TITLE = 500
MOST_LINKS = 5_000  # a page with more is a machine's; also bounds what one page can cost


class Gathered:
    """What one pass over the interesting elements found."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.hrefs: dict[str, None] = {}
        self.sources: dict[str, None] = {}
        self.meta: dict[str, str] = {}
        self.count = {"form": 0, "script": 0}
        self.title = self.heading = self.canonical = self.refresh = ""
        self._based = False

    def see(self, nodes: Iterable[LexborNode]) -> None:
        for node in nodes:
            handler = HANDLERS.get(node.tag or "")
            if handler is not None:
                handler(self, node)

    def see_link(self, node: LexborNode) -> None:
        self.hrefs[node.attributes["href"] or ""] = None

    def see_frame(self, node: LexborNode) -> None:
        self.hrefs[node.attributes["src"] or ""] = None

    def see_image(self, node: LexborNode) -> None:
        attributes = node.attributes
        found = next((value for name in IMAGE_SOURCES if (value := attributes.get(name))), "")
        self.sources[found] = None

    def see_meta(self, node: LexborNode) -> None:
        attributes = node.attributes
        content = attributes.get("content") or ""
        name = attributes.get("property") or attributes.get("name") or ""
        self.meta.setdefault(name.lower(), content.strip())
        if (attributes.get("http-equiv") or "").lower() == "refresh":
            self.see_refresh(content)

    def see_refresh(self, content: str) -> None:
        found = REFRESH.match(content)
        if found:
            self.hrefs[found[2]] = None
            if int(found[1]) <= SOON:
                self.refresh = found[2]

    def see_relation(self, node: LexborNode) -> None:
        if (node.attributes.get("rel") or "").lower() == "canonical":
            self.canonical = node.attributes["href"] or ""

    def see_base(self, node: LexborNode) -> None:
        """The first <base href> is the one that counts."""
        href = node.attributes.get("href")
        if href and not self._based:
            self.base = join(self.base, href) or self.base
            self._based = True

    def see_title(self, node: LexborNode) -> None:
        self.title = self.title or one_line(node.text())

    def see_heading(self, node: LexborNode) -> None:
        self.heading = self.heading or one_line(node.text())

    def see_counted(self, node: LexborNode) -> None:
        self.count[node.tag or ""] += 1

    def absolute(self, found: Iterable[str]) -> tuple[str, ...]:
        urls = (join(self.base, href) for href in found)
        return tuple(dict.fromkeys(url for url in urls if url))[:MOST_LINKS]


HANDLERS: dict[str, Callable[[Gathered, LexborNode], None]] = {
    "a": Gathered.see_link,
    "area": Gathered.see_link,
    "img": Gathered.see_image,
    "frame": Gathered.see_frame,
    "iframe": Gathered.see_frame,
    "meta": Gathered.see_meta,
    "link": Gathered.see_relation,
    "base": Gathered.see_base,
    "title": Gathered.see_title,
    "h1": Gathered.see_heading,
    "form": Gathered.see_counted,
    "script": Gathered.see_counted,
}


def one_line(text: str) -> str:
    return " ".join(text.split())[:LONGEST_TITLE]


def extract(html: str, base_url: str) -> Extracted:
    """Read a page; never raises for what stands in it. `base_url` is the final URL.

    Title: <title>, else <h1>, else og:title.
    """
    tree = LexborHTMLParser(shallow(html), scripting=True)  # <noscript> is unseen, as in a browser
    found = Gathered(base_url)
    found.see(tree.css(WANTED))
    root = tree.root
    lang = (root.attributes.get("lang") if root is not None else "") or ""
    cut_unseen(tree)
    text = text_of(tree)
    return Extracted(
        title=found.title or found.heading or one_line(found.meta.get("og:title", "")),
        text=text,
        main=main_of(text),
        links=found.absolute(found.hrefs),
        images=found.absolute(found.sources),
        description=found.meta.get("description") or found.meta.get("og:description", ""),
        lang=lang.strip(),
        generator=found.meta.get("generator", ""),
        canonical=(found.canonical and join(found.base, found.canonical)) or "",
        site_name=found.meta.get("og:site_name", ""),
        refresh=(found.refresh and join(found.base, found.refresh)) or "",
        forms=found.count["form"],
        scripts=found.count["script"],
        visible=len(text) - sum(map(text.count, " \n\t")),
    )
