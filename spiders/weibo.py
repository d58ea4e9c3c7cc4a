"""微博: the mobile site's JSON and its embedded state, s.weibo.com's result pages, weibo.com.

Search and account pages are opened in the browser (a visitor's cookie comes by itself) and their
own answers are read. s.weibo.com of 2018 came as script views; such a page is a shell to us.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from crawler.counts import counts_of
from crawler.embedded import after
from crawler.markers import fold, markers_of
from crawler.nodes import attribute, block_text, html_text, images_of, line, parsed, pick, pick_all
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
from crawler.shapes import every_object, first, items, objects, words
from crawler.sheet import Sheet
from crawler.source_spider import SourceSpider
from crawler.verdicts import of_answers, state_of, unread
from storage.records import Page, PageState, Post, Target, TargetKind

MARKERS = markers_of("weibo")
CSS, PATHS, WORDS = MARKERS.selectors, MARKERS.paths, MARKERS.words
RENDERED = re.compile(r"\$render_data\s*=\s*")
MOST_PAGES = 50
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
        told = answers_of(sheet)
        if told:
            reading = of_json(sheet, told, asked)
            if reading is not None:
                return reading
        if sheet.whole is None:
            return of_html(sheet, asked)
        state = of_answers(MARKERS, sheet.answers, *PATHS["messages"])
        return unread(state or (PageState.ERROR, "layout_changed"), sheet)


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


def answers_of(sheet: Sheet) -> list[Any]:
    """JSON that holds posts or an account: what was fetched, and what the page itself carries."""
    fetched = [
        told.value
        for told in sheet.answers
        if not any(piece in told.url for piece in WORDS["not_posts"])
    ]
    carried = [] if sheet.whole is not None else list(after(sheet.html, RENDERED))
    return [*fetched, *carried]


def of_json(sheet: Sheet, told: list[Any], asked: str) -> Reading | None:
    """What the answers say; None where they hold neither posts nor an empty list nor a notice."""
    blogs = {words(blog, "mid", "idstr", "id"): blog for value in told for blog in blogs_of(value)}
    refused = of_answers(MARKERS, sheet.answers, *PATHS["messages"])
    single = asked.isdigit()
    if single and asked in blogs:
        return of_blog(sheet, blogs[asked], told)
    if single and blogs:
        return Reading(state=PageState.SWAPPED, reason="other_post")
    if refused is not None and not blogs:
        return unread(refused, sheet)
    users = [user for value in told for user in objects([first(value, *PATHS["user"])])]
    seen = any(isinstance(first(v, *PATHS["lists"]), list | dict) or is_empty(v) for v in told)
    if not blogs and not users and (single or not seen):
        return long_text(sheet, told, asked) if single else None
    wanted = asked.removeprefix("user:")
    posts = [account(sheet, user) for user in users if wanted in {"", words(user, "id", "idstr")}]
    posts += filter(says_something, (post_of(sheet, blog, told) for blog in blogs.values()))
    onward = [
        next_page(one.url, "page", MOST_PAGES)
        for one in sheet.answers
        if blogs and has_list(one.value)
    ]
    links = urls(sheet.url, [*map(fetched_at, posts), *onward])
    return Reading(state=PageState.ALIVE, posts=tuple(posts), links=links)


def long_text(sheet: Sheet, told: list[Any], asked: str) -> Reading | None:
    """The rest of a long post, asked for by itself: words and counts, but not whose they are."""
    whole = next((value for value in told if words(value, "data.longTextContent")), None)
    if whole is None:
        return None
    blog = {"mid": asked, "text": words(whole, "data.longTextContent"), **first(whole, "data")}
    return Reading(state=PageState.ALIVE, posts=(post_of(sheet, blog, []),))


def fetched_at(post: Post) -> str:
    """Where a post is best fetched: the mobile site shows it without a login."""
    is_post = post.post_id.isdigit()
    return f"https://m.weibo.cn/detail/{post.post_id}" if is_post else post.url


def has_list(value: object) -> bool:
    return isinstance(first(value, "data.cards", "cards"), list)


def is_empty(value: object) -> bool:
    """Whether an answer says that there is nothing, which is not the same as saying nothing."""
    cards = first(value, "data") or {}
    listed = isinstance(cards, dict) and any(
        isinstance(cards.get(k), list) for k in ("cards", "list")
    )
    spoken = fold(words(value, "msg", "message"))
    return listed or any(fold(word) in spoken for word in WORDS["empty"] if spoken)


def blogs_of(value: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401
    """Posts of an answer in page order; what follows a card saying "nothing found" is filler."""
    for path in PATHS["one"]:
        yield from (one for one in objects([first(value, path)]) if is_blog(one))
    if is_blog(value):
        yield value
    lists = [first(value, path) for path in PATHS["lists"]]
    for cards in (*lists, value if isinstance(value, list) else None):
        for card in objects(cards):
            spoken = fold(words(card, "desc", "title", "title_sub", "name"))
            if any(fold(word) in spoken for word in WORDS["no_results"]):
                break
            if is_blog(card):
                yield card
            yield from (one["mblog"] for one in every_object(card) if is_blog(one.get("mblog")))


def is_blog(value: object) -> bool:
    if not isinstance(value, dict) or not words(value, "text", "text_raw"):
        return False
    return MID.match(words(value, "mid", "idstr", "id")) is not None


def of_blog(sheet: Sheet, blog: dict[str, Any], told: list[Any]) -> Reading:
    """One post; where its author is gone its text is the platform's notice."""
    if not isinstance(blog.get("user"), dict):
        notice = MARKERS.told(html_text(words(blog, "text", "text_raw")))
        if notice is not None:
            return unread(notice, sheet)
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


