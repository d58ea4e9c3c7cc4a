"""微博: the mobile site's JSON and its embedded state, s.weibo.com's result pages, weibo.com.

Search and account pages are opened in the browser (a visitor's cookie comes by itself) and their
own answers are read. s.weibo.com of 2018 came as script views; such a page is a shell to us.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import takewhile
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from crawler.answered import (
    Heard,
    against_account,
    against_list,
    against_post,
    answers_of,
    hear,
    is_of_account,
    items_of,
    kind_of,
)
from crawler.counts import counts_of
from crawler.embedded import after
from crawler.markers import State, fold, markers_of
from crawler.nodes import html_text
from crawler.platform_ids import mid_to_bid
from crawler.posting import (
    canonical_or,
    finished,
    next_page,
    post_id_of,
    region_of,
    says_something,
    urls,
)
from crawler.reading import Reading
from crawler.relative_dates import moment_of
from crawler.shapes import dig, every_object, first, has, items, objects, words
from crawler.sheet import Sheet, Told
from crawler.source_spider import SourceSpider
from crawler.tied import LIST, POST, Asked
from crawler.verdicts import LAYOUT_CHANGED, notice, state_of, unread
from crawler.weibo_pages import fetched_at, of_html
from storage.records import Page, PageState, Post, Target, TargetKind

MARKERS = markers_of("weibo")
CSS, PATHS, WORDS = MARKERS.selectors, MARKERS.paths, MARKERS.words
RENDERED = re.compile(r"\$render_data\s*=\s*")
MOST_PAGES = 50
NO_AUTHOR: State = (PageState.AMBIGUOUS, "deleted_or_private")
NOTICES = frozenset({PageState.REMOVED, PageState.AMBIGUOUS})
LINK = re.compile(r"<a\b[^<>]{0,400}?href\s*=\s*[\"']([^\"']{1,2000})")
MID = re.compile(r"\d{14,20}\Z")


class WeiboSpider(SourceSpider):
    name = "weibo"
    zh = "微博"
    rendered = True
    awaits = ("/api/container/getIndex", "/statuses/show", "/statuses/extend", "/ajax/statuses/")
    answer_hosts = ("m.weibo.cn", "weibo.com")
    hosts = ("weibo.com", "www.weibo.com", "m.weibo.cn", "weibo.cn", "s.weibo.com")

    @classmethod
    def seeds(cls, target: Target) -> tuple[str, ...]:
        if target.kind is TargetKind.KEYWORD:
            container = quote(f"100103type=61&q={target.value}", safe="")
            return (f"https://m.weibo.cn/search?containerid={container}",)
        if target.kind is TargetKind.ACCOUNT:
            return (f"https://m.weibo.cn/u/{quote(target.value, safe='')}",)
        return super().seeds(target)

    def read(self, page: Page) -> Reading:
        sheet = Sheet(page)
        asked = post_id_of(page.url) or asked_of_api(page.url)
        if not 200 <= page.status < 300:
            return unread(state_of(MARKERS, sheet, found=False), sheet)
        heard = hear(MARKERS, sheet, told_by(sheet), wanted(sheet, asked))
        if heard.own or heard.around or heard.other or heard.refused or heard.walled:
            reading = of_post(sheet, heard, asked) if heard.kind == POST else None
            reading = of_list(sheet, heard, asked) if heard.kind != POST else reading
            if reading is not None:
                return reading
        if sheet.whole is None:
            return of_html(sheet, asked)
        return unread(heard.refused or LAYOUT_CHANGED, sheet)


def wanted(sheet: Sheet, asked: str) -> Asked:
    return Asked(
        kind=kind_of(asked), post_id=asked, asks=asked_of_api, about=about, words=sheet.searched
    )


def about(value: object) -> Iterator[str]:
    """Ids of the posts and accounts that an answer tells."""
    for blog in blogs_of(value):
        yield words(blog, "mid", "idstr", "id")
        yield f"user:{words(blog, 'user.id', 'user.idstr')}"
    for user in objects([first(value, *PATHS["user"])]):
        yield f"user:{words(user, 'id', 'idstr')}"


def asked_of_api(url: str) -> str:
    """The post or account that an address of the JSON interface asks for."""
    query = parse_qs(urlsplit(url).query)
    container = query.get("containerid", [""])[0]
    if container.startswith(("107603", "100505", "230413")):
        return f"user:{container[6:].partition('_')[0]}"
    if "/statuses/" in url:
        return post_id_of(f"https://m.weibo.cn/status/{query.get('id', [''])[0]}")
    uid = query.get("value", query.get("uid", [""]))[0]
    return f"user:{uid}" if uid.isdigit() else ""


def told_by(sheet: Sheet) -> list[Told]:
    """JSON that holds posts or an account: what was fetched, and what the page itself carries."""
    carried = [] if sheet.whole is not None else list(after(sheet.html, RENDERED))
    return [*answers_of(MARKERS, sheet), *(Told(sheet.url, 200, value) for value in carried)]


def blogs_in(told: Iterable[Told]) -> dict[str, dict[str, Any]]:
    found = (blog for one in told for blog in blogs_of(one.value))
    return {words(blog, "mid", "idstr", "id"): blog for blog in found}


def of_post(sheet: Sheet, heard: Heard, asked: str) -> Reading | None:
    """What the answers say of one post; None where they hold neither posts nor a refusal."""
    places = {"own": blogs_in(heard.own), "around": blogs_in(heard.around)}
    places["other"] = blogs_in(heard.other)
    told = [one.value for one in (*heard.own, *heard.around)]
    place = next((name for name, blogs in places.items() if asked in blogs), "")
    if place:
        against = against_post(MARKERS, sheet, heard, told_by=place)
        emptied = place == "around" and any(map(shows_none, heard.own))
        against = LAYOUT_CHANGED if emptied and against is None else against
        if against is not None:
            return unread(against, sheet)
        return of_blog(sheet, places[place][asked], told)
    if heard.refused or heard.walled:
        against = against_post(MARKERS, sheet, heard, told_by="")
        return unread(against or LAYOUT_CHANGED, sheet)
    if places["own"] or places["around"]:
        return Reading(state=PageState.SWAPPED, reason="other_post")
    return long_text(sheet, told, asked)


def of_list(sheet: Sheet, heard: Heard, asked: str) -> Reading | None:
    """What the answers say of a search, a list or an account; None where they say nothing."""
    told = [one.value for one in (*heard.own, *heard.around)]
    blogs = blogs_in((*heard.own, *heard.around))
    users = [user for value in told for user in objects([first(value, *PATHS["user"])])]
    items = items_of(heard, listed)
    told_of_list = items is not None or heard.failed
    if not (blogs or users or told_of_list or heard.refused or heard.walled):
        return None
    wanted = asked.removeprefix("user:")
    users = [user for user in users if wanted in {"", words(user, "id", "idstr")}]
    made = filter(says_something, (post_of(sheet, blog, told) for blog in blogs.values()))
    posts = [post for post in made if is_of_account(post, asked)]
    if heard.kind == LIST:
        found = bool(users or posts)
        against = against_list(MARKERS, sheet, heard, found=found, items=items)
    else:
        against = against_account(
            MARKERS, sheet, heard, known=bool(users), posts=bool(posts), items=items
        )
        closed = None if posts else told_of(users)
        against = closed or against
    if against is not None:
        return unread(against, sheet)
    posts = [*(account(sheet, user) for user in users), *posts]
    onward = [
        next_page(one.url, "page", MOST_PAGES) for one in heard.own if blogs and has_list(one.value)
    ]
    links = urls(sheet.url, [*map(fetched_at, posts), *onward])
    return Reading(state=PageState.ALIVE, posts=tuple(posts), links=links)


def told_of(users: list[dict[str, Any]]) -> State | None:
    """A closed account has the platform's notice for a description."""
    states = (MARKERS.told(words(user, "description")) for user in users)
    return next((one for one in states if one is not None and one[0] in NOTICES), None)


