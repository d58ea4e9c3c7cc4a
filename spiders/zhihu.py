"""知乎: answers, questions, articles, ideas, videos, an account, and what a search answers.

The page's own state (script#js-initialData) is read first, then its JSON answers, then its
markup. Ids are those of crawler/canon: "answer:…", "article:…", "question:…", "user:…".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from urllib.parse import quote

from selectolax.lexbor import LexborNode

from crawler.answered import (
    Heard,
    against_posts,
    answers_of,
    doubted,
    hear,
    is_of_account,
    items_of,
)
from crawler.canon import unwrap
from crawler.counts import Count, counts_of
from crawler.dates import Published
from crawler.embedded import json_text
from crawler.markers import State, markers_of
from crawler.nodes import attribute, block_text, images_of, line, links_of, pick, pick_all
from crawler.posting import canonical_or, finished, plain_title, post_id_of, says_something, urls
from crawler.reading import Reading
from crawler.relative_dates import first_moment
from crawler.shapes import dig, length_but, words
from crawler.sheet import Sheet, Told
from crawler.source_spider import SourceSpider
from crawler.tied import ACCOUNT, LIST, POST, Asked
from crawler.verdicts import LAYOUT_CHANGED, SHELL, other_post, state_of, unread
from crawler.zhihu_entities import WWW, address, state_posts, told_posts
from storage.records import Page, PageState, Post, Target, TargetKind

MARKERS = markers_of("zhihu")
CSS, PATHS = MARKERS.selectors, MARKERS.paths
MOST_ITEMS = 1_000  # of one page; a real one shows some dozens
ONE = ("answer:", "article:", "zvideo:", "pin:")
API = re.compile(r"/api/v4/(?:v2/)?(answers|articles|zvideos|pins|questions|members)/([\w.-]+)")
TIMES = re.compile(r"^\s*(?:发布|编辑|修改)于\s*")
WHERE = re.compile(r"\s*[・·].*$|\s*IP\s*属地.*$|\s*著作权.*$")
PLACE = re.compile(r"IP\s*属地\s*[:：]?\s*([^\s・·]+)")


class ZhihuSpider(SourceSpider):
    name = "zhihu"
    zh = "知乎"
    rendered = True
    awaits = ("/api/v4/search_v3", "/api/v4/members/")
    answer_hosts = ("zhihu.com",)
    hosts = ("www.zhihu.com", "zhuanlan.zhihu.com", "zhihu.com", "m.zhihu.com")

    @classmethod
    def seeds(cls, target: Target) -> tuple[str, ...]:
        asked = quote(target.value)
        if target.kind is TargetKind.KEYWORD:
            return (f"{WWW}/search?type=content&q={asked}",)
        if target.kind is TargetKind.ACCOUNT:
            home = f"{WWW}/people/{asked}"
            return (f"{home}/answers", f"{home}/posts")
        return super().seeds(target)

    def read(self, page: Page) -> Reading:
        sheet = Sheet(page)
        asked = post_id_of(page.url)
        one = asked.startswith(ONE)
        kind = POST if one else ACCOUNT if asked.startswith("user:") else LIST
        about = partial(told_ids, sheet)
        of = Asked(kind=kind, post_id=asked, asks=asks, about=about, words=sheet.searched)
        heard = hear(MARKERS, sheet, answers_of(MARKERS, sheet), of)
        around = [*state_posts(MARKERS, sheet), *shown_posts(sheet)]
        places = {
            "own": spoken(told_posts(sheet, MARKERS, heard.own)),
            "around": spoken([*around, *told_posts(sheet, MARKERS, heard.around)]),
            "other": spoken(told_posts(sheet, MARKERS, heard.other)),
        }
        posts = {key: post for found in reversed(places.values()) for key, post in found.items()}
        there = {name: wanted(found, asked, kind) for name, found in places.items()}
        here = {**there["around"], **there["own"]}
        kept = [posts[asked]] if one and asked in posts else list(here.values())
        state = self.state(sheet, heard, there, asked, strangers=one and bool(places["around"]))
        if state[0] is PageState.ALIVE and one and kept and not there["own"]:
            state = doubted(MARKERS, sheet, kept[0]) or state
        if state[0] is not PageState.ALIVE:
            return unread(state, sheet)
        told = {**places["around"], **places["own"]}
        mine = {post.post_id for post in kept}
        others = (post.url for key, post in reversed(told.items()) if key not in mine)
        links = dict.fromkeys(
            [*(() if one else (post.url for post in kept)), *linked(sheet), *others]
        )
        links.pop(page.url, None)
        return Reading(state=PageState.ALIVE, posts=tuple(map(finished, kept)), links=tuple(links))

    def state(
        self,
        sheet: Sheet,
        heard: Heard,
        there: dict[str, dict[str, Post]],
        asked: str,
        *,
        strangers: bool,
    ) -> State:
        items = items_of(heard, listed)
        found = {name: posts.values() for name, posts in there.items()}
        against = against_posts(MARKERS, sheet, heard, found, items)
        if against is None:
            return state_of(MARKERS, sheet, found=True)
        if strangers and not any(there.values()) and against in {LAYOUT_CHANGED, SHELL}:
            return other_post(MARKERS, sheet)
        return without_posts(sheet, against, empty=not (items or asked or heard.failed))


def asks(url: str) -> str:
    """The post or account that an address of the JSON interface asks for."""
    found = API.search(url)
    if found is None:
        return ""
    return f"user:{found[2]}" if found[1] == "members" else f"{found[1][:-1]}:{found[2]}"


def told_ids(sheet: Sheet, value: object) -> set[str]:
    """Ids of the posts that an answer holds."""
    posts = told_posts(sheet, MARKERS, [Told(sheet.url, 200, value)])
    return {post.post_id for post in posts}


def spoken(posts: Iterable[Post]) -> dict[str, Post]:
    """Posts by their ids, the first of each, in page order."""
    found: dict[str, Post] = {}
    for post in filter(says_something, posts):
        found.setdefault(post.post_id, post)
    return found


def wanted(posts: dict[str, Post], asked: str, kind: str) -> dict[str, Post]:
    """Those of them that were asked for: one post, an account's, or any."""
    if kind == POST:
        return {asked: posts[asked]} if asked in posts else {}
    mine = asked if kind == ACCOUNT else ""
    return {key: post for key, post in posts.items() if is_of_account(post, mine)}


