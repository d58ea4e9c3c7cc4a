"""百度贴吧: a thread with its floors, a forum's list, a search, an account's threads.

A thread is the post of its id, with the first floor's text; every other floor is a post of its own
("thread:floor"), for much is sold in replies. The old pages hide their list in an HTML comment;
the new ones (2026) are filled by their script, whose JSON answers are read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from urllib.parse import quote, unquote

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.answered import Heard, against_posts, answers_of, doubted, hear, items_of, kind_of
from crawler.canon import join
from crawler.counts import counts_of
from crawler.embedded import comments, json_text
from crawler.markers import State, markers_of
from crawler.nodes import attribute, block_text, images_of, line, links_of, parsed, pick, pick_all
from crawler.posting import canonical_or, finished, plain_title, post_id_of, says_something, urls
from crawler.reading import Reading
from crawler.relative_dates import moment_of
from crawler.shapes import dig, first, length_but, objects, words
from crawler.sheet import Sheet
from crawler.source_spider import SourceSpider
from crawler.tieba_answers import HOME, address, told_posts
from crawler.tied import ACCOUNT, LIST, POST, Asked
from crawler.verdicts import LAYOUT_CHANGED, SHELL, other_post, state_of, unread
from storage.records import Page, PageState, Post, Target, TargetKind

MARKERS = markers_of("tieba")
CSS, PATHS = MARKERS.selectors, MARKERS.paths
PORTRAIT = "user:tb."  # how most ids of accounts begin; the others are names
THREAD_ID = re.compile(r"\bthread_id[\"']?\s*[:=]\s*[\"']?(\d{6,})")
REGION = re.compile(r"IP属地\s*[:：]?\s*(\S+)")
DATED = re.compile(
    r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}-\d{1,2}|\d{1,2}:\d{2}|\d前|[天时钟]前|[昨今]天|刚刚"
)
POSTED = re.compile(r"\s*(?:发布于|发表于|Posted at)\s*")
FLOOR = re.compile(r"(\d+)\s*楼")


class TiebaSpider(SourceSpider):
    name = "tieba"
    zh = "百度贴吧"
    rendered = True
    awaits = (
        "/mo/q/search/multsearch",
        "/c/f/pb/page_pc",
        "/c/f/frs/page_pc",
        "/c/u/feed/myThread",
    )
    answer_hosts = ("tieba.baidu.com",)
    hosts = ("tieba.baidu.com", "c.tieba.baidu.com", "m.tieba.com", "jump2.bdimg.com")

    @classmethod
    def seeds(cls, target: Target) -> tuple[str, ...]:
        asked = quote(target.value)
        if target.kind is TargetKind.KEYWORD:
            return (f"{HOME}/f/search/res?ie=utf-8&isnew=1&kw=&qw={asked}&sm=1&rn=10&pn=1",)
        if target.kind is TargetKind.ACCOUNT:
            name = "id" if target.value.startswith("tb.") else "un"
            return (f"{HOME}/home/main?{name}={asked}&ie=utf-8",)
        return super().seeds(target)

    def read(self, page: Page) -> Reading:
        sheet = Sheet(page)
        trees = laid_open(sheet)
        asked = asked_thread(page.url)
        named = post_id_of(page.url)
        kind = POST if asked else kind_of(named)
        asking = partial(asks, named)
        of = Asked(kind=kind, post_id=named, asks=asking, about=told_ids, words=sheet.searched)
        heard = hear(MARKERS, sheet, answers_of(MARKERS, sheet), of)
        places = {
            "own": spoken(told_posts(MARKERS, sheet, (*heard.own, *heard.around)), ""),
            "around": spoken(shown_posts(sheet, trees), ""),
            "other": spoken(told_posts(MARKERS, sheet, heard.other), asked) if asked else {},
        }
        there = {
            name: spoken(found.values(), asked) if asked else found
            for name, found in places.items()
        }
        if kind == ACCOUNT:
            there = {name: of_owner(posts, named) for name, posts in there.items()}
        if asked:  # a thread is its floors: in a list beside them it may stand long after its end
            there["around"] = spoken(shown_floors(sheet, trees), asked)
        mine = {key: post for found in reversed(there.values()) for key, post in found.items()}
        kept = tuple(mine.values())
        state = self.state(sheet, heard, there, trees, strangers=any(places.values()))
        if state[0] is PageState.ALIVE and kind == POST and kept and not there["own"]:
            state = doubted(MARKERS, sheet, kept[0]) or state
        if state[0] is not PageState.ALIVE:
            return unread(state, sheet)
        links = links_on(sheet, trees, kept, asked)
        return Reading(state=PageState.ALIVE, posts=tuple(map(finished, kept)), links=links)

    def state(
        self,
        sheet: Sheet,
        heard: Heard,
        there: dict[str, dict[str, Post]],
        trees: list[LexborHTMLParser],
        *,
        strangers: bool,
    ) -> State:
        items = items_of(heard, listed)
        found = {name: posts.values() for name, posts in there.items()}
        against = against_posts(MARKERS, sheet, heard, found, items)
        if against is None:
            return state_of(MARKERS, sheet, found=True)
        if sheet.html.strip().lower() == "blocked":
            return PageState.BLOCKED, "risk"
        if against[0] is PageState.BLOCKED and against != SHELL:
            return against
        if heard.kind == POST and strangers and not any(there.values()) and not heard.refused:
            return gone_title(sheet) or other_post(MARKERS, sheet)
        empty = heard.kind == LIST and not items and not heard.failed
        listed_none = empty and any(pick(t, CSS["lists"]) for t in trees)
        return without_posts(sheet, against, listed_none=listed_none)


def asks(wanted: str, url: str) -> str:
    """The thread or account that an address of the JSON interface asks for. An account has two
    names, its portrait and its user name: only the one that `wanted` has can be compared."""
    if wanted.startswith("user:"):
        name = "portrait|id" if wanted.startswith(PORTRAIT) else "un|user_name"
        told = re.search(rf"[?&](?:{name})=([^&]+)", url)
        return f"user:{unquote(told[1]).partition('?')[0]}" if told else ""
    found = re.search(r"[?&](?:kz|tid|thread_id)=(\d+)", url)
    return found[1] if found else ""


def told_ids(value: object) -> set[str]:
    """The thread that an answer opens; of a list by whom its threads are."""
    people = {
        f"user:{words(one, path).partition('?')[0]}"
        for entry in objects(value, *PATHS["threads"])
        for one in [first(entry, "thread_info.user", "thread_info.author", "user", "author")]
        for path in ("portrait", "user_name", "name")
    }
    return people | {words(first(value, *PATHS["thread"]), "id", "tid")}


def of_owner(posts: dict[str, Post], named: str) -> dict[str, Post]:
    """Posts without those that name another account than the page's."""
    return {key: post for key, post in posts.items() if is_owner(post, named)}


