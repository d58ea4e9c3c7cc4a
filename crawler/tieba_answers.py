"""百度贴吧's JSON answers (new pages, 2026) as posts: threads of lists and searches, and floors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from crawler.counts import counts_of
from crawler.markers import Markers
from crawler.nodes import block_text, parsed
from crawler.posting import plain_title, post_id_of, urls
from crawler.relative_dates import moment_of
from crawler.shapes import dig, first, objects, words
from crawler.sheet import Sheet, Told
from storage.records import Post

HOME = "https://tieba.baidu.com"
PICTURES = ("origin_src", "big_cdn_src", "cdn_src", "big_pic", "src")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A thread or a floor as an answer tells it; None and {} where it does not."""

    key: str  # thread, or "thread:floor"
    title: str
    content: Any  # pieces or one string
    author: Any
    told: Any  # epoch or words
    shown: Any  # the object with the counts


def told_posts(markers: Markers, sheet: Sheet, answers: Iterable[Told]) -> Iterator[Post]:
    """Posts of what the page's scripts fetched, or of the page where it is JSON."""
    for told in answers:
        for entry in entries(markers, told.value):
            yield post_from(sheet, entry)


def entries(markers: Markers, value: Any) -> Iterator[Entry]:  # noqa: ANN401
    paths = markers.paths
    users = {words(user, "id", "user_id"): user for user in objects(value, *paths["users"])}
    thread = first(value, *paths["thread"])
    if isinstance(thread, dict) and words(thread, "id", "tid"):
        yield from opened(markers, value, thread, users)
    for card in objects(value, *paths["hits"]):
        if "thread" in {words(card, "cardInfo"), words(card, "cardStyle")}:
            yield from listed(dig(card, "data"), users)
    for one in objects(value, *paths["threads"]):
        yield from listed(one.get("thread_info") or one, users)


def listed(entry: Any, users: dict[str, Any]) -> Iterator[Entry]:  # noqa: ANN401
    """A thread as lists and searches tell it."""
    tid = words(entry, "tid", "thread_id", "id")
    if tid.isdecimal():
        yield Entry(
            key=tid,
            title=plain_title(words(entry, "title")),
            content=first(entry, "content", "abstract", "first_post_content"),
            author=first(entry, "user", "author") or users.get(words(entry, "author_id")),
            told=first(entry, "create_time", "time"),
            shown=entry,
        )


def opened(
    markers: Markers,
    value: Any,  # noqa: ANN401
    thread: dict[str, Any],
    users: dict[str, Any],
) -> Iterator[Entry]:
    """A thread opened: its first floor is the post, the others are posts of their own."""
    tid = words(thread, "id", "tid")
    floors = objects(value, *markers.paths["floors"])
    top = first(value, *markers.paths["top"])
    opening = top if isinstance(top, dict) else next(filter(is_first, floors), None)
    if opening is not None:
        yield Entry(
            key=tid,
            title=plain_title(words(thread, "title")),
            content=opening.get("content"),
            author=users.get(words(opening, "author_id")) or first(thread, "author"),
            told=first(opening, "time") or first(thread, "create_time"),
            shown=thread,
        )
    for floor in floors:
        pid = words(floor, "id", "post_id")
        if pid and not is_first(floor) and text_of(floor.get("content")):
            author = users.get(words(floor, "author_id")) or first(floor, "author")
            yield Entry(
                key=f"{tid}:{pid}",
                title="",
                content=floor.get("content"),
                author=author,
                told=first(floor, "time"),
                shown=floor,
            )


def is_first(floor: dict[str, Any]) -> bool:
    return words(floor, "floor", "no") == "1"


def post_from(sheet: Sheet, entry: Entry) -> Post:
    moment, raw = moment_of(entry.told, sheet.page.fetched_at)
    author = entry.author
    portrait = words(author, "portrait").partition("?")[0]
    media = [*objects(entry.shown, "media", "pics"), *objects(entry.content)]
    return Post(
        platform="tieba",
        post_id=entry.key,
        url=address(entry.key),
        url_found=found_at(sheet.page.url, entry.key),
        title=entry.title,
        text=text_of(entry.content),
        author=words(author, "show_nickname", "name_show", "user_name", "name"),
        author_id=words(author, "id", "user_id") or portrait,
        author_url=f"{HOME}/home/main?id={portrait}" if portrait else "",
        published_at=moment,
        published_raw=raw,
        region=words(author, "ip_address"),
        images=urls(sheet.url, (words(one, *PICTURES) for one in media)),
        counts=counts_of(
            {
                "comment": first(entry.shown, "reply_num", "post_num", "sub_post_number"),
                "like": first(entry.shown, "like_num", "agree_num", "agree.agree_num"),
                "view": first(entry.shown, "view_num"),
            }
        ),
    )


def found_at(asked: str, key: str) -> str:
    """The URL that was asked for where it is the thread's, else the thread's own."""
    tid = key.partition(":")[0]
    return asked if post_id_of(asked) == tid else address(tid)


def address(key: str) -> str:
    """URL of a thread, or of one floor in it."""
    tid, _, pid = key.partition(":")
    return f"{HOME}/p/{tid}?pid={pid}#{pid}" if pid else f"{HOME}/p/{tid}"


def text_of(content: Any) -> str:  # noqa: ANN401
    """Text of a floor: a list of pieces, or one string that may be HTML."""
    if isinstance(content, str):
        return block_text(parsed(content).body) if "<" in content else content.strip()
    pieces = (words(piece, "text", "c") for piece in objects(content) if not is_picture(piece))
    return "".join(pieces).strip()


def is_picture(piece: dict[str, Any]) -> bool:
    return words(piece, "type") == "3" or any(name in piece for name in PICTURES[:3])