def without_posts(sheet: Sheet, state: State, *, empty: bool) -> State:
    """What a page without a post tells; a search that shows its empty list is alive."""
    if pick(sheet.tree, CSS["shell"]) is not None and sheet.seen.visible < 200:
        return SHELL
    if state[1] == "gone_or_risk" and sheet.page.status in {404, 410}:
        return PageState.REMOVED, "unspecified"
    if state in {LAYOUT_CHANGED, SHELL} and empty and says_none(sheet):
        return PageState.ALIVE, ""
    return state


def says_none(sheet: Sheet) -> bool:
    said = any(phrase in sheet.seen.text for phrase in MARKERS.words["none"])
    return said or pick(sheet.tree, CSS["none"]) is not None


def listed(value: object) -> int | None:
    return length_but([dig(value, path) for path in PATHS["hits"]], is_other_hit)


def is_other_hit(one: object) -> bool:
    """Whether an entry of a search shows topics, related words or the like and no post."""
    kinds = {words(one, "type"), words(one, "object.type")} - {""}
    return bool(kinds & set(MARKERS.words["other_kinds"]))


# Markup


def shown_posts(sheet: Sheet) -> Iterator[Post]:
    if sheet.whole is not None:
        return
    asked = post_id_of(sheet.url)
    if asked.startswith("article:") and (post := shown_article(sheet, asked)) is not None:
        yield post
    if asked.startswith("question:") and (post := shown_question(sheet, asked)) is not None:
        yield post
    question = line(sheet.tree, CSS["question"])
    for node in pick_all(sheet.tree, CSS["items"])[:MOST_ITEMS]:
        yield from shown_item(sheet, node, question)


def shown_article(sheet: Sheet, asked: str) -> Post | None:
    tree = sheet.tree
    body = pick(tree, CSS["post_text"])
    title = line(tree, CSS["post_title"])
    if not title or not block_text(body):
        return None
    moment, raw = dated(tree.body, sheet)
    home = next(iter(urls(sheet.url, [attribute(tree, CSS["post_link"], "href")])), "")
    return Post(
        platform="zhihu",
        post_id=asked,
        url=canonical_or(sheet.url, sheet.url),
        url_found=sheet.page.url,
        title=title,
        text=block_text(body),
        author=line(tree, CSS["post_author"])
        or attribute(tree, [".AuthorInfo meta[itemprop=name]"], "content"),
        author_id=post_id_of(home).removeprefix("user:"),
        author_url=canonical_or(home),
        published_at=moment,
        published_raw=raw,
        region=region_of(line(tree, CSS["post_time"])),
        images=images_of(body, sheet.url),
        counts=shown_counts(tree.body),
    )