def is_owner(post: Post, named: str) -> bool:
    home = post_id_of(post.author_url) if post.author_url else ""
    if not home or home.startswith(PORTRAIT) != named.startswith(PORTRAIT):
        return True
    return home == named


def spoken(posts: Iterable[Post], thread: str) -> dict[str, Post]:
    """Posts by their ids, the first of each, in page order; of one thread where one is named."""
    found: dict[str, Post] = {}
    for post in filter(says_something, posts):
        if not thread or post.post_id.partition(":")[0] == thread:
            found.setdefault(post.post_id, post)
    return found


def asked_thread(url: str) -> str:
    """The id of the thread that a URL asks for, "" for lists, searches and accounts."""
    asked = post_id_of(url)
    return asked if asked.isdecimal() else ""


def laid_open(sheet: Sheet) -> list[LexborHTMLParser]:
    """The document, and the lists that old pages carry in comments for their script to unwrap."""
    if sheet.whole is not None:
        return []
    lists = [html for html in comments(sheet.html) if "j_thread_list" in html or "j_l_post" in html]
    return [sheet.tree, *map(parsed, lists[:4])]


# States


def without_posts(sheet: Sheet, state: State, *, listed_none: bool) -> State:
    """What a page without a post tells; a list that was shown and is empty is alive."""
    state = gone_title(sheet) or state
    return (PageState.ALIVE, "") if state in {LAYOUT_CHANGED, SHELL} and listed_none else state