def shows_none(one: Told) -> bool:
    """Whether the answer about the post itself, not about the rest of its text, holds nothing."""
    return "/statuses/show" in one.url and has(one.value, "data") and not first(one.value, "data")


def long_text(sheet: Sheet, told: list[Any], asked: str) -> Reading | None:
    """The rest of a long post, asked for by itself: words and counts, but not whose they are."""
    whole = next((value for value in told if words(value, "data.longTextContent")), None)
    if whole is None:
        return None
    spoken = notice(MARKERS, sheet) if sheet.whole is None else None
    if spoken is not None:
        return unread(spoken, sheet)
    blog = {"mid": asked, "text": words(whole, "data.longTextContent"), **first(whole, "data")}
    return Reading(state=PageState.ALIVE, posts=(post_of(sheet, blog, []),))


def has_list(value: object) -> bool:
    return isinstance(first(value, "data.cards", "cards"), list)


def listed(value: object) -> int | None:
    """Entries of an answer's list up to "nothing found"; 0 where it says that there are none."""
    spoken = fold(words(value, "msg", "message"))
    if spoken and any(fold(word) in spoken for word in WORDS["empty"]):
        return 0
    lists = [dig(value, path) for path in ("data.cards", "data.list", "cards", "statuses")]
    known = [one for one in lists if isinstance(one, list)]
    hits = [card for one in known for card in takewhile(is_hit, one)]
    return sum(not is_other_card(card) for card in hits) if known else None


