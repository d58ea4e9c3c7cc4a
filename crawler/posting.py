"""What every source does to a post before handing it on."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import fields, replace
from urllib.parse import parse_qsl, urlencode, urlsplit

from crawler.canon import BadUrl, canonical, identity, join
from crawler.contact_words import contacts
from crawler.nodes import html_text
from storage.records import Post

__all__ = [
    "canonical_or",
    "filled",
    "finished",
    "next_page",
    "plain_title",
    "post_id_of",
    "region_of",
    "same_post",
    "says_something",
    "urls",
]

GAPS: tuple[object, ...] = ("", None, ())
LONGEST_TITLE = 500
REGION = re.compile(r"\A\s*(?:IP\s*属地|发布于|来自|IP)\s*[:：]?\s*", re.IGNORECASE)
MARKS = re.compile(r"<!--.{0,40}?-->|</?(?:em|b|strong|font|span|i|mark)\b[^<>]{0,200}>", re.DOTALL)


def finished(post: Post) -> Post:
    """The post with the contacts that its title and text name."""
    return replace(post, contacts=contacts(f"{post.title}\n{post.text}"))


def plain_title(marked: str) -> str:
    """A title in one line without the marks that a search puts around its words."""
    if "<" in marked or "&" in marked:
        marked = html_text(MARKS.sub("", marked))
    return " ".join(marked.split())[:LONGEST_TITLE]


def says_something(post: Post) -> bool:
    """Whether anything of the post was read but its id and its date: an id alone is no post."""
    return bool(post.title or post.text or post.author or post.images or post.video_cover)


def filled(post: Post, other: Post | None) -> Post:
    """The post with its gaps filled from another reading of the same one; counts are joined."""
    if other is None:
        return post
    known = {one.name: getattr(post, one.name) for one in fields(post)}
    gaps = {name: getattr(other, name) for name, value in known.items() if value in GAPS}
    return replace(post, **gaps | {"counts": {**other.counts, **post.counts}})


def canonical_or(url: str, instead: str = "") -> str:
    """The canonical URL; `instead` where the platform gave what is no URL."""
    try:
        return canonical(f"https:{url}" if url.startswith("//") else url)
    except BadUrl:
        return instead


def post_id_of(url: str) -> str:
    """The id a URL asks for on its platform; "" where it asks for no post or account."""
    try:
        found = identity(url)
    except BadUrl:
        return ""
    return found[1] if found else ""


def same_post(asked: str, got: str) -> bool:
    """Whether the post that came is the one asked for, as far as both ids can be told."""
    return not asked or not got or asked == got


def region_of(shown: str) -> str:
    """The place in "发布于 四川" or "IP属地：四川"."""
    return " ".join(REGION.sub("", shown).split())


def next_page(url: str, name: str, most: int) -> str:
    """The same URL with its page number one higher; "" after page `most`. No number is page 1."""
    parts = urlsplit(url)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    shown = dict(pairs).get(name, "1")
    if not shown.isascii() or not shown.isdigit() or int(shown) >= most:
        return ""
    kept = [(key, value) for key, value in pairs if key != name]
    query = urlencode([*kept, (name, str(int(shown) + 1))])
    return parts._replace(query=query, fragment="").geturl()


def urls(base: str, found: Iterable[object]) -> tuple[str, ...]:
    """Absolute http(s) URLs among what stands in JSON, without repeats, in order."""
    joined = (join(base, one) for one in found if isinstance(one, str))
    return tuple(dict.fromkeys(url for url in joined if url and urlsplit_host(url)))


def urlsplit_host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