def shown_question(sheet: Sheet, asked: str) -> Post | None:
    title = line(sheet.tree, CSS["question"])
    if not title:
        return None
    return Post(
        platform="zhihu",
        post_id=asked,
        url=canonical_or(sheet.url, sheet.url),
        url_found=sheet.page.url,
        title=title,
        text=block_text(pick(sheet.tree, CSS["question_text"])),
    )


def shown_item(sheet: Sheet, node: LexborNode, question: str) -> Iterator[Post]:
    """An answer or article among others: on a question's page, an account's, in a search.

    `question`: the page's own, "" where it has none.
    """
    facts = json_text(node.attributes.get("data-zop") or "{}") or {}
    named = f"{words(facts, 'type')}:{words(facts, 'itemId')}"
    link = attribute(node, ["meta[itemprop=url]"], "content")
    links = urls(sheet.url, [link, *(a.attributes.get("href") for a in node.css("a[href]"))])
    ids = {post_id_of(url): url for url in reversed(links)}
    key = named if named.partition(":")[0] in MARKERS.words["own_kinds"] else ""
    body = pick(node, CSS["item_text"])
    key = key or own_id(links, link, body, sheet.url)
    if not key or not block_text(body):
        return
    kind, _, number = key.partition(":")
    owner = next((one for one in reversed(ids) if one.startswith("user:")), "")
    moment, raw = dated(node, sheet)
    title = line(node, CSS["item_title"]) or question
    yield Post(
        platform="zhihu",
        post_id=key,
        url=canonical_or(ids.get(key, ""), address(kind, number)),
        url_found=ids.get(key, sheet.page.url),
        title=title or plain_title(words(facts, "title")),
        text=block_text(body),
        author=words(facts, "authorName") or line(node, CSS["item_author"]),
        author_id=owner.removeprefix("user:"),
        author_url=canonical_or(ids.get(owner, "")),
        published_at=moment,
        published_raw=raw,
        images=images_of(body, sheet.url),
        counts=shown_counts(node),
    )


def own_id(links: Sequence[str], link: str, body: LexborNode | None, base: str) -> str:
    """Which post an item is by its links: what it says of itself, then its links outside its text,
    in which it may name any other; "" where these lead to several."""
    inside = set(links_of(body, base))
    outside = [url for url in links if url not in inside]
    for some in (urls(base, [link]), outside, links):
        found = {one for one in map(post_id_of, some) if one.startswith(ONE)}
        if found:
            return found.pop() if len(found) == 1 else ""
    return ""


def dated(node: LexborNode | None, sheet: Sheet) -> Published:
    """When it was published, as the line below a text or an attribute says."""
    if node is None:
        return None, ""
    told: list[object] = [attribute(node, ["meta[itemprop=datePublished]"], "content")]
    told.append(attribute(node, ["meta[itemprop=dateCreated]"], "content"))
    shown = [attribute(node, [f"{one} [data-tooltip]" for one in CSS["post_time"]], "data-tooltip")]
    shown.append(line(node, CSS["post_time"]))
    told += [WHERE.sub("", TIMES.sub("", one)) for one in shown if one]
    return first_moment([one for one in told if one], sheet.page.fetched_at)


def region_of(shown: str) -> str:
    found = PLACE.search(shown)
    return found[1] if found else ""


def shown_counts(node: LexborNode | None) -> dict[str, Count]:
    if node is None:
        return {}
    liked = attribute(node, ["meta[itemprop=upvoteCount]"], "content")
    button = line(node, [".VoteButton--up", ".VoteButton"])
    comments = attribute(node, ["meta[itemprop=commentCount]"], "content")
    said = line(node, [".BottomActions-CommentBtn"])
    return counts_of(
        {
            "like": liked or button,
            "comment": comments or said.replace("条评论", "").strip(),
        }
    )


def linked(sheet: Sheet) -> tuple[str, ...]:
    """What the texts link to, freed of 知乎's redirect."""
    if sheet.whole is not None:
        return ()
    nodes = [node for selector in CSS["texts"] for node in sheet.tree.css(selector)]
    found = (url for node in nodes for url in links_of(node, sheet.url) if canonical_or(url))
    return tuple(dict.fromkeys(map(unwrap, found)))