def is_other_card(card: object) -> bool:
    """Whether a card, and all in it, shows accounts, topics or the like and no post."""
    inside = [one for one in every_object(card) if "card_type" in one]
    kinds = {words(one, "card_type") for one in inside}
    return bool(kinds) and kinds <= set(WORDS["other_cards"]) and not any(map(holds_blog, inside))


def holds_blog(card: dict[str, Any]) -> bool:
    return "mblog" in card or "status" in card


def is_hit(card: object) -> bool:
    spoken = fold(words(card, "desc", "title", "title_sub", "name"))
    return not any(fold(word) in spoken for word in WORDS["no_results"])


def blogs_of(value: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401
    """Posts of an answer in page order; what follows a card saying "nothing found" is filler."""
    for path in PATHS["one"]:
        yield from (one for one in objects([first(value, path)]) if is_blog(one))
    if is_blog(value):
        yield value
    lists = [first(value, path) for path in PATHS["lists"]]
    for cards in (*lists, value if isinstance(value, list) else None):
        for card in objects(cards):
            if not is_hit(card):
                break
            if is_blog(card):
                yield card
            yield from (one["mblog"] for one in every_object(card) if is_blog(one.get("mblog")))


def is_blog(value: object) -> bool:
    if not isinstance(value, dict) or not words(value, "text", "text_raw"):
        return False
    return MID.match(words(value, "mid", "idstr", "id")) is not None


def of_blog(sheet: Sheet, blog: dict[str, Any], told: list[Any]) -> Reading:
    """One post; where its author is gone its text is the platform's notice, whatever it says."""
    if not words(blog, "user.screen_name", "user.name"):
        spoken = MARKERS.told(html_text(words(blog, "text", "text_raw")))
        return unread(spoken or NO_AUTHOR, sheet)
    if blog.get("deleted") in (1, "1", True):
        return unread((PageState.REMOVED, "unspecified"), sheet)
    post = post_of(sheet, blog, told)
    inside = LINK.findall(longest_text(blog, told))
    return Reading(state=PageState.ALIVE, posts=(post,), links=urls(sheet.url, inside))


def longest_text(blog: dict[str, Any], told: list[Any]) -> str:
    """The post's HTML, in full where the page fetched the rest of it."""
    full = words(blog, "longText.longTextContent", "longText.content")
    fetched = [words(value, "data.longTextContent") for value in told]
    start = fold(html_text(words(blog, "text", "text_raw")))[:20]
    fitting = [one for one in fetched if start and fold(html_text(one)).startswith(start)]
    return full or next(iter(fitting), "") or words(blog, "text", "text_raw")


def post_of(sheet: Sheet, blog: dict[str, Any], told: list[Any]) -> Post:
    mid = words(blog, "mid", "idstr", "id")
    user = first(blog, "user") or {}
    uid = words(user, "id", "idstr")
    moment, raw = moment_of(words(blog, "created_at"), sheet.page.fetched_at)
    url = (
        f"https://weibo.com/{uid}/{mid_to_bid(mid)}" if uid else f"https://m.weibo.cn/detail/{mid}"
    )
    post = Post(
        platform="weibo",
        post_id=mid,
        url=canonical_or(url, url),
        url_found=sheet.page.url,
        text=text_of(blog, told),
        author=words(user, "screen_name", "name"),
        author_id=uid,
        author_url=f"https://weibo.com/u/{uid}" if uid else "",
        verified=verified(user),
        published_at=moment,
        published_raw=raw,
        region=region_of(words(blog, "region_name")),
        images=pictures(sheet, blog),
        video_cover=words(blog, "page_info.page_pic.url", "page_info.page_pic"),
        counts=counts_of(
            {
                "share": blog.get("reposts_count"),
                "comment": blog.get("comments_count"),
                "like": blog.get("attitudes_count"),
                "view": first(blog, "page_info.play_count", "reads_count"),
            }
        ),
        is_ad=True if first(blog, "promotion", "ad_marked", "is_ad") else None,
    )
    return finished(post)


def text_of(blog: dict[str, Any], told: list[Any]) -> str:
    """The words, the card hung below them, and the post that is passed on."""
    parts = [html_text(longest_text(blog, told))]
    card = first(blog, "page_info")
    if isinstance(card, dict) and words(card, "type") in {"article", "webpage"}:
        parts += [words(card, "page_title", "content1"), words(card, "content2", "page_desc")]
    origin = blog.get("retweeted_status")
    if is_blog(origin) and isinstance(origin, dict) and isinstance(origin.get("user"), dict):
        name = words(origin, "user.screen_name", "user.name")
        parts.append(f"//@{name}：{html_text(longest_text(origin, []))}")
    return "\n".join(part for part in parts if part)


def verified(user: object) -> str:
    """The platform's words about an account; 微博认证 where it only says that there are some."""
    told = words(user, "verified_reason", "verified_detail.desc")
    return told or ("微博认证" if first(user, "verified") is True else "")


def pictures(sheet: Sheet, blog: dict[str, Any]) -> tuple[str, ...]:
    found = [
        words(pic, "large.url", "url", "mw2000.url", "original.url")
        for pic in items(blog, "pics", "pic_infos")
    ]
    origin = blog.get("retweeted_status")
    again = pictures(sheet, origin | {"retweeted_status": None}) if isinstance(origin, dict) else ()
    return urls(sheet.url, [*found, *again])


def account(sheet: Sheet, user: dict[str, Any]) -> Post:
    uid = words(user, "id", "idstr")
    home = f"https://weibo.com/u/{uid}"
    post = Post(
        platform="weibo",
        post_id=f"user:{uid}",
        url=home,
        url_found=sheet.page.url,
        title=words(user, "screen_name", "name"),
        text=words(user, "description"),
        author=words(user, "screen_name", "name"),
        author_id=uid,
        author_url=home,
        verified=verified(user),
        region=region_of(words(user, "ip_location", "region_name")),
        counts=counts_of(
            {
                "follower": first(user, "followers_count_str", "followers_count"),
                "following": first(user, "follow_count", "friends_count"),
                "work": user.get("statuses_count"),
            }
        ),
    )
    return finished(post)
