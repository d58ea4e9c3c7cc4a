"""快手: search, videos and pictures, profiles, from the page's own answers and its state.

A video has a public id and a number (share pages know only the number); share_info joins them.
IP属地 is shown nowhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from crawler.answer_source import AnswerSource, Record
from crawler.counts import counts_of
from crawler.embedded import json_text
from crawler.markers import State, markers_of
from crawler.nodes import attribute, block_text, line, pick
from crawler.posting import plain_title, post_id_of, urls
from crawler.reading import Reading
from crawler.relative_dates import first_moment
from crawler.shapes import dig, every_object, first, items, length_but, words
from crawler.sheet import Sheet, Told
from crawler.verdicts import unread
from storage.records import Page, PageState, Post, Target, TargetKind

HOME = "https://www.kuaishou.com"
PHOTO_ID = re.compile(r"\S{1,64}\Z")
SHARED = re.compile(r"(?:^|&)photoId=([\w-]+)")
SHARED_USER = re.compile(r"(?:^|&)userId=([\w-]+)")
# What only a video has; photoType is left out of the answers to a search (2026).
STREAMS = ("photoUrl", "photoUrls", "manifest", "duration", "mainMvUrls")
MARKERS = markers_of("kuaishou")
CSS = MARKERS.selectors


class KuaishouSpider(AnswerSource):
    name = "kuaishou"
    zh = "快手"
    rendered = True
    awaits = ("/rest/v/search/feed", "/rest/v/profile/feed", "/graphql", "/rest/wd/photo/info")
    hosts = (
        "kuaishou.com",
        "www.kuaishou.com",
        "m.kuaishou.com",
        "m.gifshow.com",
        ".chenzhongtech.com",
    )
    markers = MARKERS
    states = (
        "window.__APOLLO_STATE__",
        "window.INIT_STATE",
        "window.__INITIAL_STATE__",
        "window.pageData",
    )

    @classmethod
    def seeds(cls, target: Target) -> tuple[str, ...]:
        words = quote(target.value, safe="")
        if target.kind is TargetKind.KEYWORD:
            return (f"{HOME}/search/video?searchKey={words}",)
        if target.kind is TargetKind.ACCOUNT:
            return (f"{HOME}/profile/{words}",)
        return super().seeds(target)

    def read(self, page: Page) -> Reading:
        reading = super().read(page)
        if reading.posts or reading.state is PageState.ALIVE:
            return reading
        sheet = Sheet(page)
        if sheet.whole is None and pick(sheet.tree, CSS["wall"]) is not None:
            return unread((PageState.BLOCKED, "captcha"), sheet)
        bare = sheet.seen.title in MARKERS.words["bare_titles"] and bool(page.dom)
        if reading.reason == "layout_changed" and bare and post_id_of(page.url):
            return unread((PageState.AMBIGUOUS, "unspecified"), sheet)
        return reading

    def told(self, sheet: Sheet) -> list[Told]:
        """One address gives everything (/graphql): what was asked there stands in the answer."""
        found = super().told(sheet)
        return [one for told in found for one in by_operation(told, sheet.url)]

    def asked_of_api(self, url: str) -> str:
        query = parse_qs(urlsplit(url).query)
        user = query.get("userId", query.get("user_id", [""]))[0]
        photo = query.get("photoId", query.get("shareObjectId", [""]))[0]
        return photo or (f"user:{user}" if user else "")

    def records(self, value: object) -> Iterator[tuple[str, Record]]:
        graph = cache_of(value)
        for one in every_object(value):
            photo = resolved(graph, one.get("photo"))
            if is_photo(photo):
                author = resolved(graph, one.get("author")) or one.get("user") or photo
                tags = [words(resolved(graph, tag), "name") for tag in items(one, "tags")]
                whole = {"photo": photo, "author": author, "tags": tags, "around": one}
                yield from ((key, whole) for key in keys_of(photo, one))
            elif is_photo(one) and "userName" in one:
                yield from (
                    (key, {"photo": one, "author": one, "around": one}) for key in keys_of(one, one)
                )

    def main(self, value: object) -> str:
        if isinstance(dig(value, "data.visionVideoDetail.photo"), dict):
            return words(value, "data.visionVideoDetail.photo.id")
        return ""

    def post(self, sheet: Sheet, post_id: str, record: Record) -> Post:
        photo, author = record["photo"], record.get("author")
        uid = words(author, "userEid", "id", "user_id", "userId")
        joined = SHARED_USER.search(
            words(record, "around.share_info", "photo.share_info", "photo.shareInfo")
        )
        uid = joined[1] if joined else uid
        moment, raw = first_moment([first(photo, "timestamp", "time")], sheet.page.fetched_at)
        told = words(photo, "caption", "originCaption")
        is_video = first(photo, *STREAMS) is not None
        pictures = [address(one) for one in items(photo, "ext_params.atlas.list", "atlas.list")]
        cover = address(first(photo, "coverUrl", "coverUrls", "webpCoverUrl"))
        return Post(
            platform="kuaishou",
            post_id=post_id,
            url=f"{HOME}/short-video/{post_id}",
            url_found=sheet.page.url
            if post_id in sheet.page.url
            else f"{HOME}/short-video/{post_id}",
            title=plain_title(told),
            text=told,
            author=words(author, "name", "user_name", "userName"),
            author_id=uid,
            author_url=f"{HOME}/profile/{uid}" if uid else "",
            verified="快手认证" if first(author, "verified") is True else "",
            published_at=moment,
            published_raw=raw,
            images=() if is_video else urls(HOME, pictures or [cover]),
            video_cover=cover if is_video else "",
            counts=numbers(photo),
            is_ad=True if first(record, "around.isAd", "photo.isAd", "around.adInfo") else None,
        )

    def accounts(self, value: object) -> Iterator[tuple[str, Record]]:
        for path in (
            "data.visionProfile.userProfile",
            "userProfile",
            "data.userProfile",
            "profile",
        ):
            told = dig(value, path)
            found = words(told, "profile.user_id", "user_id", "userEid", "id")
            if isinstance(told, dict) and found:
                yield f"user:{found}", told

    def account(self, sheet: Sheet, account_id: str, record: Record) -> Post:
        uid = account_id.removeprefix("user:")
        told = first(record, "profile") or record
        name = words(told, "user_name", "name", "userName")
        return Post(
            platform="kuaishou",
            post_id=account_id,
            url=f"{HOME}/profile/{uid}",
            url_found=sheet.page.url,
            title=name,
            text=words(told, "user_text", "description", "userText"),
            author=name,
            author_id=uid,
            author_url=f"{HOME}/profile/{uid}",
            verified="快手认证" if first(told, "verified") is True else "",
            images=urls(HOME, [address(first(told, "headurl", "headerUrl"))]),
            counts=counts_of(
                {
                    "follower": first(record, "ownerCount.fan", "counts.fanCount"),
                    "following": first(record, "ownerCount.follow", "counts.followCount"),
                    "work": first(record, "ownerCount.photo_public", "counts.photoCount"),
                }
            ),
        )

    def listed(self, value: object) -> int | None:
        lists = (
            "feeds",
            "data.feeds",
            "data.visionSearchPhoto.feeds",
            "data.visionProfilePhotoList.feeds",
        )
        return length_but([dig(value, path) for path in lists], is_other_card)

    def gone(self, record: Record) -> State | None:
        return MARKERS.told(words(record, "photo.expTag", "photo.statusMessage", "around.message"))

    def shown(self, sheet: Sheet, asked: str) -> Post | None:
        text = block_text(pick(sheet.shown, CSS["text"]))
        author = line(sheet.shown, CSS["author"])
        if not text or not author:
            return None
        home = attribute(sheet.shown, CSS["author_link"], "href")
        uid = home.partition("?")[0].rpartition("/profile/")[2].strip("/")
        moment, raw = first_moment([line(sheet.shown, CSS["when"])], sheet.page.fetched_at)
        named = {"like": "likes", "comment": "comments", "view": "views"}
        return Post(
            platform="kuaishou",
            post_id=asked,
            url=f"{HOME}/short-video/{asked}",
            url_found=sheet.page.url,
            title=plain_title(text),
            text=text,
            author=author,
            author_id=uid,
            author_url=f"{HOME}/profile/{uid}" if uid else "",
            published_at=moment,
            published_raw=raw,
            counts=counts_of({name: line(sheet.shown, CSS[key]) for name, key in named.items()}),
        )


def by_operation(told: Told, page_url: str) -> list[Told]:
    """An answer of /graphql as one for each thing asked, its name as the end of the path."""
    if "/graphql" not in told.url or told.url == page_url:
        return [told]
    parts = urlsplit(told.url)
    data = dig(told.value, "data")
    names = list(data) if isinstance(data, dict) else []
    sent = json_text(told.sent or "")
    names = names or [words(sent, "operationName") or "unknown"]
    path = f"{parts.path.rstrip('/')}/"
    return [replace(told, url=parts._replace(path=f"{path}{name}/").geturl()) for name in names]


def cache_of(value: object) -> dict[str, Any]:
    """The flat store of Apollo, where objects stand under their keys and point at each other."""
    if not isinstance(value, dict):
        return {}
    inner = value.get("defaultClient")
    return inner if isinstance(inner, dict) else value


def resolved(graph: dict[str, Any], told: Any) -> Any:  # noqa: ANN401
    """What a pointer of Apollo's store points at; anything else as it is."""
    if not isinstance(told, dict):
        return told
    key = told.get("__ref") or (told.get("id") if told.get("type") == "id" else None)
    return graph.get(key, told) if isinstance(key, str) else told


