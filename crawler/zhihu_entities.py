"""知乎's own data: entities of a page's state and objects of its answers, as posts.

Ids are those of crawler/canon: "answer:…", "article:…", "question:…", "user:…".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

from crawler.counts import counts_of
from crawler.embedded import script_by_id
from crawler.markers import Markers
from crawler.nodes import html_text, parsed
from crawler.posting import plain_title, post_id_of, urls
from crawler.relative_dates import first_moment
from crawler.shapes import first, items, objects, words
from crawler.sheet import Sheet, Told
from storage.records import Post

WWW = "https://www.zhihu.com"
KINDS = {"answers": "answer", "articles": "article", "zvideos": "zvideo", "pins": "pin"}
KINDS |= {"questions": "question", "users": "user"}
REGION = re.compile(r"^\s*(?:发布于\s*)?IP\s*属地\s*[:：]?\s*")


def state_posts(markers: Markers, sheet: Sheet) -> Iterator[Post]:
    """What the page's own state holds."""
    if sheet.whole is not None:
        return
    state = script_by_id(sheet.html, "js-initialData")
    entities = first(state, *markers.paths["entities"])
    users = entities.get("users") if isinstance(entities, dict) else None
    for name, kind in KINDS.items():
        for entry in objects(entities, name):
            yield from told(sheet, kind, entry, users if isinstance(users, dict) else {})


def told_posts(sheet: Sheet, markers: Markers, answers: Iterable[Told]) -> Iterator[Post]:
    for answer in answers:
        yield from told_hits(markers, sheet, answer.value)


def told_hits(markers: Markers, sheet: Sheet, value: object) -> Iterator[Post]:
    """Objects of a search or of a list; a bare object is an answer or article by itself."""
    rows = objects(value, *markers.paths["hits"]) or ([value] if isinstance(value, dict) else [])
    for row in rows:
        entry = first(row, "object", "target") or row
        kind = words(entry, "type")
        if kind in markers.words["own_kinds"] and isinstance(entry, dict):
            yield from told(sheet, kind, entry, {})
        elif kind in {"people", "organization"} and isinstance(entry, dict):
            yield from told(sheet, "user", entry, {})


def told(
    sheet: Sheet, kind: str, entry: dict[str, Any], users: Mapping[str, Any]
) -> Iterator[Post]:
    """One answer, article or the like. Accounts only where the page is theirs or they are hits."""
    token = words(entry, "urlToken", "url_token")
    if kind == "user":
        if token and (sheet.whole is not None or post_id_of(sheet.url) == f"user:{token}"):
            yield account(sheet, entry, token)
        return
    number, body = words(entry, "id", "itemId"), body_of(entry)
    title = words(entry, "question.title", "question.name", "title", "name")
    asked = title if kind != "answer" else ""  # an answer's title is its question's
    if number and (body or asked) and not first(entry, "isDeleted", "is_deleted"):
        owner = entry.get("author")
        author = users.get(owner) if isinstance(owner, str) else owner
        yield told_post(sheet, kind, entry, author)


def body_of(entry: dict[str, Any]) -> str:
    """HTML of the text; an idea (想法) is a list of pieces."""
    pieces = (words(piece, "content", "own_text") for piece in objects(entry, "content"))
    whole = words(entry, "content", "detail", "excerpt", "description", "contentHtml")
    return "\n".join(filter(None, pieces)) or whole