def of_html(sheet: Sheet, asked: str) -> Reading:
    """A document: s.weibo.com's cards, or one post as the finished page shows it."""
    nothing = pick(sheet.shown, CSS["no_result"]) is not None
    nodes = [] if nothing or asked.isdigit() else pick_all(sheet.tree, CSS["cards"])
    text = block_text(pick(sheet.shown, CSS["post_text"])) if asked.isdigit() else ""
    state = state_of(MARKERS, sheet, found=bool(nothing or nodes or text))
    if state[0] is not PageState.ALIVE:
        return unread(state, sheet)
    if text:
        return Reading(state=state[0], posts=(shown_post(sheet, asked, text),))
    posts = [card_post(sheet, parsed(node.html or "")) for node in nodes]
    onward = attribute(sheet.tree, CSS["next"], "href") if nodes else ""
    links = urls(sheet.url, [*map(fetched_at, posts), onward])
    return Reading(state=state[0], posts=tuple(posts), links=links)


def shown_post(sheet: Sheet, mid: str, text: str) -> Post:
    """The least that a finished page shows: words, name and time."""
    when = attribute(sheet.shown, CSS["post_time"], "title") or line(sheet.shown, CSS["post_time"])
    moment, raw = moment_of(when, sheet.page.fetched_at)
    home = attribute(sheet.shown, CSS["post_name"], "href")
    uid = re.search(r"/(?:u/|profile/)?(\d{5,12})(?:\?|\Z)", home)
    post = Post(
        platform="weibo",
        post_id=mid,
        url=canonical_or(sheet.page.url, sheet.page.url),
        url_found=sheet.page.url,
        text=text,
        author=line(sheet.shown, CSS["post_name"]),
        author_id=uid[1] if uid else "",
        author_url=f"https://weibo.com/u/{uid[1]}" if uid else "",
        published_at=moment,
        published_raw=raw,
        region=region_of(line(sheet.shown, CSS["post_region"])),
        images=images_of(pick(sheet.shown, [".weibo-media", "[class*=picture]"]), sheet.url),
    )
    return finished(post)


def card_post(sheet: Sheet, card: Any) -> Post:  # noqa: ANN401
    """One result of s.weibo.com."""
    mid = attribute(card, CSS["cards"], "mid")
    home = attribute(card, CSS["card_name"], "href")
    uid = re.search(r"weibo\.c(?:om|n)/(?:u/)?(\d{5,12})", home)
    own = attribute(card, CSS["card_time"], "href")
    moment, raw = moment_of(line(card, CSS["card_time"]), sheet.page.fetched_at)
    body = pick(card, CSS["card_text_full"]) or pick(card, CSS["card_text"])
    media = pick(card, [".media", ".media-piclist"])
    post = Post(
        platform="weibo",
        post_id=mid or post_id_of(f"https:{own}"),
        url=canonical_or(own, f"https://m.weibo.cn/detail/{mid}"),
        url_found=next(iter(urls(sheet.url, [own])), sheet.page.url),
        text=block_text(body, CSS["unwritten"]).strip(" \u200b"),
        author=attribute(card, CSS["card_name"], "nick-name") or line(card, CSS["card_name"]),
        author_id=uid[1] if uid else "",
        author_url=f"https://weibo.com/u/{uid[1]}" if uid else "",
        verified=attribute(card, CSS["card_verified"], "title"),
        published_at=moment,
        published_raw=raw,
        images=images_of(media, sheet.url),
        counts=card_counts(card),
        is_ad=True if pick(card, CSS["card_ad"]) is not None else None,
    )
    return finished(post)


def card_counts(card: Any) -> dict[str, tuple[str, int | None]]:  # noqa: ANN401
    """转发, 评论 and 赞 below a result; a label without a number shows none."""
    named = {"转发": "share", "评论": "comment", "赞": "like"}
    shown: dict[str, object] = {}
    for node in pick_all(card, CSS["card_act"]):
        text = " ".join(block_text(node).split())
        label = text if re.search("转发|评论|赞", text) else attribute(node, ["a[title]"], "title")
        name = next((value for key, value in named.items() if key in label), "")
        if not name and node.css_first("[action-type*=like], .icon-act-praise, .woo-like-main"):
            name = "like"
        digits = re.search(r"\d[\d,.]*\s*[万亿]?\+?", text)
        if name and digits:
            shown[name] = digits.group()
    return counts_of(shown)