def gone_title(sheet: Sheet) -> State | None:
    """What 贴吧's 404 page tells; its title stands above hidden threads too."""
    title = sheet.seen.title
    if not any(word in title for word in MARKERS.words["gone_titles"]):
        return None
    return MARKERS.told(sheet.seen.text[:800]) or (PageState.REMOVED, "unspecified")


def listed(value: object) -> int | None:
    lists = [dig(value, place) for place in (*PATHS["hits"], *PATHS["threads"])]
    return length_but(lists, is_other_card)


def is_other_card(one: object) -> bool:
    """Whether a card of a search shows forums, accounts or the like and no thread."""
    kinds = {words(one, "cardInfo"), words(one, "cardStyle")} - {""}
    return bool(kinds & set(MARKERS.words["other_kinds"]))


# Markup


def shown_floors(sheet: Sheet, trees: Iterable[LexborHTMLParser]) -> Iterator[Post]:
    for tree in trees:
        floors = pick_all(tree, CSS["floors"])
        if floors:
            yield from shown_thread(sheet, tree, floors)


def shown_posts(sheet: Sheet, trees: Iterable[LexborHTMLParser]) -> Iterator[Post]:
    for tree in trees:
        yield from shown_floors(sheet, [tree])
        for node in pick_all(tree, CSS["threads"]):
            yield from shown_entry(sheet, node)
        for node in pick_all(tree, CSS["hits"]):
            yield from shown_hit(sheet, node, "hit")
        for node in pick_all(tree, CSS["cards"]):
            yield from shown_hit(sheet, node, "card")


def shown_thread(sheet: Sheet, tree: LexborHTMLParser, floors: list[LexborNode]) -> Iterator[Post]:
    told = THREAD_ID.search(sheet.html)
    shared = attribute(sheet.tree, ["link[rel=canonical]"], "href")
    canonical = post_id_of(join(sheet.url, shared) or "")
    tid = canonical or (told[1] if told else "") or asked_thread(sheet.url)
    for node in floors:
        facts = json_text(node.attributes.get("data-field") or "{}") or {}
        pid = words(facts, "content.post_id") or words(node.attributes, "data-pid")
        number = words(facts, "content.post_no") or floor_number(node)
        if tid and number == "1":
            title = line(sheet.tree, CSS["title"]) or thread_title(sheet.seen.title)
            replies = line(tree, CSS["replies"])
            yield floor_post(sheet, node, facts, tid, title, {"comment": replies})
        elif tid and pid and block_text(pick(node, CSS["floor_text"])):
            shown = {"comment": words(facts, "content.comment_num")}
            yield floor_post(sheet, node, facts, f"{tid}:{pid}", "", shown)


def floor_number(node: LexborNode) -> str:
    tails = " ".join(tail.text() for tail in pick_all(node, CSS["floor_tail"]))
    found = FLOOR.search(tails)
    return found[1] if found else ""


def thread_title(title: str) -> str:
    return re.sub(r"(?:【[^】]*吧】)?[_-]+百度贴吧.*$", "", title).strip()


def floor_post(
    sheet: Sheet, node: LexborNode, facts: object, key: str, title: str, shown: Mapping[str, object]
) -> Post:
    tails = [" ".join(tail.text().split()) for tail in pick_all(node, CSS["floor_tail"])]
    dates = [
        words(facts, "content.date"),
        *(tail for tail in reversed(tails) if DATED.search(tail)),
    ]
    moment, raw = moment_of(next((date for date in dates if date), ""), sheet.page.fetched_at)
    region = next((found[1] for tail in tails if (found := REGION.search(tail))), "")
    body = pick(node, CSS["floor_text"])
    name = words(facts, "author.user_nickname", "author.show_nickname", "author.user_name")
    home = attribute(node, CSS["floor_author"], "href")
    return Post(
        platform="tieba",
        post_id=key,
        url=address(key),
        url_found=sheet.page.url,
        title=title,
        text=block_text(body),
        author=line(node, CSS["floor_author"]) or name,
        author_id=words(facts, "author.user_id") or words(facts, "author.portrait"),
        author_url=canonical_or(join(sheet.url, home) or ""),
        published_at=moment,
        published_raw=raw,
        region=region,
        images=images_of(body, sheet.url),
        counts=counts_of(shown),
    )


