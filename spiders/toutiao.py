"""今日头条: an article, short post (微头条), video or picture story, an account, the search.

Read in this order: the page's own state (RENDER_DATA, of 2017–2020 BASE_DATA), its JSON answers,
its markup. A search's hits on other sites are links, no posts of 头条.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import partial
from urllib.parse import parse_qs, quote, urlsplit

from selectolax.lexbor import LexborNode

from crawler.answered import (
    Heard,
    against_posts,
    answers_of,
    doubted,
    hear,
    items_of,
    kind_of,
)
from crawler.canon import unwrap
from crawler.counts import Count, counts_of
from crawler.dates import Published
from crawler.markers import State, markers_of
from crawler.nodes import attribute, block_text, images_of, line, links_of, pick, pick_all
from crawler.posting import (
    canonical_or,
    finished,
    next_page,
    plain_title,
    post_id_of,
    says_something,
    urls,
)
from crawler.reading import Reading
from crawler.relative_dates import moment_of
from crawler.shapes import dig, length
from crawler.sheet import Sheet, Told
from crawler.source_spider import SourceSpider
from crawler.tied import LIST, POST, Asked
from crawler.toutiao_state import carried_posts, told_posts
from crawler.verdicts import LAYOUT_CHANGED, SHELL, led_elsewhere, other_post, state_of, unread
from storage.records import Page, PageState, Post, Target, TargetKind

MARKERS = markers_of("toutiao")
CSS = MARKERS.selectors
WWW = "https://www.toutiao.com"
DATED = re.compile(r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}-\d{1,2}|\d前|[天时钟]前|[昨今]天|刚刚|\d月\d")
REGION = re.compile(r"(?:IP\s*属地|发布于)\s*[:：]?\s*(\S{2,12})")
NUMBER = re.compile(r"(?<!\d)\d{15,20}(?!\d)")
PICTURE = re.compile(r"\A\d{1,3}\s?/\s?\d{1,3}\s+")  # which picture of a story is shown
MOST_PAGES = 5  # of one search
LONGEST_TITLE = 60  # of a short post, which has none: its first line


class ToutiaoSpider(SourceSpider):
    name = "toutiao"
    zh = "今日头条"
    rendered = True
    awaits = ("/api/search/content", "/api/pc/list")
    answer_hosts = ("toutiao.com",)
    hosts = ("www.toutiao.com", "m.toutiao.com", "toutiao.com", "m.toutiaocdn.com")

    @classmethod
    def seeds(cls, target: Target) -> tuple[str, ...]:
        asked = quote(target.value)
        if target.kind is TargetKind.KEYWORD:
            search = f"https://so.toutiao.com/search?dvpf=pc&source=input&keyword={asked}"
            return tuple(f"{search}&pd={kind}&page_num=0" for kind in ("information", "synthesis"))
        if target.kind is TargetKind.ACCOUNT:
            token = "" if target.value.isdecimal() else "token/"
            return (f"{WWW}/c/user/{token}{asked}/",)
        return super().seeds(target)

    def read(self, page: Page) -> Reading:
        sheet = Sheet(page)
        asked = post_id_of(page.url)
        one = asked.isdecimal()
        kind = POST if one else kind_of(asked)
        about = partial(told_ids, sheet)
        of = Asked(kind=kind, post_id=asked, asks=asks, about=about, words=sheet.searched)
        heard = hear(MARKERS, sheet, answers_of(MARKERS, sheet), of)
        carried = carried_posts(MARKERS, sheet)
        places = {
            "own": spoken(told_posts(MARKERS, sheet, heard.own)),
            "around": spoken([*carried, *told_posts(MARKERS, sheet, heard.around)]),
            "other": spoken(told_posts(MARKERS, sheet, heard.other)) if one else {},
        }
        shown = shown_post(sheet, asked) if one and asked not in places["around"] else None
        if shown is not None and led_elsewhere(page.url, sheet.url) is None:
            places["around"] |= {shown.post_id: shown}
        hits = list(shown_hits(sheet)) if not one else []
        places["around"] |= {
            hit.post_id: hit
            for hit in hits
            if hit.post_id and hit.post_id not in places["around"] | places["own"]
        }
        there = places if not one else {name: only(places[name], asked) for name in places}
        mine = {key: post for found in reversed(there.values()) for key, post in found.items()}
        kept = list(mine.values())
        strangers = one and bool(places["own"] or places["around"])
        state = self.state(sheet, heard, there, hits, strangers=strangers)
        if state[0] is PageState.ALIVE and one and kept and not there["own"]:
            state = doubted(MARKERS, sheet, kept[0]) or state
        if state[0] is not PageState.ALIVE:
            return unread(state, sheet)
        links = links_on(sheet, kept, one)
        return Reading(state=PageState.ALIVE, posts=tuple(map(finished, kept)), links=links)

    def state(
        self,
        sheet: Sheet,
        heard: Heard,
        there: dict[str, dict[str, Post]],
        hits: list[Post],
        *,
        strangers: bool,
    ) -> State:
        items = items_of(heard, listed)
        found = {name: posts.values() for name, posts in there.items()}
        against = against_posts(MARKERS, sheet, heard, found, items)
        if against is None or (hits and heard.kind == LIST):
            return state_of(MARKERS, sheet, found=True)
        if strangers and not any(there.values()) and not (heard.refused or heard.walled):
            return other_post(MARKERS, sheet)
        empty = heard.kind != POST and not items and not heard.failed
        return without_posts(sheet, against, empty=empty)


def asks(url: str) -> str:
    """The post that an address of the JSON interface asks for; accounts have two ids there."""
    parts = urlsplit(url)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    numbers = [query.get(name, "") for name in ("group_id", "item_id", "groupId", "itemId", "id")]
    numbers += NUMBER.findall(parts.path)
    return next((one for one in numbers if NUMBER.fullmatch(one)), "")


def told_ids(sheet: Sheet, value: object) -> set[str]:
    """Ids of the posts that an answer holds, and of their authors."""
    posts = list(told_posts(MARKERS, sheet, [Told(sheet.url, 200, value)]))
    return {post.post_id for post in posts} | {f"user:{post.author_id}" for post in posts}


def spoken(posts: Iterable[Post]) -> dict[str, Post]:
    """Posts by their ids, the first of each, in page order."""
    found: dict[str, Post] = {}
    for post in filter(says_something, posts):
        found.setdefault(post.post_id, post)
    return found


def only(posts: dict[str, Post], asked: str) -> dict[str, Post]:
    return {asked: posts[asked]} if asked in posts else {}


def without_posts(sheet: Sheet, state: State, *, empty: bool) -> State:
    """What a page without a post tells; a search that shows its empty list is alive."""
    if state not in {LAYOUT_CHANGED, SHELL}:
        return state
    if empty and shows_nothing(sheet):
        return PageState.ALIVE, ""
    scripted = any(word in sheet.html for word in MARKERS.words["blocked"]) and not sheet.answers
    return SHELL if scripted and sheet.seen.visible < 200 else state


def shows_nothing(sheet: Sheet) -> bool:
    """Whether the page says that it found nothing, or shows its list without a link in it."""
    said = any(phrase in sheet.seen.text for phrase in MARKERS.words["none"])
    if said or pick(sheet.tree, CSS["none"]) is not None:
        return True
    container = pick(sheet.tree, CSS["container"])
    return container is not None and container.css_first("a[href]") is None


def listed(value: object) -> int | None:
    return length([dig(value, path) for path in ("data", "data.list", "data.feed", "list")])


def shown_post(sheet: Sheet, asked: str) -> Post | None:
    """The post that the markup shows, under the id that was asked for."""
    tree = sheet.tree
    body = pick_filled(tree.body, CSS["text"])
    heading = pick(tree, CSS["title"])
    if body is None:
        return None
    text = PICTURE.sub("", without_heading(block_text(body), line(tree, CSS["title"])))
    title = own_title(heading, sheet.seen.title) if heading is not None else text.split("\n")[0]
    told = attribute(tree, ["link[rel=canonical]", "meta[property='og:url']"], "href", "content")
    shared = attribute(tree, ["#J_qrcode", "#wechatShare"], "title")
    got = post_id_of(canonical_or(told)) or post_id_of(canonical_or(shared))
    moment, raw = dated(sheet)
    home = next(iter(urls(sheet.url, [attribute(tree, CSS["author_link"], "href")])), "")
    return Post(
        platform="toutiao",
        post_id=got if got.isdecimal() else asked,
        url=canonical_or(sheet.url, sheet.url),
        url_found=sheet.page.url,
        title=title[: None if heading is not None else LONGEST_TITLE],
        text=text,
        author=line(tree, CSS["author"]) or byline(tree.body),
        author_id=post_id_of(home).removeprefix("user:"),
        author_url=canonical_or(home),
        verified=line(tree, CSS["verified"]),
        published_at=moment,
        published_raw=raw,
        region=region_of(tree.body),
        images=images_of(pick(tree, CSS["pictures"]), sheet.url),
        counts=shown_counts(tree.body),
    )


def pick_filled(tree: LexborNode | None, selectors: tuple[str, ...]) -> LexborNode | None:
    """The first selected element with visible text in it."""
    if tree is None:
        return None
    nodes = (node for selector in selectors for node in tree.css(selector))
    return next((node for node in nodes if block_text(node)), None)


def own_title(heading: LexborNode, title: str) -> str:
    """The heading without the label (原创) that stands in it."""
    shown = " ".join(heading.text(deep=False).split())
    return shown or plain_title(heading.text()) or title


def without_heading(text: str, heading: str) -> str:
    """The text of a body that has its heading as first line, without it; unless it is all."""
    first, _, rest = text.partition("\n")
    return rest if rest and heading and first.strip() == heading.strip() else text


def dated(sheet: Sheet) -> Published:
    for selector in CSS["time"]:
        for node in sheet.tree.css(selector):
            shown = " ".join(node.text().split())
            if len(shown) <= 40 and DATED.search(shown):
                return moment_of(shown, sheet.page.fetched_at)
    return None, ""


def byline(tree: LexborNode | None) -> str:
    """The author of an old article: what stands beside the date and is none of its labels."""
    nodes = tree.css(".article-sub span") if tree is not None else []
    shown = (" ".join(node.text().split()) for node in nodes)
    return next((one for one in shown if one and one != "原创" and not DATED.search(one)), "")


def region_of(tree: LexborNode | None) -> str:
    nodes = [node for selector in CSS["region"] for node in tree.css(selector)] if tree else []
    found = (REGION.search(" ".join(node.text().split())) for node in nodes)
    return next((one[1] for one in found if one), "")


def shown_counts(tree: LexborNode | None) -> dict[str, Count]:
    names = ("like", "comment", "collect", "view")
    return counts_of({name: line(tree, CSS[name]) for name in names}) if tree is not None else {}


def shown_hits(sheet: Sheet) -> Iterator[Post]:
    """Hits of 头条搜索; one on another site has no id of 头条 and is only a link."""
    if sheet.whole is not None:
        return
    for node in pick_all(sheet.tree, CSS["hits"]):
        found = next(iter(urls(sheet.url, [attribute(node, CSS["hit_title"], "href")])), "")
        title = plain_title(line(node, CSS["hit_title"]))
        target = unwrap(found) if canonical_or(found) else ""
        if not target or not title:
            continue
        number = post_id_of(target)
        shown = line(node, CSS["hit_author"])
        when = next((one for one in shown.split() if DATED.search(one)), "")
        moment, raw = moment_of(when, sheet.page.fetched_at)
        yield Post(
            platform="toutiao",
            post_id=number if number.isdecimal() and "toutiao" in target else "",
            url=canonical_or(target),
            url_found=target,
            title=title,
            text=block_text(pick(node, CSS["hit_text"])),
            author=shown.replace(when, "").strip(" ·-"),
            published_at=moment,
            published_raw=raw,
            images=images_of(node, sheet.url),
        )


def links_on(sheet: Sheet, posts: list[Post], one: bool) -> tuple[str, ...]:
    """Hits of a search and the next page of it; of an article what its text links to."""
    if sheet.whole is not None or one:
        found = [] if one else [post.url for post in posts]
        body = pick_filled(sheet.tree.body, CSS["text"]) if sheet.whole is None else None
        found += [unwrap(url) for url in links_of(body, sheet.url) if canonical_or(url)]
    else:
        found = [hit.url_found for hit in shown_hits(sheet)] or [post.url for post in posts]
        turns = [link for selector in CSS["next"] for link in sheet.tree.css(selector)]
        following = (link for link in turns if link.text().strip() in MARKERS.words["next"])
        found += urls(sheet.url, (link.attributes.get("href") for link in following))
        found += [next_page(sheet.url, "page_num", MOST_PAGES)] if found else []
    return tuple(dict.fromkeys(url for url in found if url and url != sheet.page.url))