def is_other_card(one: object) -> bool:
    """Whether an entry of a list shows a live room or the like and no post."""
    known = set(one) if isinstance(one, dict) else set()
    return "photo" not in known and bool(set(MARKERS.words["other_kinds"]) & known)


def is_photo(one: object) -> bool:
    return bool(words(one, "id", "photoId")) and bool(
        isinstance(one, dict) and {"caption", "timestamp", "coverUrl", "originCaption"} & set(one)
    )


def keys_of(photo: Any, around: Any) -> list[str]:  # noqa: ANN401
    """The public id first, then the number under which share pages know the same post."""
    shared = SHARED.search(words(around, "share_info", "shareInfo") or words(photo, "share_info"))
    found = [shared[1] if shared else "", words(photo, "id"), words(photo, "photoId")]
    return list(dict.fromkeys(one for one in found if PHOTO_ID.match(one)))


def address(told: Any) -> str:  # noqa: ANN401
    """A picture's URL, given as a text, an object or a list of objects of the same picture."""
    if isinstance(told, list):
        return next((found for one in told if (found := address(one))), "")
    return told if isinstance(told, str) else words(told, "url", "src")


def numbers(photo: Any) -> dict[str, tuple[str, int | None]]:  # noqa: ANN401
    return counts_of(
        {
            "like": first(photo, "realLikeCount", "likeCount"),
            "comment": first(photo, "commentCount"),
            "view": first(photo, "viewCount"),
            "share": first(photo, "forwardCount"),
        }
    )