def told_post(sheet: Sheet, kind: str, entry: dict[str, Any], author: object) -> Post:
    number, body = words(entry, "id", "itemId"), body_of(entry)
    cover = words(entry, "titleImage", "title_image", "imageUrl", "image_url", "thumbnail")
    covers = urls(sheet.url, [cover])
    url = address(kind, number, words(entry, "question.id"))
    moment, raw = first_moment(
        [
            first(entry, "createdTime", "created_time", "created", "publishedAt"),
            first(entry, "updatedTime", "updated_time", "updated"),
        ],
        sheet.page.fetched_at,
    )
    return Post(
        platform="zhihu",
        post_id=f"{kind}:{number}",
        url=url,
        url_found=sheet.page.url if post_id_of(sheet.page.url) == f"{kind}:{number}" else url,
        title=plain_title(words(entry, "question.title", "question.name", "title", "name")),
        text=html_text(body),
        author=plain_title(words(author, "name")),
        author_id=words(author, "urlToken", "url_token", "id"),
        author_url=home_of(author),
        verified=badge(author),
        published_at=moment,
        published_raw=raw,
        region=REGION.sub("", words(entry, "ipInfo", "ip_info")),
        images=tuple(
            dict.fromkeys((*(covers if kind != "zvideo" else ()), *pictures(body, sheet.url)))
        ),
        video_cover=covers[0] if kind == "zvideo" and covers else "",
        counts=told_counts(entry),
        is_ad=True if first(entry, "adInfo", "ad_info") else None,
    )


def told_counts(entry: dict[str, Any]) -> dict[str, tuple[str, int | None]]:
    return counts_of(
        {
            "like": first(entry, "voteupCount", "voteup_count", "likeCount", "like_count"),
            "comment": first(entry, "commentCount", "comment_count"),
            "collect": first(entry, "favlistsCount", "favlists_count", "favoriteCount"),
            "view": first(entry, "visitCount", "visit_count", "playCount", "play_count"),
            "answer": first(entry, "answerCount", "answer_count"),
            "follower": first(entry, "followerCount", "follower_count"),
        }
    )


def pictures(body: str, base: str) -> tuple[str, ...]:
    """Pictures of a text; 知乎 loads them late and keeps the large one in an attribute."""
    if "<img" not in body:
        return ()
    images = (image.attributes for image in parsed(body).css("img"))
    found = (
        one.get("data-original") or one.get("data-actualsrc") or one.get("src") for one in images
    )
    return urls(base, (one for one in found if one and not one.startswith("data:")))


def address(kind: str, number: str, question: str = "") -> str:
    if kind == "article":
        return f"https://zhuanlan.zhihu.com/p/{number}"
    if kind == "answer" and question:
        return f"{WWW}/question/{question}/answer/{number}"
    return f"{WWW}/{kind}/{number}"


def home_of(author: object) -> str:
    """The account's page; "" for 匿名用户, whose token is empty or 0."""
    name = words(author, "urlToken", "url_token").removeprefix("0")
    kind = words(author, "userType", "user_type")
    return f"{WWW}/{'org' if kind == 'organization' else 'people'}/{quote(name)}" if name else ""


def badge(author: object) -> str:
    """What 知乎 itself says about the account; a headline is only what it says of itself."""
    told = words(author, "badgeV2.title", "badge_v2.title")
    listed = items(author, "badgeV2.detailBadges", "badge_v2.detail_badges", "badge")
    return told or "；".join(text for one in listed if (text := words(one, "description", "title")))


def account(sheet: Sheet, entry: dict[str, Any], token: str) -> Post:
    return Post(
        platform="zhihu",
        post_id=f"user:{token}",
        url=f"{WWW}/people/{quote(token)}",
        url_found=sheet.page.url,
        title=plain_title(words(entry, "name")),
        text=html_text(
            "\n".join(filter(None, (words(entry, "headline"), words(entry, "description"))))
        ),
        author=plain_title(words(entry, "name")),
        author_id=token,
        author_url=home_of(entry),
        verified=badge(entry),
        region=REGION.sub("", words(entry, "ipInfo", "ip_info")),
        images=urls(sheet.url, [words(entry, "avatarUrl", "avatar_url")]),
        counts=counts_of(
            {
                "follower": first(entry, "followerCount", "follower_count"),
                "work": first(entry, "answerCount", "answer_count"),
                "like": first(entry, "voteupCount", "voteup_count"),
            }
        ),
    )
