"""今日头条's own data: RENDER_DATA, the older BASE_DATA, and JSON answers, as posts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import unescape
from typing import Any
from urllib.parse import quote

from crawler.counts import counts_of
from crawler.embedded import assigned, json_text, script_by_id
from crawler.markers import Markers
from crawler.nodes import html_text, images_of, parsed
from crawler.posting import plain_title, post_id_of, urls
from crawler.relative_dates import first_moment
from crawler.shapes import every_object, first, items, objects, words
from crawler.sheet import Sheet, Told
from storage.records import Post

WWW = "https://www.toutiao.com"
# 'title' as the pages of 2019 and 2020 write it: '&quot;…&quot;'.slice(6, -6).replace(…)
SLICED = re.compile(
    r"'&quot;((?:[^'\\]|\\.)*?)&quot;'\s*\.slice\(\s*6\s*,\s*-6\s*\)(?:\s*\.replace\([^()]{0,80}\))*"
)
PARSED = re.compile(r"JSON\.parse\(\s*(\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')\s*\)")
INLINE = re.compile(
    r"<script\b[^<>]{0,300}?application/json[^<>]{0,300}>(.*?)</script", re.DOTALL | re.IGNORECASE
)
MOST_INLINE = 100
COUNTED = ("like", "comment", "share", "view", "collect")
SHORTEST = 10  # digits of an id
LONGEST_TITLE = 60  # of a short post, which has none: its first line


def carried_posts(markers: Markers, sheet: Sheet) -> Iterator[Post]:
    """Every article, short post and video that the document's own data tells."""
    if sheet.whole is None:
        yield from base_data(markers, sheet)
        for value in states(sheet.html):
            yield from told(markers, sheet, value, post_id_of(sheet.page.url))


def told_posts(markers: Markers, sheet: Sheet, answers: Iterable[Told]) -> Iterator[Post]:
    """What answers tell in full or as a hit."""
    asked = post_id_of(sheet.page.url)
    for answer in answers:
        for entry in objects(answer.value, *markers.paths["lists"]) or [answer.value]:
            yield from told(markers, sheet, entry, asked)


def states(html: str) -> Iterator[Any]:
    rendered = script_by_id(html, "RENDER_DATA")
    if rendered is not None:
        yield rendered
    for name in ("window._SSR_DATA", "window.__INITIAL_STATE__", "window._ROUTER_DATA"):
        yield from assigned(html, name)
    for found, _ in zip(INLINE.finditer(html), range(MOST_INLINE), strict=False):
        value = json_text(unescape(found[1]).strip())
        if value is not None:
            yield value


def told(markers: Markers, sheet: Sheet, value: Any, asked: str) -> Iterator[Post]:  # noqa: ANN401
    """Objects with an id and a text; of those beside the post asked for, none that only links."""
    paths = markers.paths
    for entry in every_object(value):
        number = number_of(markers, entry)
        beside = asked.isdecimal() and number != asked and not words(entry, *paths["whole"])
        if number and not beside and words(entry, "title", *paths["texts"]):
            yield told_post(markers, sheet, entry, number)


def number_of(markers: Markers, entry: dict[str, Any]) -> str:
    """The id of a post; comments, pictures and accounts have other shapes."""
    paths = markers.paths
    if first(entry, "text", "reply_count", "user_id") and not first(entry, "title", "content"):
        return ""
    numbers = (words(entry, name) for name in paths["ids"])
    found = next((one for one in numbers if one.isdecimal() and len(one) >= SHORTEST), "")
    return found if words(entry, *paths["links"]) or first(entry, *paths["texts"]) else ""


def told_post(markers: Markers, sheet: Sheet, entry: dict[str, Any], number: str) -> Post:
    paths = markers.paths
    body = words(entry, *paths["texts"])
    text = html_text(unescape(body) if "&lt;" in body else body)
    author = first(entry, *paths["author"])
    account = words(author, *paths["account"]).removeprefix("0")
    linked = next(iter(urls(sheet.url, [words(entry, *paths["links"])])), "")
    url = f"{WWW}/{kind_of(linked, sheet.page.url, number)}/{number}/"
    moment, raw = first_moment(
        [first(entry, name) for name in paths["times"]], sheet.page.fetched_at
    )
    return Post(
        platform="toutiao",
        post_id=number,
        url=url,
        url_found=sheet.page.url if post_id_of(sheet.page.url) == number else linked or url,
        title=plain_title(words(entry, "title")) or text.split("\n")[0][:LONGEST_TITLE],
        text=text,
        author=words(author, *paths["name"]) or words(entry, *paths["source"]),
        author_id=account,
        author_url=home_of(account),
        verified=words(author, *paths["verified"]),
        published_at=moment,
        published_raw=raw,
        region=words(entry, *paths["region"]),
        images=images(sheet, [items(entry, name) for name in paths["images"]], body),
        counts=counts_of({name: first(entry, *paths[name]) for name in COUNTED}),
        is_ad=True if first(entry, *paths["advert"]) else None,
    )


def kind_of(linked: str, asked: str, number: str) -> str:
    """The part of a URL that names the kind: as linked or asked, else an article."""
    found = re.search(rf"/(w|video|article)/{number}", f"{linked} {asked}")
    return found[1] if found else "article"


def home_of(account: str) -> str:
    """The account's page; the platform knows accounts by a number or by a longer name."""
    if not account:
        return ""
    return f"{WWW}/c/user/{account if account.isdecimal() else 'token/' + quote(account)}/"


def images(sheet: Sheet, lists: list[list[Any]], body: str) -> tuple[str, ...]:
    """Pictures inside the text, then those listed beside it: URLs, or objects with one."""
    inside = images_of(parsed(unescape(body)).body, sheet.url) if "img" in body else ()
    listed = (
        words(one, "url", "url_list.0.url", "url_list.0") if isinstance(one, dict) else one
        for found in lists
        for one in found
    )
    return tuple(dict.fromkeys((*inside, *urls(sheet.url, listed))))


def base_data(markers: Markers, sheet: Sheet) -> Iterator[Post]:
    """An article or a picture story of 2017 to 2020, which is written as a JavaScript object."""
    start = sheet.html.find("BASE_DATA")
    if start < 0:
        return
    script = sheet.html[start : sheet.html.find("</script", start)]
    script = PARSED.sub(r"\1", SLICED.sub(r"'\1'", script))
    for value in assigned(script, "BASE_DATA"):
        facts = value if isinstance(value, dict) else {}
        article, gallery = (first(facts, name) or {} for name in ("articleInfo", "galleryInfo"))
        entry = article if words(article, "title", "content") else gallery
        number = words(entry, "groupId", "group_id", "itemId") or post_id_of(sheet.page.url)
        if words(entry, "title") and number.isdecimal():
            yield told_post(markers, sheet, flattened(facts, entry), number)


def flattened(facts: dict[str, Any], entry: dict[str, Any]) -> dict[str, Any]:
    """The parts of BASE_DATA under the names of the later pages."""
    pictures = json_text(words(entry, "gallery")) or {}
    abstracts = [one for one in items(pictures, "sub_abstracts") if isinstance(one, str)]
    content = unescape(unescape(words(entry, "content"))) or "\n".join(abstracts)
    return {
        "title": unescape(words(entry, "title")),
        "content": content,
        "media_info": first(entry, "mediaInfo") or first(facts, "mediaInfo"),
        "source": words(entry, "subInfo.source", "source"),
        "publish_time": words(entry, "subInfo.time", "publish_time", "time"),
        "comment_count": first(facts, "commentInfo.comments_count"),
        "image_list": objects(pictures, "sub_images"),
    }
