"""Result pages of web search engines as readings: hits become posts, their targets links."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from selectolax.lexbor import LexborNode

from crawler.canon import canonical, join
from crawler.fields import contacts
from crawler.markers import Markers, fold
from crawler.nodes import attribute, pick
from crawler.reading import Reading
from crawler.relative_dates import moment_of
from crawler.search_hits import Hit, hits_of, told_hits
from crawler.sheet import Sheet
from crawler.states import CAPTCHA_TAG
from crawler.verdicts import LAYOUT_CHANGED, SHELL, state_of, unechoed, unread
from storage.records import Page, PageState, Post

MOST_WORDS = 40  # characters of an empty list: how many were found, what one may try
# An empty list holds nothing, or says in few words that nothing was found; a list whose server
# answers with an error, or whose hits are still to come, is none.
FOUND_NONE = re.compile(
    r"\A\Z|(?<![\d.])0\s*(?:[个条篇项]|results|相关|结果)|no results|"
    r"(?:没|未|无|不到)[^\n]{0,24}(?:找到|搜到|结果|内容|网页)|未予显示|结果已被删除",
    re.IGNORECASE,
)
NOT_YET = re.compile(
    r"稍[后候等]|重试|刷新|加载|异常|错误|开小差|失败|超时|网络|服务|未能|404|loading|error",
    re.IGNORECASE,
)
TO_COME = "img,iframe,svg,canvas,[class*=loading],[class*=skeleton],[class*=spin]"


def read_search(markers: Markers, page: Page) -> Reading:
    """Hits as posts of the engine, organic ones first; their addresses and the next page as links.

    No hits and the engine says so, or shows its empty list, is alive without posts.
    """
    sheet = Sheet(page)
    found = hits_of(markers, sheet) if sheet.whole is None else told_hits(markers, sheet.whole)
    if found and pick(sheet.shown, markers.selectors["none"]) is not None:
        found = []  # what it recommends instead is no hit
    none = not found and says_none(markers, sheet) and not titled_wall(markers, sheet)
    state = state_of(markers, sheet, found=bool(found) or none)
    if state in {LAYOUT_CHANGED, SHELL} and empty_list(markers, sheet):
        tested = CAPTCHA_TAG.search(sheet.html)  # it stands where the hits would
        state = (PageState.BLOCKED, "captcha") if tested else (PageState.ALIVE, "")
    if state[0] is not PageState.ALIVE:
        return unread(state, sheet)
    # Opening what an advertiser pays for by the click costs him money and proves nothing more.
    free = (hit.target for hit in found if hit.resolved or not hit.is_ad)
    links = dict.fromkeys([*free, *next_page(markers, sheet)])
    posts = {post.post_id: post for hit in reversed(found) if (post := post_of(markers, hit, page))}
    return Reading(state=PageState.ALIVE, posts=tuple(reversed(posts.values())), links=tuple(links))


def says_none(markers: Markers, sheet: Sheet) -> bool:
    """Whether the engine says that nothing was found, and the page has little else to say."""
    if pick(sheet.shown, markers.selectors["none"]) is not None:
        return True
    said = fold(sheet.seen.text[:2000])
    return any(fold(phrase) in said for phrase in markers.words["none"])


def titled_wall(markers: Markers, sheet: Sheet) -> bool:
    """Whether the title is a wall's; the words searched for, which it repeats, do not count."""
    titled = markers.titled(unechoed(markers, sheet, sheet.seen.title))
    return titled is not None and titled[0] is PageState.BLOCKED


def empty_list(markers: Markers, sheet: Sheet) -> bool:
    """Whether the list was shown whole and has no hit: the page ended, and nothing in the list
    leads anywhere or says more than a line of the engine's. Hits in markup that is not known lead
    somewhere, whatever tags they are made of."""
    container = pick(sheet.tree, markers.selectors["container"])
    if container is None or container.css_first("h2 a[href],h3 a[href]") is not None:
        return False
    targets = ",".join(f"[{name}]" for name in markers.words["targets"])
    if targets and container.css_first(targets) is not None:
        return False
    if any(leads(markers, link) for link in container.css("a[href]")):
        return False
    shown = pick(sheet.shown, markers.selectors["container"])
    said = "" if shown is None else " ".join(shown.text().split())
    if len(said.replace(" ", "")) >= MOST_WORDS or NOT_YET.search(said):
        return False
    if not FOUND_NONE.search(said) or (not said and container.css_first(TO_COME) is not None):
        return False
    return "</html" in sheet.html[-2000:].lower() and sheet.seen.visible > 0


def leads(markers: Markers, link: LexborNode) -> bool:
    """Whether a link may be a hit's: it says something, and is no tool or search of the engine."""
    address = (link.attributes.get("href") or "").strip()
    picture = link.css_first("img[alt]")
    says = link.text().strip() or (picture is not None and picture.attributes.get("alt"))
    if not says or address.startswith(("#", "javascript:")):
        return False
    return not any(own in address for own in markers.words["own"])


def next_page(markers: Markers, sheet: Sheet) -> Iterator[str]:
    """The next page of results, with only what asks for it: the rest changes with every look."""
    url = join(sheet.url, attribute(sheet.tree, markers.selectors["next"], "href"))
    if url is None or urlsplit(url).hostname != urlsplit(sheet.url).hostname:
        return
    parts = urlsplit(url)
    kept = [
        piece
        for piece in parts.query.split("&")
        if piece.partition("=")[0] in markers.words["asks"] and piece.partition("=")[2]
    ]
    if kept:
        yield parts._replace(query="&".join(dict.fromkeys(kept)), fragment="").geturl()


def post_of(markers: Markers, hit: Hit, page: Page) -> Post:
    moment, raw = moment_of(hit.dated, page.fetched_at)
    url = canonical(hit.target)
    host = urlsplit(url).hostname or "" if hit.resolved else ""
    return Post(
        platform=markers.source,
        post_id=url if hit.resolved else unresolved(hit),
        url=url,
        url_found=hit.found,
        title=hit.title,
        text=hit.abstract,
        author=hit.site or host,
        author_id=host,
        published_at=moment,
        published_raw=raw,
        images=hit.images,
        contacts=contacts(f"{hit.title}\n{hit.abstract}"),
        is_ad=hit.is_ad,
    )


def unresolved(hit: Hit) -> str:
    """An id for a hit behind a redirect, which changes with every look and identifies nothing."""
    named = f"{fold(hit.site)}\n{fold(hit.title)}"
    return f"unresolved:{hashlib.sha256(named.encode()).hexdigest()[:24]}"