def shown_entry(sheet: Sheet, node: LexborNode) -> Iterator[Post]:
    """A thread in a forum's list. The date shown beside it is its creation, not the last reply."""
    facts = json_text(node.attributes.get("data-field") or "{}") or {}
    link = attribute(node, CSS["thread_title"], "href")
    tid = words(facts, "id", "tid") or post_id_of(join(sheet.url, link) or "")
    title = attribute(node, CSS["thread_title"], "title") or line(node, CSS["thread_title"])
    if not tid.isdecimal() or not title:
        return
    author = pick(node, [".tb_icon_author"])
    owner = json_text((author.attributes.get("data-field") if author else None) or "{}")
    told = line(node, CSS["thread_created"])
    moment, raw = moment_of(told, sheet.page.fetched_at)
    home = attribute(node, CSS["thread_author"], "href")
    pictures = (image.attributes.get("bpic") for image in node.css("img[bpic]"))
    yield Post(
        platform="tieba",
        post_id=tid,
        url=address(tid),
        url_found=join(sheet.url, link) or sheet.page.url,
        title=plain_title(title),
        text=block_text(pick(node, CSS["thread_text"])),
        author=whole_name(line(node, CSS["thread_author"]), words(facts, "author_name")),
        author_id=words(owner, "user_id"),
        author_url=canonical_or(join(sheet.url, home) or ""),
        published_at=moment,
        published_raw=raw,
        images=urls(sheet.url, pictures),
        counts=counts_of({"comment": facts.get("reply_num") if isinstance(facts, dict) else None}),
    )


def whole_name(shown: str, told: str) -> str:
    """Lists shorten long names; the whole one stands beside."""
    return told if told and (not shown or shown.endswith(("...", "…"))) else shown


def shown_hit(sheet: Sheet, node: LexborNode, kind: str) -> Iterator[Post]:
    """A hit of the old search ("hit") or a card of the new pages ("card")."""
    link = join(
        sheet.url, attribute(node, CSS["card_link" if kind == "card" else "hit_title"], "href")
    )
    tid = post_id_of(link or "")
    if not tid.isdecimal():
        return
    told = POSTED.sub("", dated(node, CSS[f"{kind}_date"]))
    moment, raw = moment_of(told, sheet.page.fetched_at)
    home = attribute(node, CSS["hit_author"], "href")
    yield Post(
        platform="tieba",
        post_id=tid,
        url=address(tid),
        url_found=link or "",
        title=plain_title(line(node, CSS[f"{kind}_title"])),
        text=block_text(pick(node, CSS[f"{kind}_text"])),
        author=line(node, CSS[f"{kind}_author"]),
        author_url=canonical_or(join(sheet.url, home) or ""),
        published_at=moment,
        published_raw=raw,
        images=images_of(pick(node, [".img-wrap", ".p_content"]), sheet.url),
        counts=counts_of({"comment": line(node, CSS["card_replies"])}) if kind == "card" else {},
    )


def dated(node: LexborNode, selectors: Iterable[str]) -> str:
    """The piece of an element that holds a date; a card writes its author into the same line."""
    place = pick(node, selectors)
    pieces = [place, *place.css("span")] if place is not None else []
    shown = [" ".join(piece.text().split()) for piece in pieces]
    return next((piece for piece in reversed(shown) if DATED.search(piece)), "")


def links_on(
    sheet: Sheet, trees: Iterable[LexborHTMLParser], posts: Iterable[Post], asked: str
) -> tuple[str, ...]:
    """Threads of a list; of a thread what its floors link to; then the next page."""
    found: list[str] = [] if asked else [post.url_found for post in posts if post.url_found]
    for tree in trees:
        for node in pick_all(tree, CSS["floors"]):
            found += links_of(pick(node, CSS["floor_text"]), sheet.url)
        turns = [link for selector in CSS["next"] for link in tree.css(selector)]
        nexts = (link for link in turns if link.text().strip() in MARKERS.words["next"])
        found += [join(sheet.url, link.attributes.get("href") or "") or "" for link in nexts]
    return tuple(dict.fromkeys(url for url in found if url and url != sheet.page.url))
