"""微博's documents: s.weibo.com's result pages, and one post as a finished page shows it."""

from __future__ import annotations

import re
from typing import Any

from crawler.answered import against_shown
from crawler.counts import counts_of
from crawler.markers import fold, markers_of
from crawler.nodes import attribute, block_text, images_of, line, parsed, pick, pick_all
from crawler.posting import canonical_or, finished, post_id_of, region_of, urls
from crawler.reading import Reading
from crawler.relative_dates import moment_of
from crawler.sheet import Sheet
from crawler.verdicts import state_of, unread
from crawler.visible import cut_unseen
from storage.records import PageState, Post

MARKERS = markers_of("weibo")
CSS, WORDS = MARKERS.selectors, MARKERS.words


def fetched_at(post: Post) -> str:
    """Where a post is best fetched: the mobile site shows it without a login."""
    is_post = post.post_id.isdigit()
    return f"https://m.weibo.cn/detail/{post.post_id}" if is_post else post.url


def of_html(sheet: Sheet, asked: str) -> Reading:
    """A document: s.weibo.com's cards, or one post as the finished page shows it."""
    nothing = pick(sheet.shown, CSS["no_result"]) is not None or tells_none(sheet)
    nodes = [] if nothing or asked.isdigit() else pick_all(sheet.tree, CSS["cards"])
    text = block_text(pick(sheet.shown, CSS["post_text"])) if asked.isdigit() else ""
    state = state_of(MARKERS, sheet, found=bool(nothing or nodes or text))
    if state[0] is not PageState.ALIVE:
        return unread(state, sheet)
    if text:
        return of_shown(sheet, shown_post(sheet, asked, text))
    posts = [card_post(sheet, parsed(node.html or "")) for node in nodes]
    onward = attribute(sheet.tree, CSS["next"], "href") if nodes else ""
    links = urls(sheet.url, [*map(fetched_at, posts), onward])
    return Reading(state=state[0], posts=tuple(posts), links=links)


def of_shown(sheet: Sheet, post: Post) -> Reading:
    """One post that the finished page shows: the one asked for, or another in its place."""
    own = urls(sheet.url, [attribute(sheet.shown, CSS["post_time"], "href")])
    named = {one for one in (post_id_of(canonical_or(url)) for url in own) if one.isdigit()}
    against = against_shown(MARKERS, sheet, post)
    if against is None and named and post.post_id not in named:
        against = (PageState.SWAPPED, "other_post")
    return (
        Reading(state=PageState.ALIVE, posts=(post,)) if against is None else unread(against, sheet)
    )


def tells_none(sheet: Sheet) -> bool:
    """Whether s.weibo.com says beside its cards that they are only what one may like."""
    tree = parsed(sheet.html)
    cut_unseen(tree)
    for node in pick_all(tree, CSS["cards"]):
        node.decompose()
    spoken = fold(tree.body.text()[:5_000]) if tree.body is not None else ""
    return any(fold(word) in spoken for word in WORDS["filler"])


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
